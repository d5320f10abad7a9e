"""What was planted in each scenario, and whether a report names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

import revkit as rk
from benchmarks.quiet.claims import FIRST_PAGE, as_rows, first_page, pages
from benchmarks.watch.planted import judged
from benchmarks.worlds import shift

START = date(2023, 1, 1)
QUARTERS = (1, 2, 4)


@dataclass(frozen=True)
class Sign:
    """A sign of what was planted: a metric that moves, in a group if it is in one place."""

    metrics: tuple[str, ...]
    up: bool
    group: str = ""


@dataclass(frozen=True)
class Planted:
    """The month of the onset, counted from the scenario's start, and the signs; one is enough."""

    month: int
    signs: tuple[Sign, ...]


WINS = ("win_rate", "close_rate", "win_loss_ratio")
PLANTED = {
    "broken-handoff": Planted(14, (Sign(("mql_to_sql_rate", "sqls"), up=False),)),
    "channel-rot": Planted(
        18,
        (
            Sign(("lead_to_mql_rate", "mql_to_sql_rate"), up=False, group="Paid Search"),
            Sign(("cac",), up=True, group="Paid Search"),
        ),
    ),
    "price-rise-smb": Planted(
        17,
        (
            Sign(("churn_rate",), up=True, group="SMB"),
            Sign(("churn_rate",), up=True),
            Sign(("nrr", "grr"), up=False, group="SMB"),
        ),
    ),
    "competitor-in-retail": Planted(
        14, (Sign(WINS, up=False), Sign(WINS, up=False, group="Retail"))
    ),
    "discounting": Planted(12, (Sign(WINS, up=True),)),
    "rep-leaves": Planted(20, (Sign(WINS, up=False),)),
    "sandbagging": Planted(24, (Sign(("slippage_rate", "push_count"), up=False),)),
}


def cut(scenario: str, quarters: int) -> date:
    """Return the day so many quarters after the onset.

    >>> cut("broken-handoff", 1)
    datetime.date(2024, 5, 31)
    """
    return shift(START, PLANTED[scenario].month + 3 * quarters) - timedelta(days=1)


def names_it(scenario: str, claims: pd.DataFrame) -> bool:
    """Report whether one of the claims names a planted place and direction."""
    said = claims[claims["said"].astype(bool)]
    return any(
        bool(
            (
                said["metric"].isin(sign.metrics)
                & (said["up"] == sign.up)
                & (said["group"] == sign.group)
            ).any()
        )
        for sign in PLANTED[scenario].signs
    )


def pages_on(scenario: str, company: rk.Dataset) -> set[str]:
    """Return the pages below the first that test a metric of the signs; the others cannot name it.

    What a notebook tests does not depend on the day, but with little history it tests less.
    """
    metrics = {metric for sign in PLANTED[scenario].signs for metric in sign.metrics}
    tested = as_rows(scenario, [claim for page in pages(company) for claim in page])
    return set(tested.loc[tested["metric"].isin(metrics), "page"])


def named_by(scenario: str, company: rk.Dataset, bearing: set[str]) -> str:
    """Return the page that names what was planted: the first, or one of these; "" if none does.

    The first page names it with the metric, the place and the month within two, or by a sign.
    """
    watched = rk.watch(company)
    if judged(scenario, watched)[0] or names_it(scenario, as_rows("", first_page(watched))):
        return FIRST_PAGE
    for claims in pages(company, only=bearing):
        if claims and names_it(scenario, as_rows("", claims)):
            return claims[0].page
    return ""
