"""Channels around a change: how much each brought and cost before and since."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit import arguments as check
from revkit.analysis.defaults import since as months_ago
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.catalogue import find
from revkit.dataset.argument import company
from revkit.dimensions import MISSING
from revkit.errors import RevkitError
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset
    from revkit.language import Language

WHERE, BY = "rk.notebook.around", "channel"
A_YEAR, MANY = 12, 10
TITLES = {
    "leads_before": message("Leads a month, before"),
    "leads_since": message("Leads a month, since"),
    "spend_before": message("Spend a month, before"),
    "spend_since": message("Spend a month, since"),
    "lead_before": message("Cost per lead, before"),
    "lead_since": message("Cost per lead, since"),
    "customer_before": message("Cost per customer, before"),
    "customer_since": message("Cost per customer, since"),
}
MONEY = [name for name in TITLES if not name.startswith("leads")]
SAID = {
    "leads_since": message(
        "{channel} brought {leads_since} a month since {since} and {leads_before} a month before "
        "({months})."
    ),
    "lead_since": message(
        "For {spend_since} a month since then and {spend_before} before, a lead cost {lead_since} "
        "and {lead_before}."
    ),
    "customer_since": message(
        "A customer cost {customer_since} since then and {customer_before} before."
    ),
}
"""Sentences on a channel, by what must be known since then, and so before."""

WHEN = message("Before: {before} until {since}. Since: {after} from then on.")


@dataclass(frozen=True)
class Around:
    """Channels before and since a change.

    Parameters
    ----------
    table
        For :func:`revkit.table`, one row per channel: leads and programme spend a month, the cost
        of a lead and of a customer, each before and since. What is not known is NaN, and what is
        known of no channel left out.
    finding
        The same of each channel that was named, as a sentence; quiet where none was.
    """

    table: pd.DataFrame
    finding: Finding


@dataclass(frozen=True)
class _Span:
    """Whole months, from one day to the day after another."""

    start: date
    end: date

    @property
    def months(self) -> int:
        return max(_month(self.end) - _month(self.start), 0)


def around(data: Dataset, found: Sequence[Finding] = (), *, language: str | None = None) -> Around:
    """Return what each channel brought and cost, before and since it was found to change.

    Parameters
    ----------
    data
        A company whose leads and spend have a channel.
    found
        What :func:`revkit.notebook.moved` returned. The first that names a channel says since when;
        where none does, the last twelve months are held against the twelve before.
    language
        Of the sentence: "en" or "it"; the default one when omitted.

    Returns
    -------
    Around
        Since: the whole months from then on. Before: the twelve months until then, or those on
        record.

    Raises
    ------
    TableError, DimensionError
        When leads or spend are lacking, or their channel.
    """
    company(data, WHERE)
    said = check.several(found, "found", WHERE, example="rk.notebook.moved(company)")
    named = [one for one in said if BY in dict(_place(one))]
    tomorrow = data.as_of + timedelta(days=1)
    onset = (named and named[0].since) or months_ago(data, months=A_YEAR)
    since, before = _Span(onset, tomorrow.replace(day=1)), _before(data, onset)
    table = _measured(data, before, "before").join(_measured(data, since, "since"), how="outer")
    table = table.rename_axis(BY).reset_index()[[BY, *TITLES]]
    told = list(dict.fromkeys(dict(_place(one))[BY] for one in named if one.since == onset))
    unknown = [name for name in MONEY if table[name].isna().all()]
    table = _named_first(table, told)
    words = spoken(language)
    when = words.gettext(
        WHEN, since=words.period(onset), before=counted(before.months, "months", words),
        after=counted(since.months, "months", words),
    )  # fmt: skip
    table.attrs = {
        "titles": TITLES, "units": dict.fromkeys(MONEY, "money"), "currency": data.currency,
        "below": (when,),
    }  # fmt: skip
    rows = [row for _, row in table[table[BY].isin(told)].iterrows()]
    said_of = [_sentence(row, onset, before.months, data.currency, words) for row in rows]
    table = table.drop(columns=unknown)
    return Around(table, Finding(" ".join(said_of)) if said_of else Finding(when, quiet=True))


def _place(found: Finding) -> tuple[tuple[str, str], ...]:
    return getattr(found, "place", ())


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _before(data: Dataset, onset: date) -> _Span:
    """Return the year before a day, as far as leads and spend are on record for whole months."""
    begun = max(data.first_day([name]) for name in ("leads", "spend"))
    first = _month(begun) + (begun.day > 1)
    start = max(_month(onset) - A_YEAR, first)
    return _Span(_first(min(start, _month(onset))), onset)


def _measured(data: Dataset, span: _Span, when: str) -> pd.DataFrame:
    """Return what each channel brought and cost in whole months, its measures as columns."""
    names = [f"{name}_{when}" for name in ("leads", "spend", "lead", "customer")]
    if not span.months:
        return pd.DataFrame(columns=names, dtype="float64")
    asked: dict[str, Any] = {"period": None, "start": span.start, "end": span.end}
    found = find("cost_per_lead").parts(data, by=BY, **asked).set_index(BY)
    spent, leads = (found.iloc[:, at].astype("float64") for at in (0, 1))
    spent = spent.where(spent > 0)
    customers = _per_customer(data, asked)
    columns = [leads / span.months, spent / span.months, spent / leads.where(leads > 0), customers]
    table = pd.DataFrame(dict(zip(names, columns, strict=True)))
    known = table[names[0]].gt(0) | table[names[1]].notna()
    return table[known & (table.index != MISSING)]


def _per_customer(data: Dataset, asked: dict[str, Any]) -> pd.Series[float]:
    """Return the programme spend for a customer of each channel, where customers have one."""
    try:
        return find("paid_cac")(data, **asked).set_index(BY)["value"]
    except RevkitError:
        return pd.Series(dtype="float64")


def _named_first(table: pd.DataFrame, told: Sequence[str]) -> pd.DataFrame:
    order = [told.index(name) if name in told else len(told) for name in table[BY]]
    return table.iloc[pd.Series(order).argsort(kind="stable")].reset_index(drop=True)


def _sentence(
    row: pd.Series[float], onset: date, months: int, currency: str | None, words: Language
) -> str:
    money = Quantity("", "", "money", currency=currency, words=words)
    values = {
        name: money.text(row[name]) if name in MONEY else _leads(row[name], words)
        for name in TITLES
    }
    values |= {"channel": str(row[BY]), "since": words.period(onset),
               "months": counted(months, "months", words)}  # fmt: skip
    known = [name for name in SAID if pd.notna(row[[name, name.replace("since", "before")]]).all()]
    return " ".join(words.gettext(SAID[name], **values) for name in known)


def _leads(number: float, words: Language) -> str:
    """Write a mean number of leads, a whole one from ten on."""
    if math.isnan(number):
        return "–"
    return counted(round(number) if number >= MANY else round(number, 1), "leads", words)
