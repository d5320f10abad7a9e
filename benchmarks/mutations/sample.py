"""Break a sample of the kit's formulas and arithmetic; count what the tests notice.

A module gets its share of the sample by how many errors may be put into it.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.mutations import runner
from benchmarks.mutations.operators import Mutant, modules, mutants

ROOT = Path(__file__).parents[2]
PACKAGES = ("revkit/algebra", "revkit/metrics", "revkit/statistics")
# these run programs, notebooks or the generator, or need another engine
UNUSED = re.compile(
    r"^tests/(engines|docs|report|charts|synth|sources|errors)/|cli|packaging|public_packages"
)
EACH_KIND = ("activities_per_rep", "churn_rate", "cac", "clv", "deal_size", "grr", "cac_payback",
             "median_deal_size", "mrr_growth_rate", "pipeline_velocity", "win_rate", "won_amount",
             "close_rate", "speed_to_lead", "quota_attainment")  # fmt: skip


def sample(root: Path, size: int, seed: int, packages: tuple[str, ...]) -> list[Mutant]:
    """Draw errors, each module's share by how many it allows, in an order that mixes modules."""
    every = {
        name: mutants(name, (root / name).read_text("utf-8")) for name in modules(root, packages)
    }
    total, draw = sum(map(len, every.values())), random.Random(seed)  # noqa: S311 - no secret
    ends, chosen, seen = 0.0, [], 0
    for found in every.values():
        ends += size * len(found) / total
        take = min(len(found), round(ends) - seen)
        seen += take
        chosen += draw.sample(found, take)
    draw.shuffle(chosen)
    return chosen


def copied(folder: Path) -> Path:
    """Copy the checkout, so that it may change while its copy is broken."""
    ignored = shutil.ignore_patterns(".git", ".venv", "build", "reports", ".*_cache", ".hypothesis")
    return Path(shutil.copytree(ROOT, folder / "copy", ignore=ignored))


def reaching(root: Path) -> list[str]:
    """List the test files that run the kit in their own process, and the doctests."""
    found = sorted(str(p.relative_to(root)) for p in (root / "tests").rglob("test_*.py"))
    return [name for name in found if not UNUSED.search(name)] + [*PACKAGES]


def metrics_of(mutant: Mutant, root: Path) -> tuple[str, ...]:
    """Name the metrics laws are to ask for: the broken one, its module's or one of each kind."""
    import revkit as rk

    catalogue = rk.catalog().set_index("name")
    if mutant.function in catalogue.index:
        return (mutant.function,)
    module = mutant.module.removesuffix(".py").replace("/", ".")
    return tuple(catalogue.index[catalogue["module"] == module][:6]) or EACH_KIND


def warm() -> None:
    """Import what is not ours, so that no fork has to."""
    import duckdb  # noqa: F401
    import great_tables  # noqa: F401
    import ibis
    import ibis.backends.duckdb
    import scipy.stats  # noqa: F401

    table = ibis.table({"a": "int64", "b": "date"}, name="t")
    ibis.to_sql(table.group_by("b").agg(c=table.a.sum()), dialect="duckdb")


