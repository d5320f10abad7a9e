"""Sentences of a diagnosis: what moved, what is wrong with the data, why, and what to ask next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from revkit.analysis.diagnosis.cause import Cause
from revkit.analysis.diagnosis.parts import Part
from revkit.analysis.diagnosis.spans import Span
from revkit.analysis.diagnosis.split import Split
from revkit.analysis.faults import Fault
from revkit.analysis.writing.formatting import Quantity
from revkit.language import message

if TYPE_CHECKING:
    from revkit.algebra.metric import Metric
    from revkit.language import Language

KINDS = {
    "volume": message("Number of cases"), "drift": message("All groups alike"),
    "mix": message("Mix"), "rate": message("Own value"),
}  # fmt: skip
"""Names of the kinds in tables."""

MOVED = message("{what}: {value} in {period}, {difference} against {versus} ({before}).")
SAME = message("{what}: {value} in {period}, as in {versus}.")
UNKNOWN = message("{what}: no value in {period} or in {versus}, so there is no change to explain.")
MEDIAN = message(
    "Explained by the share of cases above the usual median: {after}, {before} before."
)
FACTORS = message("By factor: {factors}.")
FACTOR = message("{what} {difference}")
ALIKE = message("By {dimension}: {drift} in all groups alike, {mix} by their mix, {rate} by groups "
                "beyond that.")  # fmt: skip

EACH = message("{place} ({dimension}) moved it by {effect} ({span}) through what one case brings.")
RATE = message("{place} ({dimension}) moved it by {effect} ({span}) through its own {part}.")
MIX_UP = message("More of the cases are {place} ({dimension}), which moved it by {effect} "
                 "({span}).")  # fmt: skip
MIX_DOWN = message("Fewer of the cases are {place} ({dimension}), which moved it by {effect} "
                   "({span}).")  # fmt: skip
AFTER_MIX = message("It may be a consequence of the first.")
SINCE = message("Since {since}.")
BETWEEN = message("It began between {first} and {last}.")
OLDER = message("Nothing new since {versus}: it began in {since} and never came back.")
WORTH = message("Worth about {money} in {period}.")
ASK_RATE = message("Ask what changed for {place} then: people, product, price or competitors.")
ASK_MIX = message("Ask where these cases come from, or went, and whether that was meant.")

NOISE = message("No group did more than groups do by themselves: nothing but noise.")
POSSIBLE = message("No cause stands out. Possible: {places}. Ask about a longer period.")
SHORT = message("Too few months, groups or cases are on record to tell a cause from noise.")

LACKS = message(
    "Look at the data first: {field} is missing in {after} of the rows since {since}, and was in "
    "{before} before. Figures by it changed with the data. See how it is filled."
)
RENAMED = message(
    "Look at the data first: {old} ({field}) ends and {new} begins in {since}, with about as many "
    "rows. Give both one name in the mapping."
)
CUT = message(
    "Look at the data first: hardly any rows of {place} are on record for {since}, and each month "
    "before had many. See whether the export was cut, or ask whether it was closed."
)
ALL = message("any kind")


def moved(
    metric: Metric, values: tuple[float, float], now: Span, before: Span, currency: str | None,
    words: Language,
) -> str:  # fmt: skip
    """Return the sentence on the change."""
    quantity = quantity_of(metric, currency, words)
    old, new = values
    told = {
        "what": title(metric, words), "value": quantity.text(new), "before": quantity.text(old),
        "period": named(now, words), "versus": named(before, words),
    }  # fmt: skip
    if math.isnan(old) or math.isnan(new):
        return words.gettext(UNKNOWN, **told)
    if quantity.text(old) == quantity.text(new):
        return words.gettext(SAME, **told)
    return words.gettext(MOVED, difference=quantity.difference(new - old), **told)


def median(values: tuple[float, float], words: Language) -> str:
    """Return the sentence on the share by which a median is explained."""
    share = Quantity("", "", "share", words=words)
    return words.gettext(MEDIAN, before=share.text(values[0]), after=share.text(values[1]))


def factors(changes: Sequence[tuple[Part, float]], quantity: Quantity, words: Language) -> str:
    """Return the sentence on what each part of a metric added to its change."""
    said = [
        words.gettext(FACTOR, what=part_title(part, words), difference=quantity.difference(change))
        for part, change in changes
    ]
    return words.gettext(FACTORS, factors=words.list(said))


def alike(found: Split, dimension: str, times: float, quantity: Quantity, words: Language) -> str:
    """Return the sentence on the split of a ratio's change by one dimension."""
    told = {"drift": found.drift, "mix": found.mix.sum(), "rate": found.rate.sum()}
    written = {name: quantity.difference(float(value) * times) for name, value in told.items()}
    return words.gettext(ALIKE, dimension=dimension, **written)


