"""Coverage table: trials as Markdown for readers and as CSV for later runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.coverage.trials import Trial
from benchmarks.worlds import KINDS


def report(done: list[Trial]) -> str:
    """Return the report as Markdown: a table by interval method, then one per method by metric."""
    done = sorted(done, key=lambda one: (one.interval, one.metric, KINDS.index(one.kind), one.n))
    frame = pd.DataFrame([vars(one) | {"mostly_small": one.mostly_small} for one in done])
    held = frame.loc[frame["intervals"] > 0, "intervals"]
    seeds = " and ".join(str(seed) for seed in sorted(frame["seed"].unique()))
    text = [_HEAD.format(share=_share(frame), most=held.max(), least=held.min(), seeds=seeds)]
    text += _table("interval", _pooled(frame))
    for interval, rows in frame.groupby("interval"):
        text += [f"\n## {interval}\n", *_table("metric", rows)]
    return "\n".join(text) + "\n"


def _pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """Pool the trials by interval method, kind of data and size, without small samples."""
    sure = frame[~frame["mostly_small"] & (frame["intervals"] > 0)]
    keys = ["interval", "kind", "n"]
    frame = frame.sort_values("interval", kind="stable")
    held = sure.assign(inside=sure["covered"] * sure["intervals"])
    sums = held.groupby(keys)[["inside", "intervals"]].sum()
    cells = frame.groupby(keys, sort=False).size().to_frame("metrics").join(sums)
    cells["intervals"] = cells["intervals"].fillna(0)
    cells["covered"] = cells["inside"] / cells["intervals"]
    return cells.assign(mostly_small=cells["intervals"] == 0).reset_index()


def _table(what: str, cells: pd.DataFrame) -> list[str]:
    """Return a Markdown table with a row per metric (or method) and kind, a column per size."""
    sizes = sorted(cells["n"].unique())
    lines = [f"| {what} | data |" + "".join(f" n = {n:,} |" for n in sizes)]
    lines += ["|---|---|" + "---:|" * len(sizes)]
    for (name, kind), row in cells.groupby([what, "kind"], sort=False):
        shown = {int(cell.n): _cell(cell) for cell in row.itertuples()}
        lines += [f"| {name} | {kind} |" + "".join(f" {shown.get(n, '')} |" for n in sizes)]
    return lines


def _cell(cell: Any) -> str:
    """Return the text of one cell: the share covered, marked where samples are small."""
    if not cell.intervals:
        return "small"
    return f"{cell.covered:.1%}".replace("%", " %") + (" · small" if cell.mostly_small else "")


def _share(frame: pd.DataFrame) -> str:
    """Return a sentence that counts the cells within, above and below 93 to 97 %."""
    large = frame[(frame["n"] >= 100) & ~frame["mostly_small"] & (frame["intervals"] > 0)]
    if not len(large):
        return "No cell has n of 100 or more."
    fair = large["covered"].between(0.93, 0.97)
    wide, short = large["covered"] > 0.97, large["covered"] < 0.93
    sure = short & (_upper(large) < 0.93)
    named = [f"`{one.metric}` ({one.kind}, {one.n:,})" for one in large[sure].itertuples()]
    names = f": {', '.join(named)}" if named else ""
    return (
        f"Of {len(large)} cells with n of 100 or more that are not small, {fair.sum()} lie between "
        f"93 and 97 %, {wide.sum()} above and {short.sum()} below. In {sure.sum()} of those below, "
        f"the distance exceeds two standard errors{names}."
    )


def _upper(frame: pd.DataFrame) -> pd.Series:
    """Return the share covered plus two standard errors of a share of 93 %."""
    return frame["covered"] + 2 * np.sqrt(0.93 * 0.07 / frame["intervals"])


_HEAD = """# How often the 95 % intervals contain the true value

Written by `python -m benchmarks.coverage`; do not edit by hand. The benchmark simulates companies
whose true values are known, computes every metric with `metric(data, by="replicate")`, and counts
how often `low ≤ truth ≤ high`.

| data | description |
|---|---|
| even | amounts and durations vary by half their mean; rows are independent |
| skewed | 70 % of the accounts are small, 25 % six times and 5 % forty times as large; durations \
are long |
| clustered | counts vary twice as much as independent ones; one account in five has two rows \
in the month, with correlated outcomes (0.3) and mostly the same size; large accounts leave less \
often |

`n` is the sample of the metric: rows in its smallest denominator, accounts open at the start, or
events of a sum. `small` marks cells in which most results say `small = True` or have no interval;
in the other cells, only results that are not small are counted. The standard error of a figure is
0.7 points with 1,000 companies, 1.1 with 400 and 2.2 with 100. A cell has up to {most:,} companies,
fewer where n is large (at least {least:,}). Their seeds ({seeds}, in the CSV file beside this page)
were not used to choose any method or threshold.

{share}

Above 97 %, an interval is wider than necessary. This is accepted for four kinds:

- **Quantiles.** An interval between order statistics covers at least 95 %, and more where values
  repeat, as whole days do.
- **Proportions of money and ratios per account.** The degrees of freedom are the effective number
  of accounts. Narrower intervals cover 62 to 92 % where a few large accounts change.
- **Counts.** The variation of the last year sets the width, also where that year happened to vary
  more than usual.
- **Lifetime value (`clv`).** The interval spans all survival models that fit the losses almost as
  well as the best one. Below 200 accounts the age of the accounts does not tell the models apart,
  the value is up to 40 % too low where some accounts leave early, and results say `small`.

Rows of one account, and accounts of one parent, are added up before their variance is taken. Rows
without an account, such as leads, cannot be: where one row in three is paired with another at a
correlation of 0.3, as in the clustered data, n rows are worth n / 1.1 independent ones, and 95 %
becomes 93.8 %.

## Where intervals are hard to get right

By `python -m benchmarks.hard_cases --companies 200`; "small" is the share of results that say so.

| case | covered | small |
|---|---:|---:|
| 100 deals of 25 accounts, correlation 0.3: win rate | 95.0 % | 0 % |
| 400 deals of 100 accounts: win rate | 95.5 % | 0 % |
| 40 deals of 10 accounts: win rate | – | 100 % |
| 75 accounts of 25 parents, correlation 0.3: churn rate, gross retention | 93.5 %, 93.5 % | 0 % |
| 300 accounts of 100 parents: churn rate, gross retention | 97.0 %, 97.0 % | 0 % |
| deal size, Pareto 1.8, 30 / 100 / 300 deals | not promised | 64 / 98 / 100 % |
| deal size, lognormal 1, 30 / 100 / 300 deals | 93.1 / 93.5 / 93.5 % | 13 / 0 / 0 % |
| median wait (Kaplan–Meier) of 1 to 5 rows | no interval | 100 % |
| median wait of 6 / 8 rows | 98.5 / 95.0 % | 100 % |

## All metrics, by kind of interval
"""


def read_trials(path: Path) -> dict[tuple[str, str, int], Trial]:
    """Return the trials of earlier runs, by metric, kind of data and size."""
    rows = pd.read_csv(path).to_dict("records") if path.exists() else []
    done = [Trial(**{str(name): value for name, value in row.items()}) for row in rows]
    return {(one.metric, one.kind, one.n): one for one in done}


def write_trials(path: Path, done: Mapping[tuple[str, str, int], Trial]) -> None:
    """Write trials to a CSV file, sorted by metric, kind of data and size."""
    frame = pd.DataFrame([vars(done[key]) for key in sorted(done)])
    frame.round(6).to_csv(path, index=False, lineterminator="\n")