def run(
    size: int,
    seed: int,
    packages: tuple[str, ...],
    out: Path,
    again: Path | None,
    known_reach: Path | None,
    spend: float,
    tests: tuple[str, ...],
) -> int:
    """Run a sample, or the survivors of an earlier table again; write the table; print counts."""
    with tempfile.TemporaryDirectory() as folder:
        root = copied(Path(folder))
        os.chdir(root)
        sys.path.insert(0, str(root))
        chosen = sample(root, size, seed, packages)
        if again is not None:
            left = pd.read_csv(again, keep_default_na=False)
            left = left[~left["outcome"].isin(["killed", "timeout"])]
            keys = set(zip(left["module"], left["function"], left["operator"], left["before"],
                           left["after"], strict=True))  # fmt: skip
            chosen = [
                m
                for name in modules(root, packages)
                for m in mutants(name, (root / name).read_text("utf-8"))
                if (m.module, m.function, m.operator, m.before, m.after) in keys
            ]
        warm()
        verdicts: list[runner.Verdict] = []
        inside = [m for m in chosen if m.first]
        outside = [m for m in chosen if not m.first]
        files = list(tests) or reaching(root)
        reach_file = out.with_suffix(".reach.json")
        kills: Counter[str] = Counter()
        begun = time.monotonic()

        def keep(verdict: runner.Verdict) -> None:
            verdicts.append(verdict)
            kills[verdict.test] += verdict.outcome == "killed"
            if len(verdicts) % 10 == 0 or len(verdicts) == len(chosen):
                rows = [
                    asdict(v.mutant) | {k: x for k, x in vars(v).items() if k != "mutant"}
                    for v in verdicts
                ]
                pd.DataFrame(rows).to_csv(out, index=False)
            where = verdict.test.split("/")[-1][:70] or verdict.mutant
            print(f"{len(verdicts)}/{len(chosen)} {time.monotonic() - begun:.0f}s "
                  f"{verdict.outcome} {verdict.seconds:.1f}s {where}", flush=True)  # fmt: skip

        def body(session: pytest.Session) -> None:
            assert Path(sys.modules["revkit"].__file__ or "").is_relative_to(root)
            earlier = runner.Reach.read(known_reach) if known_reach is not None else None
            reach = runner.measure(root, packages, session, earlier)
            reach.write(reach_file)
            known = runner.functions(root)
            items = {item.nodeid: item for item in session.items}
            fresh = list(outside)
            gc_freeze()
            for mutant in inside:
                names = runner.order(
                    reach.tests(mutant) & items.keys(), reach, kills, mutant, spend
                )
                metrics = metrics_of(mutant, root)

                def child(tell, mutant=mutant, names=names, metrics=metrics):  # type: ignore[no-untyped-def]
                    if not runner.exchange(mutant, root, known):
                        tell({"cannot": True})
                        return
                    own = [items[name] for name in names]
                    if not runner.run_until_failure(own, tell):
                        laws = runner.narrowed(session.items, metrics)
                        runner.run_until_failure(laws, tell, spend / 2)

                seconds = sum(reach.seconds[name] for name in names)
                start = time.monotonic()
                told = runner.fork(child, timeout=30 + 3 * (seconds + spend))
                if told and "cannot" in told[0]:
                    fresh.append(mutant)
                else:
                    keep(runner.judged(mutant, told, time.monotonic() - start))
            out.with_suffix(".fresh.txt").write_text(
                "\n".join(f"{m.module}\t{m.index}" for m in fresh), "utf-8"
            )

        runner.fork(lambda _: None, 5)
        # a process that has collected everything, beside this one that has not imported the kit
        status = os.fork()
        if not status:
            try:
                runner.collect(files, body)
                pd.to_pickle((verdicts, kills), root / "verdicts.pkl")
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(0)
        os.waitpid(status, 0)
        earlier, caught = pd.read_pickle(root / "verdicts.pkl")  # noqa: S301 - our own, just written
        verdicts += earlier
        kills.update(caught)
        reach = runner.Reach.read(reach_file)
        lines = out.with_suffix(".fresh.txt").read_text("utf-8").splitlines()
        keys = {tuple(line.split("\t")) for line in lines}
        for mutant in [m for m in chosen if (m.module, str(m.index)) in keys]:
            names = runner.order(reach.tests(mutant), reach, kills, mutant, spend)
            used = sorted({name.split("::")[0] for name in names})

            def child(tell, mutant=mutant, names=names, used=used):  # type: ignore[no-untyped-def]
                runner.load_broken(mutant, root)

                def choose(session: pytest.Session) -> None:
                    items = {item.nodeid: item for item in session.items}
                    chosen = [items[name] for name in names if name in items]
                    if session.testsfailed:
                        tell({"failed": "collecting the tests"})
                    elif not runner.run_until_failure(chosen, tell):
                        laws = runner.narrowed(session.items, metrics_of(mutant, root))
                        runner.run_until_failure(laws, tell, spend / 2)

                if runner.collect(used, choose) not in (0, 1, 5):
                    tell({"failed": "collecting the tests"})

            start = time.monotonic()
            seconds = sum(reach.seconds[name] for name in names)
            told = runner.fork(child, timeout=60 + 3 * (seconds + spend))
            keep(runner.judged(mutant, told, time.monotonic() - start))
    print(table(verdicts))
    return sum(v.outcome in ("survived", "not reached") for v in verdicts)


def gc_freeze() -> None:
    """Keep what is there out of the collector's way, so that forks share it."""
    import gc

    gc.collect()
    gc.freeze()


def table(verdicts: list[runner.Verdict]) -> str:
    """Count by module what became of the errors, in Markdown."""
    outcomes = ["killed", "timeout", "survived", "not reached"]
    rows = pd.DataFrame({"module": v.mutant.module, "outcome": v.outcome} for v in verdicts)
    counts = pd.crosstab(rows["module"], rows["outcome"]).reindex(columns=outcomes, fill_value=0)
    counts.loc["all"] = counts.sum()
    lines = [
        "| module | errors | killed | timeout | survived | not reached | rate |",
        "|---" * 7 + "|",
    ]
    for module, found in counts.iterrows():
        rate = (found["killed"] + found["timeout"]) / found.sum()
        cells = [module, found.sum(), *found, f"{100 * rate:.0f} %"]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    left = [v for v in verdicts if v.outcome in ("survived", "not reached")]
    return "\n".join([*lines, "", *(f"- {v.outcome}: {v.mutant}" for v in left)])