def cause(one: Cause, now: Span, before: Span, quantity: Quantity, currency: str | None,
          words: Language, *, after_mix: bool) -> str:  # fmt: skip
    """Return the sentences on a cause."""
    own = EACH if "rows" in one.part.totals.values else RATE
    text = {"rate": own, "mix": MIX_UP if one.up else MIX_DOWN}[one.kind]
    said = [
        words.gettext(
            text, place=one.place, dimension=one.dimension, effect=quantity.difference(one.effect),
            span=quantity.difference_span(one.low, one.high), part=part_title(one.part, words),
        )
    ]  # fmt: skip
    since = words.period(one.since)
    if one.older:
        said.append(words.gettext(OLDER, versus=named(before, words), since=since))
    elif one.since_from == one.since_to:
        said.append(words.gettext(SINCE, since=since))
    if one.since_from != one.since_to:
        first, last = words.period(one.since_from), words.period(one.since_to)
        said.append(words.gettext(BETWEEN, first=first, last=last))
    if not math.isnan(one.worth) and quantity.unit != "money":
        money = Quantity("", "", "money", currency=currency, words=words)
        said.append(
            words.gettext(WORTH, money=money.text(one.worth, signed=True), period=named(now, words))
        )
    if after_mix:
        said.append(words.gettext(AFTER_MIX))
    said.append(words.gettext(ASK_MIX if one.kind == "mix" else ASK_RATE, place=one.place))
    return " ".join(said)


def possible(reasons: Sequence[Cause], words: Language) -> str:
    """Return the sentence on causes that are possible, or that there is none."""
    if not reasons:
        return words.gettext(NOISE)
    places = [f"{one.place} ({one.dimension})" for one in reasons]
    return words.gettext(POSSIBLE, places=words.list(dict.fromkeys(places)))


def fault(found: Fault, since: date, words: Language) -> str:
    """Return the sentence on a fault of the data."""
    month = words.period(since)
    if found.new:
        return words.gettext(RENAMED, field=found.field, old=found.old, new=found.new, since=month)
    if found.old or not found.field:
        return words.gettext(CUT, place=found.old or words.gettext(ALL), since=month)
    share = Quantity("", "", "share", words=words)
    return words.gettext(
        LACKS, field=found.field, since=month, before=share.text(found.before),
        after=share.text(found.after),
    )  # fmt: skip


def quantity_of(metric: Metric, currency: str | None, words: Language) -> Quantity:
    """Return how numbers of a metric are written."""
    return Quantity(metric.name, title(metric, words), metric.unit, currency=currency, words=words)


def title(metric: Metric, words: Language) -> str:
    """Return a metric's name for readers."""
    return metric.title_it if words.code == "it" else metric.title


def part_title(part: Part, words: Language) -> str:
    """Return the name of a part for readers: of the metric that it is, or in words."""
    if part.metric is None:
        return part.name
    name = title(part.metric, words)
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def named(span: Span, words: Language) -> str:
    """Return a period by its name, or by its two days."""
    if span.period is not None:
        return words.period(span.start, span.period)
    return words.gettext(
        "{first} to {last}", first=words.day(span.start), last=words.day(span.last)
    )
