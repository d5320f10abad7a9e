"""Steps: what to do next with a lead, a deal or a customer, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.writing.formatting import Quantity
from revkit.language import Language, message

if TYPE_CHECKING:
    from collections.abc import Mapping

QUIET = 30
"""Days without anything happening after which a deal is stale."""
WEEK = 7
SOON = 90
"""Days before its end in which a term is negotiated."""
FULL = 0.8
"""Share of seats in use from which more are offered."""
LESS = -0.2
"""Change of the log of usage from which it is asked about."""

ACTIONS = {
    "lead": message("call a lead"),
    "deal": message("rescue a deal"),
    "save": message("keep a customer"),
    "expand": message("offer more"),
}
FRESH = message("Call {account} today: the lead came within the last week (stage {stage}).")
LEAD = message("Call {account} and agree on a meeting (stage {stage}).")
NOTICE = message("Ask {account} why they gave notice, and what would keep them.")
DUE = message("Settle the overdue invoice with {account}.")
UNUSED = message("Ask {account} why the product is used less than before.")
CARE = message("Call {account} and ask how it is going.")
SEATS = message("Offer {account} more seats: {share} of theirs are in use.")
PLAN = message("Show {account} what {product} adds: {share} of its peers have it.")
GAP = message("Ask {account} what else they need: they pay {gap} less than the median of their "
              "peers.")  # fmt: skip
GROW = message("Ask {account} what else they need.")
NO_STAGE = message("lead")


def lead(row: Mapping[str, Any], words: Language) -> str:
    """Say what to do with a lead."""
    stage = row.get("stage")
    named = words.gettext(NO_STAGE) if pd.isna(stage) else str(stage)
    fresh = np.expm1(_number(row, "age", 9.0)) <= WEEK
    return words.gettext(FRESH if fresh else LEAD, account=row["account"], stage=named)


def deal(row: Mapping[str, Any], words: Language) -> str:
    """Say what to do with a deal that is overdue or stale; both where it is both."""
    idle, due = _number(row, "idle"), _number(row, "due_in", 1.0)
    account, late = row["account"], round(max(-due, 0.0))
    said = []
    if due < 0:
        said.append(words.ngettext(
            "Agree on a new date with {account}: the close was expected {n} day ago.",
            "Agree on a new date with {account}: the close was expected {n} days ago.",
            late, n=words.count(late), account=account,
        ))  # fmt: skip
    if idle > QUIET:
        said.append(words.ngettext(
            "Get in touch with {account}: nothing has happened for {n} day.",
            "Get in touch with {account}: nothing has happened for {n} days.",
            idle, n=words.count(idle), account=account,
        ))  # fmt: skip
    return " ".join(said)


def save(row: Mapping[str, Any], words: Language) -> str:
    """Say what to do with a customer who may leave, by the plainest sign of it."""
    account, ends = row["account"], _number(row, "term_in", -1.0)
    if _number(row, "notice") > 0:
        return words.gettext(NOTICE, account=account)
    if _number(row, "overdue") > 0 or _number(row, "past_due") > 0:
        return words.gettext(DUE, account=account)
    if min(_number(row, "trend"), _number(row, "quarter")) < LESS:
        return words.gettext(UNUSED, account=account)
    if 0 <= ends <= SOON:
        return words.ngettext(
            "Begin the renewal with {account}: the term ends in {n} day.",
            "Begin the renewal with {account}: the term ends in {n} days.",
            ends, n=words.count(ends), account=account,
        )  # fmt: skip
    return words.gettext(CARE, account=account)


def expand(row: Mapping[str, Any], words: Language, currency: str | None) -> str:
    """Say what to offer a customer: seats, a product its peers have, or a look at the gap."""
    account, used = row["account"], _number(row, "used")
    if used >= FULL:
        share = words.percent(f"{100 * used:.0f}")
        return words.gettext(SEATS, account=account, share=share)
    if isinstance(row.get("offer"), str):
        share = words.percent(f"{100 * row['offered']:.0f}")
        return words.gettext(PLAN, account=account, product=row["offer"], share=share)
    if _number(row, "gap") > 0:
        gap = Quantity("gap", "", "money/month", currency, words=words).text(float(row["gap"]))
        return words.gettext(GAP, account=account, gap=gap)
    return words.gettext(GROW, account=account)


def _number(row: Mapping[str, Any], name: str, otherwise: float = 0.0) -> float:
    value = row.get(name)
    return otherwise if value is None or pd.isna(value) else float(value)
