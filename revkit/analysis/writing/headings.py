"""Headings of the columns of tables, in the language of their reader."""

from __future__ import annotations

from revkit.analysis.writing.formatting import DIMENSIONS, HEADINGS, Quantity
from revkit.language import Language, message

COLUMNS = {
    "period": message("Period"), "value": message("Value"), "opening": message("Opening"),
    "new": message("New"), "expansion": message("Expansion"),
    "reactivation": message("Reactivation"), "contraction": message("Contraction"),
    "churn": message("Churn"), "transfer": message("Transfer"), "fx": message("Fx"),
    "net": message("Net"),
    "closing": message("Closing"), "reached": message("Reached"), "method": message("Method"),
    "bias": message("Bias"), "forecasts": message("Forecasts"), "account": message("Account"),
    "open_deals": message("Open deals"), "open_amount": message("Open amount"),
    "policy": message("Policy"), "cause": message("Cause"), "from": message("From"),
    "to": message("To"), "difference": message("Difference"), "accounts": message("Accounts"),
    "movement": message("Movement"), "account_id": message("Account id"),
    "count_from": message("Count from"), "count_to": message("Count to"),
    "amount_from": message("Amount from"), "amount_to": message("Amount to"),
}  # fmt: skip
"""Headings of the columns that tables of the analysis have."""

AGAINST = {
    "previous": message("Against the period before"),
    "year": message("Against a year before"),
    "rest": message("Against all others"),
}
"""Headings of differences, by what a call compares with."""


def column_title(name: str, words: Language) -> str:
    """Return the heading of a column of an analysis, or of a dimension."""
    if name in COLUMNS:
        return words.gettext(COLUMNS[name])
    text = words.gettext(DIMENSIONS[name]) if name in DIMENSIONS else name
    text = text.replace("_", " ").replace(".", " ")
    return text[:1].upper() + text[1:]


def rows_title(what: Quantity) -> str:
    """Return the heading of the column that counts rows."""
    return what.words.gettext(HEADINGS.get(what.rows, what.rows.capitalize()))
