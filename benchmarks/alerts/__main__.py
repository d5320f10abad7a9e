"""Command line of the benchmark of alerts: ``python -m benchmarks.alerts``."""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd

import revkit as rk
from benchmarks import alerts
from benchmarks.alerts.restated import named_and_changed
from benchmarks.alerts.told import month_ends, reports, unknown_share
from benchmarks.compiled import compiled_once
from benchmarks.watch.planted import MAIN, MORE
from benchmarks.worlds import shift
from revkit.report.alerts.rules import ANYTHING, read_rules

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

QUIET = ("baseline", "decoy-only")
START = pd.Timestamp("2023-01-01").date()
MONTHS = 12
LEVEL = "nrr < 1.0 for 3 months"
"""The shipped rule that tells a level; it may be true of a company where nothing moves."""


def quiet(asked: argparse.Namespace) -> None:
    """Ask quiet companies at the end of each of twelve months."""

    def ask(scenario: str, seed: int) -> pd.DataFrame:
        company = rk.generate(scenario, seed=seed, accounts=asked.accounts).data
        rows = reports(company, read_rules(), month_ends(company.as_of, MONTHS))
        level = rk.metrics.nrr(company, period="month", trailing=12)["value"].mean()
        return rows[(rows["rule"] != LEVEL) | (level >= 1.0)]

    names = [(QUIET[at % len(QUIET)], asked.seed + at) for at in range(asked.companies)]
    rows = _asked(asked.out, names, ask)
    count, new = rows.groupby("company").ngroups, rows[rows["new"].astype(bool)]
    told = new.groupby(["company", "day"]).ngroups
    print(f"{count} companies, {count * MONTHS} reports, {unknown_share(rows):.1%} cannot be told")
    print(f"reports with a false alert: {told} ({told / (count * MONTHS):.1%})")
    for rule, part in new.groupby("rule"):
        print(f"  {rule}: {len(part)}")


def planted(asked: argparse.Namespace) -> None:
    """Ask planted companies one and two quarters after the onset."""

    def ask(scenario: str, seed: int) -> pd.DataFrame:
        onset = min(sign.month for sign in MAIN[scenario])
        days = [shift(START, onset + months) - timedelta(days=1) for months in (3, 6)]
        rows = reports(rk.generate(scenario, seed=seed).data, read_rules(), days)
        return rows.assign(names=[_names(scenario, *row) for row in rows[list(ASKED)].to_numpy()])

    names = [(name, asked.seed + at) for name in asked.scenarios for at in range(asked.seeds)]
    rows = _asked(asked.out, names, ask)
    fired = rows["names"].astype(bool)
    for name, part in rows.assign(named=fired).groupby(rows["company"].str.split().str[0]):
        each = part.groupby("company")["named"].any()
        print(f"  {name:24} {int(each.sum())} of {len(each)}")
    every = rows.assign(named=fired).groupby("company")["named"].any()
    print(f"fired within two quarters: {int(every.sum())} of {len(every)}")


ASKED = ("rule", "key", "state")


def _names(scenario: str, rule: str, key: str, state: str) -> bool:
    """Report whether an alert is about what was planted or followed: its metric, and its place."""
    signs = (*MAIN[scenario], *MORE.get(scenario, ()))
    if state != "fires":
        return False
    if rule != ANYTHING:
        return any(rule.startswith(f"{sign.metric} ") for sign in signs)
    return any(
        key == sign.metric or any(key == f"{sign.metric} {place}".strip() for place in sign.places)
        or (sign.metric.startswith("missing ") and key == sign.metric.removeprefix("missing "))
        for sign in signs
    )  # fmt: skip


def changed(asked: argparse.Namespace) -> None:
    """Ask generated companies whose history was changed between two reports."""
    exact = 0
    for seed in range(asked.seed, asked.seed + asked.companies):
        company = rk.generate("baseline", seed=seed, accounts=asked.accounts).data
        named, truth = named_and_changed(company, seed)
        exact += named == truth
        print(f"{seed}: {len(named & truth)} of {len(truth)} named, {len(named - truth)} others",
              flush=True)  # fmt: skip
    print(f"exactly the changed deals: {exact} of {asked.companies}")


def _asked(
    out: Path | None, names: list[tuple[str, int]], ask: Callable[[str, int], pd.DataFrame]
) -> pd.DataFrame:
    """Return the answers of all companies, those that a file holds from there."""
    known = out is not None and out.exists()
    parts = [pd.read_csv(out, keep_default_na=False)] if known and out else []
    done = set(parts[0]["company"]) if parts else set()
    for scenario, seed in names:
        name = f"{scenario} {seed}"
        if name in done:
            continue
        begun = time.perf_counter()
        parts.append(ask(scenario, seed).assign(company=name))
        new = parts[-1].loc[parts[-1]["new"].astype(bool), ["day", "rule", "key"]]
        said = "; ".join(" ".join(row) for row in new.to_numpy())
        print(f"{name:24} {time.perf_counter() - begun:.0f} s: {said}", flush=True)
        if out is not None:
            pd.concat(parts, ignore_index=True).to_csv(out, index=False)
    return pd.concat(parts, ignore_index=True)


def main() -> None:
    """Ask quiet companies, planted ones, or those whose history was changed."""
    parser = argparse.ArgumentParser(
        description=alerts.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--restated", action="store_true")
    parser.add_argument("--companies", type=int, default=200)
    parser.add_argument("--accounts", type=int, default=1500)
    parser.add_argument("--scenarios", nargs="*", default=sorted(MAIN))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with compiled_once():
        (planted if asked.planted else changed if asked.restated else quiet)(asked)


if __name__ == "__main__":
    main()
