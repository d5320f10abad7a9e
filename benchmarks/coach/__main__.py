"""Command line of the benchmark of coaching: ``python -m benchmarks.coach``."""

from __future__ import annotations

import argparse
import tempfile
import warnings
from pathlib import Path

import numpy as np

import revkit as rk
from benchmarks import coach
from benchmarks.coach.changes import (
    company,
    dealt_out,
    eligible,
    frames,
    losing,
    open_stages,
    pick,
)
from benchmarks.coach.truth import others, skills
from benchmarks.compiled import compiled_once
from revkit.analysis.coaching.compare import compared
from revkit.analysis.coaching.deals import Span, deals_of
from revkit.analysis.coaching.measures import of_deals, of_leads
from revkit.analysis.coaching.people import people
from revkit.analysis.defaults import new_business

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

BANDS = ((20, 40), (40, 80), (80, 10_000))


def main() -> None:
    """Count who is named."""
    parser = argparse.ArgumentParser(
        description=coach.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--equal", action="store_true")
    parser.add_argument("--teams", type=int, default=200)
    parser.add_argument("--each", type=int, default=20, help="teams of one company")
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--share", type=float, default=0.5, help="of the deals moved on, lost")
    parser.add_argument("--seed", type=int, default=500)
    asked = parser.parse_args()
    with compiled_once():
        (_planted if asked.planted else _equal if asked.equal else _shuffled)(asked)


def _shuffled(asked: argparse.Namespace) -> None:
    named = teams = 0
    for at in range(-(-asked.teams // asked.each)):
        made = rk.generate("baseline", seed=asked.seed + at, accounts=asked.accounts).data
        rng, span, new = (
            np.random.default_rng(asked.seed + at),
            Span.of(made, 24),
            new_business(made),
        )
        reps = people(made)
        deals = deals_of(new, span, reps)
        measures, leads = of_deals(new, deals, span), of_leads(made, span)
        there = frozenset(reps.index[reps["there"].astype(bool)])
        for _ in range(min(asked.each, asked.teams - teams)):
            found = compared(*dealt_out(deals, measures, leads, rng), there)
            named, teams = named + bool(found["named"].any()), teams + 1
        print(f"{teams} teams, somebody named in {named} ({named / teams:.1%})", flush=True)


def _equal(asked: argparse.Namespace) -> None:
    named = 0
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "equal.yaml"
        scenario.write_text("like: baseline\nname: equal\npeople: {skill: 0}\n", encoding="utf-8")
        for at in range(asked.teams):
            made = rk.generate(scenario, seed=asked.seed + at, accounts=asked.accounts).data
            found = rk.coach(made)
            named += not found.named.empty
            who = found.named[["measure", "n", "value", "usual", "chance"]].round(3)
            print(f"{at + 1} teams, somebody named in {named}: {who.to_numpy().tolist()}",
                  flush=True)  # fmt: skip


def _planted(asked: argparse.Namespace) -> None:
    found_in = {band: [0, 0, 0] for band in BANDS}
    named = false = 0
    for at in range(asked.teams):
        generated = rk.generate("baseline", seed=asked.seed + at, accounts=asked.accounts)
        made = generated.data
        tables, rng = frames(made), np.random.default_rng(asked.seed + at)
        reps = eligible(tables, BANDS[0][0])
        if not reps:
            continue
        rep, stage = pick(reps, rng), pick(open_stages(tables), rng)
        found = rk.coach(company(losing(tables, rep, stage, asked.share, rng), made))
        own = found.of(rep)
        n = int(own.rows.loc[own.rows["measure"] == "win", "n"].iloc[0])
        hit = set(found.named["rep_id"]) >= {rep}
        right = own.stage == stage
        more = others(found, rep, skills(generated))
        strong = more.groupby("rep_id")["less"].max().le(0).any()
        named, false = named + (not more.empty), false + bool(strong)
        for band in BANDS:
            if band[0] <= n < band[1]:
                counts = found_in[band]
                found_in[band] = [counts[0] + 1, counts[1] + hit, counts[2] + (hit and right)]
        print(f"{at + 1} {rep} {stage} n={n} named={hit} stage={own.stage} "
              f"| by deals (teams, found, with stage): {found_in}, others named {named}, of them "
              f"no weaker {false}: {more[['rep_id', 'measure', 'less']].to_numpy().tolist()}",
              flush=True)  # fmt: skip


main()
