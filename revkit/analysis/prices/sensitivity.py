"""Price sensitivity by a survey: four prices each, or offers taken or left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit import arguments as check
from revkit.analysis.prices.answers import FOUR, OFFERED, WHERE, four_prices, offers, read
from revkit.analysis.prices.demand import Demand
from revkit.analysis.prices.points import PricePoints
from revkit.errors import PriceError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from revkit.dataset import Dataset


def price_sensitivity(
    answers: pd.DataFrame | str | Path | Dataset,
    *,
    by: str | None = None,
    level: float = 0.95,
) -> PricePoints | Demand:
    """Read a survey of prices: van Westendorp's four prices, or Gabor and Granger's offers.

    Parameters
    ----------
    answers
        A frame, the path of a CSV file, or a company with the table ``price_survey``. Columns
        ``too_cheap``, ``cheap``, ``expensive``, ``too_expensive``, one row a respondent; or
        ``price`` and ``would_buy`` (yes or no), one row an offer, with ``respondent`` where each
        was made several.
    by
        A column of the answers that tells groups apart, such as ``segment``.
    level
        Confidence of the intervals.

    Returns
    -------
    PricePoints
        Of four prices: where the curves cross, in both published conventions, and who was set
        aside because the prices are not in order.
    Demand
        Of offers: the share that would buy and the revenue at each price, and which prices could
        be the best.

    Raises
    ------
    PriceError
        When there are no such columns, or something in them is no number.

    Examples
    --------
    >>> import pandas as pd
    >>> four = {"too_cheap": [10, 12, 15], "cheap": [15, 20, 20], "expensive": [30, 25, 35]}
    >>> found = price_sensitivity(pd.DataFrame(four | {"too_expensive": [40, 30, 50]}))
    >>> found.points.set_index("point")["value"].round(1).to_dict()["OPP"]
    22.5
    """
    check.fraction(level, "level", WHERE)
    rows, currency = read(answers)
    if by is not None and check.text(by, "by", WHERE, example="segment") not in rows:
        raise PriceError.no_column(by, found=[*map(str, rows)], where=WHERE)
    groups = [] if by is None else [by]
    for name in groups:
        rows = rows.assign(**{name: _named(rows[name])})
    if {*FOUR} <= {*rows}:
        return PricePoints(four_prices(rows, groups, currency), by, level)
    if {*OFFERED} <= {*rows}:
        return Demand(offers(rows, groups, currency), by, level)
    raise PriceError.no_survey([*map(str, rows)], where=WHERE, four=FOUR, offered=OFFERED)


def _named(column: Any) -> Any:
    """Return the names of groups as text."""
    from revkit.dimensions import MISSING

    return column.astype(object).where(column.notna(), MISSING).astype(str)
