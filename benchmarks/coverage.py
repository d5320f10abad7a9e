"""How often the 95 % interval of each metric holds the truth: ``python -m benchmarks.coverage``.

Companies are simulated side by side, as the values of one dimension, and measured through the
metric's own call: one call gives hundreds of intervals. The truth is what the metric says of all
of them taken together, a company some hundred times as large; where values add up over companies
(counts, sums) it is that divided by their number.

    python -m benchmarks.coverage [--metrics win_rate nrr] [--out docs/coverage.md]

With ``--out`` every trial is kept beside the table, in a CSV file of the same name. A later run
adds to it, or measures again what is there: the table can be filled a few metrics at a time.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import revkit as rk
from benchmarks import worlds
from benchmarks.worlds import AS_OF, KINDS, MARCH, Scene, World, later
from revkit.catalogue.measure import Measured

# ibis sets a pandas option that pandas 3 has made the default.
warnings.filterwarnings("ignore", message=".*future.infer_string.*")

SIZES = (30, 100, 1000)
BUDGET = 1_500_000
"""Rows of a world at most; above, there are fewer companies."""
LEAST = 40
"""Companies at least."""
APART = 100
"""Companies at most where each takes a call of its own."""
SEED = 2027
"""Of the table: methods and thresholds were chosen on companies of other seeds."""


@dataclass(frozen=True)
class Simulation:
    """The world that shows a metric, and how.

    ``per`` is the metric's sample for each unit of the world's size, so that n is what a table
    says it is; ``heavy`` how many rows stand behind one of the sample. ``extensive`` values
    double when the company does. What a metric estimates for the company as a whole, before it
    groups, is simulated ``apart``: a call for each company.
    """

    world: World
    per: float = 1.0
    heavy: float = 2.0
    extensive: bool = False
    apart: bool = False
    asked: Mapping[str, Any] = field(default_factory=dict)


def _in(month: date, **how: Any) -> dict[str, Any]:
    """Ask for the one period that begins with a month."""
    return {"start": month, "end": later(month, 1), **how}


W = worlds
_months = {
    world: partial(world, history=True)
    for world in (W.leads, W.cohort, W.week, W.due, W.deals, W.moves, W.campaigns)
}
_summer = date(2025, 8, 1)
_august = partial(W.campaigns, last=_summer, history=True)

SIMULATIONS: dict[str, Simulation] = {
    # proportions and odds
    "win_rate": Simulation(W.deals),
    "close_rate": Simulation(W.cohort),
    "win_loss_ratio": Simulation(W.deals, per=0.7),
    "lead_to_customer_rate": Simulation(W.leads, heavy=3),
    "mql_to_sql_rate": Simulation(W.leads, per=0.4, heavy=3),
    "sql_acceptance_rate": Simulation(W.leads, per=0.4, heavy=3),
    "stage_share": Simulation(W.leads, heavy=3),
    "stage_conversion": Simulation(W.passages, heavy=3),
    "speed_to_lead_within": Simulation(W.answers),
    "churn_rate": Simulation(W.base, heavy=3),
    "logo_retention": Simulation(W.base, heavy=3),
    "churn_rate_joined": Simulation(W.base, heavy=3),
    "upsell_rate": Simulation(W.base, heavy=3),
    "attach_rate": Simulation(W.base, heavy=3),
    "renewal_rate": Simulation(W.contracts, asked=_in(later(MARCH, -1))),
    "trial_conversion_rate": Simulation(W.tries),
    # of money
    "selling_time_share": Simulation(W.week),
    "grr": Simulation(W.base, heavy=3),
    "gross_mrr_churn_rate": Simulation(W.base, heavy=3),
    "renewal_rate_mrr": Simulation(W.contracts, asked=_in(later(MARCH, -1))),
    "involuntary_churn_share": Simulation(W.moves, heavy=10),
    "marketing_sourced_share": Simulation(W.campaigns, per=0.3, heavy=1),
    "slippage_rate": Simulation(W.due, heavy=3),
    # ratios of sums over accounts
    "nrr": Simulation(W.base, heavy=3),
    "nrr_with_reactivation": Simulation(W.base, heavy=3),
    "net_mrr_churn_rate": Simulation(W.base, heavy=3),
    "expansion_rate": Simulation(W.base, heavy=3),
    "mrr_growth_rate": Simulation(W.base, heavy=3),
    # means and medians
    "deal_size": Simulation(W.deals, per=0.3),
    "sales_cycle": Simulation(W.deals, per=0.3),
    "arpa": Simulation(W.base, heavy=3),
    "median_deal_size": Simulation(W.deals, per=0.3),
    "median_sales_cycle": Simulation(W.deals, per=0.3),
    "time_to_close": Simulation(W.buyers),
    "speed_to_lead": Simulation(W.answers),
    "stage_duration": Simulation(W.passages, heavy=3),
    "ramp_months": Simulation(W.hires, heavy=3, asked=_in(date(2024, 1, 1), period="year")),
    # counts, and what is known over them
    "mqls": Simulation(_months[W.leads], per=0.4, heavy=12, extensive=True),
    "sqls": Simulation(_months[W.leads], per=0.2, heavy=6, extensive=True),
    "push_count": Simulation(_months[W.due], per=0.33, heavy=9, extensive=True),
    "activities_per_rep": Simulation(_months[W.week], heavy=13),
    "cost_per_lead": Simulation(_months[W.leads], heavy=30),
    "cost_per_opportunity": Simulation(_months[W.cohort], heavy=13),
    "cac": Simulation(W.arrivals, heavy=26),
    # sums of money that count events
    "won_amount": Simulation(_months[W.deals], per=0.3, heavy=4, extensive=True),
    "quota_attainment": Simulation(_months[W.deals], per=0.3, heavy=4),
    "revenue_per_rep": Simulation(_months[W.deals], per=0.3, heavy=4),
    "pipeline_created": Simulation(_months[W.cohort], heavy=13, extensive=True),
    "campaign_influenced_pipeline": Simulation(_months[W.campaigns], heavy=13, extensive=True),
    "pipeline_coverage": Simulation(_months[W.due], heavy=26),
    "new_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "expansion_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "contraction_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "churned_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "reactivation_mrr": Simulation(_months[W.moves], heavy=100, extensive=True),
    "upsell_cross_sell_split": Simulation(_months[W.moves], heavy=100, extensive=True),
    # products and quotients of several
    "pipeline_velocity": Simulation(_months[W.deals], per=0.3, heavy=4, extensive=True),
    "discount_rate": Simulation(W.deals, per=0.3),
    "net_renewal_rate_mrr": Simulation(W.contracts, asked=_in(later(MARCH, -1))),
    "price_realisation": Simulation(W.base, heavy=3),
    "quick_ratio": Simulation(_months[W.moves], heavy=100),
    "quick_ratio_with_reactivation": Simulation(_months[W.moves], heavy=100),
    # over three months, of one of which a unit of the world's size is
    "cac_payback": Simulation(_months[W.moves], per=3, heavy=100),
    "cltv": Simulation(_months[W.moves], per=3, heavy=100),
    "ltv_cac": Simulation(_months[W.moves], per=3, heavy=100),
    "roi": Simulation(_august, per=0.3, heavy=4, asked=_in(_summer)),
    # of its own
    "clv": Simulation(W.lives, apart=True),
    # a sum over days
    "churn_rate_daily": Simulation(W.base, heavy=3),
}


NO_TRUTH = {"fx_movement_mrr": "rates move every account at once: there is no sample to draw again"}


@dataclass(frozen=True)
class Trial:
    """How often intervals of one metric, on one kind of data and size, held the truth.

    ``small`` is the share of frames that say so, or have no interval. Where that is less than
    half, ``covered`` is of the others.
    """

    metric: str
    interval: str
    kind: str
    n: int
    intervals: int
    covered: float
    width: float
    small: float
    sample: float
    seed: int = 0

    @property
    def said(self) -> bool:
        """Whether the frames called most of these samples small, or gave no interval."""
        return self.small >= 0.5


def intervals() -> dict[str, str]:
    """Return how each metric that has an interval gets it."""
    catalogue = rk.catalog().set_index("name")["interval"]
    ours = {*rk.metrics.__all__} - {*NO_TRUTH}
    ours = {name for name in ours if catalogue[name] != "none"}
    return {name: str(catalogue[name]) for name in sorted(ours)}


def trials(
    names: Iterable[str],
    sizes: Iterable[int] = SIZES,
    replicates: int = 1000,
    budget: int = BUDGET,
    seed: int = SEED,
) -> Iterator[Trial]:
    """Simulate the coverage of metrics, those of one world on the same companies."""
    kinds, groups = intervals(), _groups(names)
    for n in sizes:
        for kind in KINDS:
            for together in groups:
                first = SIMULATIONS[together[0]]
                fit = int(budget * first.per / (n * first.heavy))
                many = min(replicates, max(fit, LEAST), APART if first.apart else replicates)
                random = np.random.default_rng([seed, n, KINDS.index(kind)])
                tables = first.world(Scene(kind, n / first.per, many, random))
                each, whole = _measured(tables, together, first)
                for name in together:
                    aim = many if SIMULATIONS[name].extensive else 1
                    found = trial(name, kinds[name], kind, n, each[name], whole[name], aim)
                    yield replace(found, seed=seed)


def _groups(names: Iterable[str]) -> list[list[str]]:
    """Metrics that can be measured on the same companies, in one call."""
    groups: dict[Any, list[str]] = {}
    for name in names:
        simulation = SIMULATIONS[name]
        place = (simulation.world, simulation.per, simulation.apart, str(simulation.asked))
        groups.setdefault(place, []).append(name)
    return list(groups.values())


Frames = dict[str, pd.DataFrame]


def _measured(
    tables: worlds.Tables, names: list[str], simulation: Simulation
) -> tuple[Frames, Frames]:
    """Measure every company, and all of them taken together."""
    data = rk.Dataset(as_of=AS_OF, **tables)  # type: ignore[arg-type]
    asked = {"start": MARCH, **simulation.asked}
    whole = Measured.of(data, names, **asked).frames
    if not simulation.apart:
        return Measured.of(data, names, by="replicate", **asked).frames, whole
    alone = [rk.Dataset(as_of=AS_OF, **one) for one in worlds.apart(tables)]  # type: ignore[arg-type]
    found = [Measured.of(one, names, **asked).frames for one in alone]
    return {name: pd.concat([frames[name] for frames in found]) for name in names}, whole


def trial(
    name: str,
    interval: str,
    kind: str,
    n: int,
    each: pd.DataFrame,
    whole: pd.DataFrame,
    companies: int,
) -> Trial:
    """Compare the intervals of companies with the value of all of them, or a part of it."""
    keys = list(whole.columns[: list(whole.columns).index("value")])
    truth = whole.rename(columns={"value": "truth"})[[*keys, "truth"]]
    both = each.merge(truth, on=keys)
    aim = both["truth"] / companies
    known = both["low"].notna() & both["high"].notna()
    inside = (both["low"] <= aim) & (aim <= both["high"])
    sure = known & ~both["small"]
    judged = sure if sure.mean() > 0.5 else known
    return Trial(
        metric=name,
        interval=interval,
        kind=kind,
        n=n,
        intervals=int(judged.sum()),
        covered=float(inside[judged].mean()) if judged.any() else np.nan,
        width=float(((both["high"] - both["low"]) / aim)[known].median())
        if known.any()
        else np.nan,
        small=float((both["small"] | ~known).mean()),
        sample=float(both["n"].mean()),
    )


def report(done: list[Trial]) -> str:
    """Write the tables: of all metrics that have a kind of interval, then of each metric."""
    done = sorted(done, key=lambda one: (one.interval, one.metric, KINDS.index(one.kind), one.n))
    frame = pd.DataFrame([vars(one) | {"said": one.said} for one in done])
    held = frame.loc[frame["intervals"] > 0, "intervals"]
    seeds = " and ".join(str(seed) for seed in sorted(frame["seed"].unique()))
    text = [_HEAD.format(share=_share(frame), most=held.max(), least=held.min(), seeds=seeds)]
    text += _table("interval", _pooled(frame))
    for interval, rows in frame.groupby("interval"):
        text += [f"\n## {interval}\n", *_table("metric", rows)]
    return "\n".join(text) + "\n"


def _pooled(frame: pd.DataFrame) -> pd.DataFrame:
    """All intervals of a kind together: of the frames that are sure, where there are any."""
    sure = frame[~frame["said"] & (frame["intervals"] > 0)]
    keys = ["interval", "kind", "n"]
    frame = frame.sort_values("interval", kind="stable")
    held = sure.assign(inside=sure["covered"] * sure["intervals"])
    sums = held.groupby(keys)[["inside", "intervals"]].sum()
    cells = frame.groupby(keys, sort=False).size().to_frame("metrics").join(sums)
    cells["intervals"] = cells["intervals"].fillna(0)
    cells["covered"] = cells["inside"] / cells["intervals"]
    return cells.assign(said=cells["intervals"] == 0).reset_index()


def _table(what: str, cells: pd.DataFrame) -> list[str]:
    sizes = sorted(cells["n"].unique())
    lines = [f"| {what} | data |" + "".join(f" n = {n:,} |" for n in sizes)]
    lines += ["|---|---|" + "---:|" * len(sizes)]
    for (name, kind), row in cells.groupby([what, "kind"], sort=False):
        shown = {int(cell.n): _cell(cell) for cell in row.itertuples()}
        lines += [f"| {name} | {kind} |" + "".join(f" {shown.get(n, '')} |" for n in sizes)]
    return lines


def _cell(cell: Any) -> str:
    if not cell.intervals:
        return "small"
    return f"{cell.covered:.1%}".replace("%", " %") + (" · small" if cell.said else "")


def _share(frame: pd.DataFrame) -> str:
    large = frame[(frame["n"] >= 100) & ~frame["said"] & (frame["intervals"] > 0)]
    if not len(large):
        return "No cell has n of 100 or more."
    fair = large["covered"].between(0.93, 0.97)
    wide, short = large["covered"] > 0.97, large["covered"] < 0.93
    sure = short & (_surely(large) < 0.93)
    named = [f"`{one.metric}` ({one.kind}, {one.n:,})" for one in large[sure].itertuples()]
    told = f": {', '.join(named)}" if named else ""
    return (
        f"Of {len(large)} cells with n of 100 or more that are not small, {fair.sum()} lie between "
        f"93 and 97 %, {wide.sum()} above and {short.sum()} below. In {sure.sum()} of those below, "
        f"the distance exceeds two standard errors{told}."
    )


def _surely(frame: pd.DataFrame) -> pd.Series:
    """The share covered, and two standard errors of what counts as enough."""
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

Below 93 %, one cause cannot be seen in the data: rows with correlated outcomes. A proportion treats
its rows as independent. Where one row in three is paired with another at a correlation of 0.3, as
in the clustered data, n rows are worth n / 1.1 independent ones, and 95 % becomes 93.8 %. Rows
without an account, such as leads, cannot be grouped, and the variation over twelve months is too
rough to estimate the correlation from.

## All metrics, by kind of interval
"""


