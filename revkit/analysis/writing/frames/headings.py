"""Names of columns, dimensions and groups, in the language of their reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.analysis.writing.formatting import HEADINGS, Quantity
from revkit.dimensions import MISSING
from revkit.language import Language, message

if TYPE_CHECKING:
    import pandas as pd

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

DIMENSIONS = {
    "segment": message("segment"), "region": message("region"), "product": message("product"),
    "industry": message("industry"), "channel": message("channel"), "rep.team": message("rep team"),
    "team": message("team"), "country": message("country"), "rep": message("rep"),
    "tenure": message("tenure"), "cohort": message("cohort"), "size": message("size"),
    "kind": message("kind"), "cause": message("cause"), "stage": message("stage"),
    "campaign": message("campaign"), "currency": message("currency"), "account": message("account"),
    "month_of_quarter": message("month of quarter"), "lost_reason": message("lost reason"),
    "churn_reason": message("churn reason"), "discount_band": message("discount band"),
    "competitor": message("competitor"),
}  # fmt: skip
"""Names of the usual dimensions; any other is written as its column is called."""


def dimension_name(name: str, words: Language) -> str:
    """Return the name of a dimension as a sentence says it.

    >>> from revkit.language import language
    >>> dimension_name("rep.team", language("en")), dimension_name("country", language("it"))
    ('rep team', 'paese')
    """
    if name in DIMENSIONS:
        return words.gettext(DIMENSIONS[name])
    return name.replace("_", " ").replace(".", " ")


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


REASONS = ("lost_reason", "churn_reason", "competitor")
"""Columns that people fill in by hand, or do not: groups are ranked among those that are."""

BANDS = {"30 % or more": message("30 % or more")}
"""Groups that revkit names in words."""


def group_name(value: object, words: Language, *, of: str = "") -> str:
    """Return the name of a group as a table has it; of a bare number, with what it numbers.

    >>> from revkit.language import language
    >>> group_name("3", language("en"), of="month_of_quarter")
    'month of quarter 3'
    """
    name = str(value)
    if name == MISSING and of in REASONS:
        return words.gettext("not filled in")
    if name in BANDS:
        return words.gettext(BANDS[name])
    return f"{dimension_name(of, words)} {name}" if of and name.isdecimal() else name


def rows_title(what: Quantity) -> str:
    """Return the heading of the column that counts rows."""
    return what.words.gettext(HEADINGS.get(what.rows, what.rows.capitalize()))


INTERVAL = message("{level} interval")


def interval_title(frame: pd.DataFrame, words: Language) -> str:
    """Return the heading of the column of intervals."""
    return words.gettext(INTERVAL, level=words.level(frame.attrs.get("level", 0.95)))


def counts(frame: pd.DataFrame, words: Language) -> list[str]:
    """Write the numbers of rows; a metric without a row to count yet has none."""
    known = zip(frame["n"], frame["n"].isna(), strict=True)
    return ["–" if missing else words.count(count) for count, missing in known]


def filled_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a result by reason with what nobody filled in as its last rows."""
    by = [name for name in frame.columns if name in REASONS]
    if not by:
        return frame
    blank = (frame[by[0]] == MISSING).to_numpy()
    return frame.iloc[blank.argsort(kind="stable")]
