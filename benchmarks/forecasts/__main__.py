"""Command line of the benchmark of forecasts: ``python -m benchmarks.forecasts``.

    python -m benchmarks.forecasts [--series 160] [--seed 1]
    python -m benchmarks.forecasts --companies 40 [--accounts 1200] [--months 48]
    python -m benchmarks.forecasts --companies 2 --accounts 500 --months 42 --seed 700 --groups

The first prints the MASE of revkit and four others on series of eight kinds, and what the bands of
50, 80 and 95 % held at the first third of the periods ahead, at all, and at the last third. The
second prints error, bias and coverage of forecasts from the pipeline, the third what the bands of
groups held.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

from benchmarks.forecasts import groups, pipelines
from benchmarks.forecasts.rivals import RIVALS
from benchmarks.forecasts.series import MAKERS, Case, airline, m3, made
from revkit.analysis.forecasts.bands import bands, scale_of
from revkit.analysis.forecasts.history import RHYTHMS
from revkit.analysis.forecasts.origins import pooled

LEVELS = (0.5, 0.8, 0.95)


def judged(case: Case) -> tuple[dict[str, float], np.ndarray]:
    """Return the MASE by method, and which outcomes each band held: level × period ahead."""
    rhythm = RHYTHMS["week" if case.cycle == 52 else "month"]
    past, ahead = case.past[-rhythm.past :], len(case.future)
    ours = pooled(past, ahead, case.cycle, rhythm.first)
    now = np.clip(ours.expected, *case.limits)
    expected = {"revkit": now, **{name: of(case) for name, of in RIVALS.items()}}
    errors = {
        name: float(np.abs(one - case.future).mean() / case.unit) for name, one in expected.items()
    }
    scale = scale_of(past, case.limits, balance=case.balance)
    ends = bands(ours.settled, now, scale, LEVELS)
    least, most = case.limits
    assert all((low >= least).all() and (high <= most).all() for low, high in ends.values())
    return errors, np.array(
        [(low <= case.future) & (case.future <= high) for low, high in ends.values()]
    )


def series(number: int, seed: int) -> pd.DataFrame:
    """Judge every kind of series: a row a kind."""
    kinds = {kind: made(kind, number, seed) for kind in MAKERS}
    kinds |= {
        "airline passengers": airline(),
        "M3": m3(None, number, seed),
        "M3, 24 months": m3(24, number, seed),
        "M3, 36 months": m3(36, number, seed),
    }
    rows = []
    for kind, cases in kinds.items():
        errors, held = zip(*(judged(case) for case in cases), strict=True)
        row = {"kind": kind, "series": len(cases), **pd.DataFrame(list(errors)).mean().round(3)}
        inside = 100 * np.array(held)
        third = max(1, inside.shape[2] // 3)
        for at, level in enumerate(LEVELS):
            of = inside[:, at]
            early, every, late = of[:, :third].mean(), of.mean(), of[:, -third:].mean()
            row[f"{100 * level:g} %"] = f"{early:.0f} / {every:.0f} / {late:.0f}"
        rows.append(row)
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def main() -> None:
    """Run one of the two and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--series", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--companies", type=int, default=0)
    parser.add_argument("--accounts", type=int, default=1200)
    parser.add_argument("--months", type=int, default=48)
    parser.add_argument("--groups", action="store_true")
    asked = parser.parse_args()
    if not asked.companies:
        print(series(asked.series, asked.seed).to_string(index=False))
        return
    if asked.groups:
        seeds = range(asked.seed, asked.seed + asked.companies)
        made = [groups.held(seed, asked.accounts, asked.months) for seed in seeds]
        print(pd.concat(made).groupby("what")[["50 %", "80 %", "95 %"]].mean().round(3))
        return
    tables = []
    for seed in range(asked.seed, asked.seed + asked.companies):
        tables.append(pipelines.errors(seed, asked.accounts, asked.months))
        ours = tables[-1].iloc[:3]
        print(seed, ours["bias"].round(3).tolist(), ours["held"].iloc[0], flush=True)
    whole = pd.concat(tables)
    print(whole.groupby(["method", "months ahead"])[["wape", "bias", "held"]].mean().round(3))


if __name__ == "__main__":
    main()