def kept(path: Path) -> dict[tuple[str, str, int], Trial]:
    """Return the trials of earlier runs, by metric, kind of data and size."""
    rows = pd.read_csv(path).to_dict("records") if path.exists() else []
    done = [Trial(**{str(name): value for name, value in row.items()}) for row in rows]
    return {(one.metric, one.kind, one.n): one for one in done}


def keep(path: Path, done: Mapping[tuple[str, str, int], Trial]) -> None:
    """Write trials, in an order that does not tell which run they are of."""
    frame = pd.DataFrame([vars(done[key]) for key in sorted(done)])
    frame.round(6).to_csv(path, index=False, lineterminator="\n")


def main() -> None:
    """Simulate the metrics asked for, or all, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metrics", nargs="*", default=sorted(SIMULATIONS))
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--budget", type=int, default=BUDGET)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    done = {}
    if asked.out is not None:
        asked.out.parent.mkdir(exist_ok=True)
        done = kept(asked.out.with_suffix(".csv"))
    how = {"replicates": asked.replicates, "budget": asked.budget, "seed": asked.seed}
    for one in trials(asked.metrics, asked.sizes, **how):
        print(f"{one.metric:28} {one.interval:18} {one.kind:9} {one.n:5} (n {one.sample:7.1f}) "
              f"{one.covered:6.1%} of {one.intervals:5}, width {one.width:7.1%}, "
              f"small {one.small:4.0%}", flush=True)  # fmt: skip
        done[one.metric, one.kind, one.n] = one
        if asked.out is not None:
            keep(asked.out.with_suffix(".csv"), done)
    if asked.out is not None:
        asked.out.write_text(report(list(done.values())), encoding="utf-8")


if __name__ == "__main__":
    main()
