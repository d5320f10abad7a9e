"""What was planted in each scenario, as a watch would have to name it."""

from __future__ import annotations

from dataclasses import dataclass

from revkit.analysis.watch.result import Watch

FIRST = 2023 * 12
"""Number of the month in which scenarios start."""

NEAR = 2
"""Months by which the onset may be missed."""


@dataclass(frozen=True)
class Sign:
    """A metric that moves, in a place (any of several; "" for the whole), since a month."""

    metric: str
    places: tuple[str, ...]
    month: int


def _where(*places: str) -> tuple[str, ...]:
    return places or ("",)


MAIN: dict[str, tuple[Sign, ...]] = {
    "broken-handoff": (Sign("mql_to_sql_rate", _where(), 14),),
    "channel-rot": tuple(
        Sign(metric, _where("Paid Search"), 18)
        for metric in ("lead_to_mql_rate", "mql_to_sql_rate")
    ),
    "price-rise-smb": (Sign("churn_rate", _where("SMB", "Starter"), 17),),
    "competitor-in-retail": (Sign("win_rate", _where("Retail"), 14),),
    "discounting": (Sign("discount_rate", _where(), 12),),
    "onboarding-fix": (Sign("churn_rate", _where(), 18),),
    "onboarding-overload": (Sign("churn_rate", _where(), 15),),
    # Two or three people leave, too few to tell from any month; whom they sold to buys less.
    "rep-leaves": (
        Sign("reps_left", _where("Mid-Market Sales", "Enterprise Sales", "Mid-Market Sales · EMEA",
                                 "Enterprise Sales · EMEA"), 20),
        Sign("win_rate", _where("Mid-Market", "Enterprise", "Mid-Market · EMEA",
                                "Enterprise · EMEA", "EMEA"), 20),
    ),
    "rep-ramp": (Sign("reps_hired", _where("SMB Sales", "SMB Sales · EMEA", "SMB Sales · Americas"),
                      12),),
    "sandbagging": (Sign("promised_days", _where(), 24), Sign("won_as_commit", _where(), 24)),
    "simpson-mix": (Sign("new_accounts", _where("SMB", "Mid-Market", "Enterprise"), 12),),
    "inflated-pipeline": tuple(
        Sign(metric, _where(), 20) for metric in ("mql_to_sql_rate", "sql_to_opportunity_rate")
    ),
    "broken-integration": (Sign("missing leads.channel", _where(), 20),),
}  # fmt: skip
"""The main cause of each scenario by its signs; one is enough."""

MORE: dict[str, tuple[Sign, ...]] = {
    "discounting": (
        Sign("win_rate", _where(), 12), Sign("churn_rate", _where(), 12),
        Sign("expansion_rate", _where(), 12), Sign("deal_size", _where(), 12),
    ),
    "simpson-mix": (Sign("win_rate", _where(), 12),),
    "inflated-pipeline": (Sign("win_rate", _where(), 20),),
    "price-rise-smb": (Sign("list price Starter", _where(), 17),
                       Sign("deal_size", _where("Starter", "SMB"), 17)),
    "rep-ramp": (Sign("win_rate", _where("SMB"), 12), Sign("closing_rate", _where("SMB"), 12)),
    "broken-integration": (Sign("new_leads", _where("Paid Search"), 20),),
}  # fmt: skip
"""What follows from it besides, or was planted with it; no wrong cause."""


def said(found: Watch) -> list[tuple[str, str, int, bool]]:
    """Return what a watch names: metric, place, month and whether the place is sure."""
    rows = [(f"missing {one.table}.{one.field}", "", one.onset, True) for one in found.faults]
    rows += [(f"list price {one.product}", "", one.onset, True) for one in found.prices]
    rows += [(one.metric, str(one.places[0][0]), one.onset, one.sure) for one in found.moved]
    since = found.window.first - FIRST
    return [(metric, place, onset + since, sure) for metric, place, onset, sure in rows]


def judged(scenario: str, found: Watch) -> tuple[bool, int]:
    """Return whether the main cause was named with place and month, and how many wrong causes."""
    main, more = MAIN[scenario], (*MAIN[scenario], *MORE.get(scenario, ()))
    rows = said(found)

    def fits(row: tuple[str, str, int, bool], sign: Sign, *, late: int) -> bool:
        metric, place, month, sure = row
        near = -NEAR <= month - sign.month <= late
        return metric == sign.metric and place in sign.places and near and sure

    named = any(fits(row, sign, late=NEAR) for row in rows for sign in main)
    metrics = {sign.metric for sign in more}
    onset = min(sign.month for sign in main)
    wrong = [row for row in rows if row[0] not in metrics or row[2] < onset - NEAR]
    return named, len(wrong)
