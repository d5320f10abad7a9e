"""Sentences about what moved: what, where, since when, by how much, and what to ask next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from revkit.analysis.faults import Fault
from revkit.analysis.watch.metrics.prices import PriceMove
from revkit.analysis.watch.metrics.rows import Window
from revkit.analysis.watch.search import Cause
from revkit.analysis.watch.series import PULSE
from revkit.analysis.writing.formatting import Quantity
from revkit.language import message

if TYPE_CHECKING:
    from revkit.language import Language

TITLES = {
    "lead_to_mql_rate": message("Leads that become MQLs within 90 days"),
    "mql_to_sql_rate": message("MQLs that become SQLs within 90 days"),
    "sql_to_opportunity_rate": message("SQLs that become opportunities within 90 days"),
    "win_rate": message("Win rate of new business"),
    "closing_rate": message("Open deals that close within 30 days"),
    "discount_rate": message("Discount on won deals"),
    "deal_size": message("Size of won deals"),
    "promised_days": message("Days to the expected close, when a deal is opened"),
    "won_as_commit": message("Won deals that had been called commit"),
    "churn_rate": message("Customers who leave, a month"),
    "expansion_rate": message("Customers who pay more, a month"),
    "new_accounts": message("Share of new accounts"),
    "new_leads": message("Share of new leads"),
    "reps_hired": message("Reps hired"),
    "reps_left": message("Reps who left"),
}

UNITS = {"deal_size": "money", "promised_days": "days", "reps_hired": "count", "reps_left": "count"}
"""Of values; the others are shares."""

STEP = message("{what}: {value} since {since} ({span}), where {usual} was usual.")
FOR_MONTHS = message(
    "{what}: {value} for {months} months from {since} ({span}), where {usual} was usual."
)
BACK = message(
    "{what}: {value} for {months} months from {since} ({span}), where {before} was usual; {after} "
    "in the {count} months since."
)
PARTLY = message(
    "{what}: {value} for {months} months from {since} ({span}), where {before} was usual; {after} "
    "in the {count} months since, which is only part of the way back."
)
NOT_BACK = message(
    "{what}: {value} in the first {months} months from {since} ({span}), where {before} was usual, "
    "and it has not come back: {after} in the {count} months since."
)
STAYED, RETURNED = 1 / 3, 2 / 3
"""Shares of the way back below which a level has stayed, and from which on it has returned."""

RAMP = message(
    "{what}: moving since {since}, to {value} a year later ({span}), where {usual} was usual."
)
MONTH = message("{what}: {value} in {since}, where {usual} a month is usual.")
SHAPES = {"step": STEP, "3 months": FOR_MONTHS, "6 months": FOR_MONTHS, "ramp": RAMP,
          "month": MONTH}  # fmt: skip

NAMES = {
    "step": message("since then"), "3 months": message("above all for 3 months"),
    "6 months": message("above all for 6 months"), "ramp": message("by and by"),
    "month": message("in that month"),
}  # fmt: skip
"""Names of shapes in tables."""

SHORT = message("Records of {months} are too few to tell what moved: {least} are needed.")
QUIET = message("Nothing moved in the last 24 months by more than noise.")

COHORT = message("{what}, by month of joining")
OPENED = message("{what}, by month of opening")
BEGAN = message("The month is not sure: {first} to {last}.")
TOGETHER = message("It began at about the same time as “{other}”: look for one cause of both.")
UNSURE = message("The data does not tell where: {places}.")
EVERYWHERE = message("everywhere")
WORTH = {
    "churn_rate": message("Worth about {money} of recurring revenue, after a year."),
    "win_rate": message("Worth about {money} of won deals a year."),
}
OF_LEADS = message("Worth about {money} of won deals a year, all else as it is.")

RISEN = {
    "win_rate": message("See what was given for it: discounts, terms, or fewer deals taken on."),
    "churn_rate": message("Ask those who left why: price, product or start."),
    "lead_to_mql_rate": message("See whether these MQLs are as good: what becomes of them after."),
    "mql_to_sql_rate": message("See whether these SQLs are as good: what becomes of them after."),
    "sql_to_opportunity_rate": message(
        "See whether these opportunities are as good: how many are won."
    ),
    "closing_rate": message("See whether more is won, or more is given up."),
    "deal_size": message("See whether more is bought, or at another price."),
}
"""Next question where a value has risen; otherwise that of `NEXT`."""

NEXT = {
    "lead_to_mql_rate": message(
        "Ask what changed in where these leads come from, or in the score."
    ),
    "mql_to_sql_rate": message("Ask how MQLs are handed over and who takes them, since then."),
    "sql_to_opportunity_rate": message("Ask what makes an opportunity, and who decides."),
    "win_rate": message(
        "Ask who else they buy from, what changed in what is offered, and who sells now."
    ),
    "closing_rate": message("Ask what deals wait for: approvals, terms or people."),
    "discount_rate": message("Ask who may give discounts, and what was won with them."),
    "deal_size": message("Ask whether less is bought, or at another price."),
    "promised_days": message(
        "See whether deals really take that long (sales cycle), or only other dates are entered."
    ),
    "won_as_commit": message("Ask whether reps hold back: compare what they commit with wins."),
    "churn_rate": message("See who stays now, and what changed for them."),
    "expansion_rate": message("Ask what is offered to customers, and by whom."),
    "new_accounts": message("Ask who is being approached, and whether that was meant."),
    "new_leads": message("Ask what was spent, and whether leads are recorded as before."),
    "reps_hired": message("Count on a time in which they learn; see what they are given."),
    "reps_left": message("See who has their deals now, and how these go."),
}

LACKS = message(
    "{field} is missing in {after} of {table} since {since}, and was in {before} before: figures "
    "by it changed with the data, not with the business. See how it is filled."
)
RENAMED = message(
    "{field} of {table}: {old} ends and {new} begins in {since}, with about as many rows: it seems "
    "to be the same under another name. Give both one name in the mapping."
)
PRICE = message("List price of {product}: {after} since {since}, {before} before.")


def cause(
    found: Cause,
    window: Window,
    worth: float,
    currency: str | None,
    words: Language,
    before: Sequence[Cause] = (),
) -> str:
    """Return the sentences on something that moved; `before` are those that were told already."""
    quantity = Quantity("", "", unit(found.metric), currency=currency, words=words)
    values = {
        "what": what(found, words),
        "value": quantity.text(found.value),
        "usual": quantity.text(found.usual),
        "span": quantity.span(found.low, found.high),
        "since": words.period(window.day(found.onset).date()),
        "months": found.shape.split()[0],
        "before": quantity.text(found.before),
        "after": quantity.text(found.after),
        "count": words.count(found.months_after),
    }
    if found.kind == PULSE:
        values["usual"] = words.number(f"{found.usual:.1f}")
    said = [words.gettext(_shape(found), **values)]
    first, last = (words.period(window.day(one).date()) for one in (min(found.months),
                                                                   max(found.months)))  # fmt: skip
    if first != last:
        said.append(words.gettext(BEGAN, first=first, last=last))
    if not found.sure:
        names = [str(place) or words.gettext(EVERYWHERE) for place, _ in found.places]
        said.append(words.gettext(UNSURE, places=words.list(names)))
    if not math.isnan(worth) and not _of_unknown_quality(found):
        money = Quantity("", "", "money", currency=currency, words=words)
        basis = WORTH.get(found.metric, OF_LEADS)
        said.append(words.gettext(basis, money=money.text(worth, signed=True)))
    together = [one for one in before if set(one.months) & set(found.months)]
    if together:
        said.append(words.gettext(TOGETHER, other=what(together[0], words)))
    asked = RISEN if found.value > found.usual else NEXT
    said.append(words.gettext(asked.get(found.metric, NEXT[found.metric])))
    return " ".join(said)


def _shape(found: Cause) -> str:
    """Return the text of a shape: of one that came and went by what the months since show."""
    if math.isnan(found.back):
        return SHAPES[found.shape]
    return NOT_BACK if found.back < STAYED else BACK if found.back >= RETURNED else PARTLY


def _of_unknown_quality(found: Cause) -> bool:
    """Report whether more leads pass a gate than did: nobody knows whether these are as good."""
    return found.metric not in WORTH and found.value > found.usual


def unit(metric: str) -> str:
    """Return the unit of a watched metric's values."""
    return UNITS.get(metric, "share")


