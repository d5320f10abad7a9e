"""Base class of the errors, and helpers that word their messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str]) -> str | None:
    """Return the most similar of ``words``, ignoring case; None when none is similar.

    >>> nearest("Opportunites", ["accounts", "opportunities"])
    'opportunities'
    """
    folded = {str(other).casefold(): other for other in words}
    near = get_close_matches(str(word).casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None


OTHERWISE = {
    "opportunities": "deals deal opportunity opps sales pipeline",
    "opportunity_history": "deal_history deal_changes stage_history opportunity_field_history",
    "accounts": "customers customer companies company clients account",
    "reps": "users user owners owner employees sellers salespeople sales_reps",
    "leads": "contacts contact prospects people",
    "touches": "touchpoints campaign_members campaign_member",
    "activities": "tasks task events calls engagements",
    "subscriptions": "contracts contract subscription_items plans_sold mrr",
    "spend": "costs cost expenses marketing_spend budget",
    "targets": "quotas quota goals plans",
    "tickets": "cases case support_tickets issues",
    "exchange_rates": "fx fx_rates currencies rates",
    "stages": "pipeline_stages deal_stages stage",
    "products": "items skus catalogue",
    "invoices": "bills billing",
    "finance": "financials p_and_l pnl ledger",
}
"""What other tools call the tables."""


def otherwise(word: str) -> str | None:
    """Return the table that other tools call by a name.

    >>> otherwise("Deals")
    'opportunities'
    """
    name = str(word).casefold()
    return next((table for table, names in OTHERWISE.items() if name in names.split()), None)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Return `` Did you mean …?`` with a leading space, or empty text when nothing is similar."""
    known = {str(one) for one in words}
    theirs = otherwise(word)
    near = theirs if theirs in known else nearest(word, known)
    return f" Did you mean {near!r}?" if near is not None else ""


def listed(words: Iterable[object], limit: int = 20) -> str:
    """Return words joined by commas, at most ``limit`` of them, and how many more there are."""
    shown = [str(word) for word in words]
    if len(shown) > limit:
        shown[limit:] = [f"and {len(shown) - limit} more"]
    return ", ".join(shown) if shown else "nothing"


def first_lines(error: BaseException) -> str:
    """Return the first three lines of an error's message as one, at most 300 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:3])[:300] or type(error).__name__


class Reason:
    """The short form of an error, for a note that lists what is not shown and why.

    A text with named placeholders and their values, so that it can be translated.

    >>> str(Reason("needs the table {table}", table="'spend'"))
    "needs the table 'spend'"
    """

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values = values

    def __str__(self) -> str:
        return self.text.format(**self.values)


class RevkitError(Exception):
    """Base class: catch this to catch every error revkit raises on purpose.

    Parameters
    ----------
    sentence
        Where, what was needed, what was found and what to do.
    reason
        The short form; the first clause of the sentence when omitted.
    """

    def __init__(self, sentence: str, *, reason: Reason | None = None) -> None:
        super().__init__(sentence)
        first = sentence.partition(";")[0].partition(". ")[0].rstrip(".")
        self.reason = reason or Reason("{sentence}", sentence=first)

    def _render_traceback_(self) -> list[str]:
        """Return the message alone, which Jupyter shows instead of the traceback."""
        return [f"{type(self).__name__}: {self}"]
