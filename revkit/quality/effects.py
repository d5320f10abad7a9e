"""Effects: a metric with the rows in question, and without them or with them mended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.formatting import quantity
from revkit.catalogue import known
from revkit.errors import RevkitError
from revkit.language import Language, message
from revkit.quality.company import Company
from revkit.quality.finding import Effect

if TYPE_CHECKING:
    import ibis.expr.types as ir

NOTICED = 0.01
"""The relative difference of a metric from which on a finding is serious."""

TINY = 5e-4
"""The relative difference below which rows do nothing to a metric."""

NONE = message("{metric} stays as it is: {value}")


@dataclass(frozen=True)
class How:
    """A way to see what rows do: the words where a metric is too high, and where it is too low.

    ``of_it`` says that the words tell the part of the metric that is theirs; ``tidy`` that the rows
    are no errors: they wait for somebody to look after them.
    """

    high: str
    low: str
    of_it: bool = False
    tidy: bool = False


WITHOUT = How(
    message("{metric} is {percent} too high: {value}, and {other} without them"),
    message("{metric} is {percent} too low: {value}, and {other} without them"),
)
USUAL = How(
    message("{metric} is {percent} too high: {value}, and {other} if they are as the others"),
    message("{metric} is {percent} too low: {value}, and {other} if they are as the others"),
)
LOST = How(
    message("{metric} is {percent} too high if they are lost: {value}, and {other} then"),
    message("{metric} is {percent} too low if they are lost: {value}, and {other} then"),
)
_UNOWNED = message("{metric} by rep lacks {percent}: {other} of {value} have an owner")
UNOWNED = How(_UNOWNED, _UNOWNED, of_it=True)
_THEIRS = message("{percent} of {metric} is theirs: {theirs} of {value}")
THEIRS = How(_THEIRS, _THEIRS, of_it=True)
_WAITING = message("{percent} of {metric} is theirs: {theirs} of {value}; without them {other}")
WAITING = How(_WAITING, _WAITING, of_it=True, tidy=True)


def measured(
    company: Company, metric: str, rows: dict[str, ir.Table], how: How = WITHOUT, **options: Any
) -> Effect:
    """Return what a metric is as the rows are, and what with other rows in some tables.

    Parameters
    ----------
    rows
        By table, the rows without those in question, or mended.
    how
        What that is, such as :data:`WITHOUT`.
    options
        As the metric takes them.

    Returns
    -------
    Effect
        Without text where the company lacks what the metric needs.
    """
    result = company.value(metric, **options)
    if result is None:
        return Effect()
    try:
        other = known()[metric](company.data.with_rows(rows), period=None, **options)
    except RevkitError:
        return Effect()
    value, without = (float(one["value"].iloc[0]) for one in (result, other))
    if math.isnan(value) or math.isnan(without):
        return Effect()
    words, what = company.words, quantity(result, company.words)
    if not without and value and not how.tidy:  # there is nothing else to be too high against
        how = THEIRS
    change = relative(without, value) if how.of_it else relative(value, without)
    shown = {"metric": what.title, "value": what.text(value)}
    if abs(change) < TINY:
        text = words.gettext(NONE, **shown)
    else:
        text = words.gettext(
            how.high if change > 0 else how.low, percent=percent(abs(change), words),
            other=what.text(without), theirs=what.text(value - without), **shown,
        )  # fmt: skip
    return Effect(text, metric, value, without, how.tidy)


def relative(value: float, without: float) -> float:
    """Return by how much a value is too high, relative to what it would be.

    >>> relative(104.0, 100.0)
    0.04
    """
    if value == without:
        return 0.0
    return (value - without) / abs(without) if without else math.inf


def percent(share: float, words: Language) -> str:
    r"""Write a share in per cent, to a tenth.

    >>> percent(0.0412, Language("it"))
    '4,1\xa0%'
    """
    if math.isinf(share):
        return "∞"
    return words.percent(f"{share * 100:.{1 if share < 0.0995 else 0}f}")


def grave(severity: str, effect: Effect) -> str:
    """Return the severity of a finding, given what was measured of it.

    >>> grave("minor", Effect("", "won_amount", 95.0, 100.0))
    'serious'
    >>> grave("serious", Effect("", "won_amount", 100.0, 100.01))
    'minor'
    """
    if severity in ("refused", "note") or not effect.metric:
        return severity
    return "serious" if abs(relative(effect.value, effect.without)) >= NOTICED else "minor"