def what(found: Cause, words: Language) -> str:
    """Return the title of something that moved, with the place."""
    title = words.gettext(TITLES[found.metric])
    if found.sure and found.places[0][0].by:
        title = f"{title} ({found.places[0][0]})"
    if found.axis == "cohort":
        return words.gettext(COHORT, what=title)
    opened = found.axis == "opened" and found.metric != "promised_days"  # its title says so
    return words.gettext(OPENED, what=title) if opened else title


def fault(found: Fault, window: Window, words: Language) -> str:
    """Return the sentence on a fault of the data."""
    since = words.period(window.day(found.onset).date())
    if found.old:
        return words.gettext(
            RENAMED, field=found.field, table=found.table, old=found.old, new=found.new, since=since
        )
    share = Quantity("", "", "share", words=words)
    return words.gettext(
        LACKS, field=found.field, table=found.table, since=since,
        after=share.text(found.after), before=share.text(found.before),
    )  # fmt: skip


def price(found: PriceMove, window: Window, currency: str | None, words: Language) -> str:
    """Return the sentence on a list price that moved."""
    money = Quantity("", "", "money", currency=currency, words=words)
    return words.gettext(
        PRICE, product=found.product, since=words.period(window.day(found.onset).date()),
        before=money.text(found.before), after=money.text(found.after),
    )  # fmt: skip
