"""Schema: the tables of a company with their grain, columns, types, keys and relations.

Validation, mappings, the generator and replay all read it. A column is one entry of a table's
text, in this notation::

    amount*?: money = 0 > accounts

==========  ==========================================================================
``P``       part of the key
``*``       the column may be absent, and then means its default, else null
``?``       the value may be null
``~``       a planned date: it never sets the as-of date and survives replay
``!``       a date that is entered ahead of time: it does not set the as-of date
``±``       a number that may be negative
``: type``  its type, where it does not follow from the name (see below)
``= x``     its value where the column is absent
``> t``     a reference to the key of table ``t``
==========  ==========================================================================

Types: ``id`` for names ending in ``_id`` and for references, ``date`` for ``_on`` and for
``on`` and ``month``, ``timestamp`` for ``_at``, ``bool`` for ``is_``, ``money`` for ``amount``,
else ``text``. Written out: ``money``, ``rate`` (money per month), ``number``, ``count`` (a whole
number).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Type = Literal["id", "text", "date", "timestamp", "money", "rate", "number", "count", "bool"]

NUMBERS: frozenset[Type] = frozenset({"money", "rate", "number"})


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """One column of a table: type, key, reference, and what may be absent.

    ``optional``: the column may be absent. ``nullable``: a value may be null. ``default``: the
    value where the column is absent. ``planned`` and ``announced``: dates that may lie ahead.
    ``signed``: the number may be negative. ``dated``: it holds dates or timestamps. ``actual``:
    dates on which something happened, rather than planned ones.
    """

    name: str
    type: Type
    key: bool = False
    references: str | None = None
    optional: bool = False
    nullable: bool = False
    default: str | float | bool | None = None
    planned: bool = False
    announced: bool = False
    signed: bool = False
    dated: bool = field(init=False)
    actual: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dated", self.type in ("date", "timestamp"))
        object.__setattr__(self, "actual", self.dated and not self.planned)


@dataclass(frozen=True)
class TableSchema:
    """One table: its grain, its columns, and when its rows and dates became known.

    Parameters
    ----------
    grain
        What one row is.
    known_on
        Date columns, of which the first non-null one says when a row became known.
    dependents
        By date column, the columns that have no meaning before that date; in a dotted name such
        as ``opportunity_id.created_on`` the date is that of the referenced row.
    decided
        By actual date, the column without which it has not come: an open deal's date of closing.
    requested
        By actual date, the column of the day it was requested: from then on it is planned.
    span
        Two date columns, of which the first may not be after the second.
    census
        Whether the rows are everything there is, not a sample.
    valued_on
        Date columns, of which the first non-null one gives the day of the exchange rate for the
        row's money; the as-of date without one.
    valued_with
        The reference to the row that gives both currency and day instead.
    """

    name: str
    grain: str
    columns: Mapping[str, ColumnSchema]
    known_on: tuple[str, ...] = ()
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decided: Mapping[str, str] = field(default_factory=dict)
    requested: Mapping[str, str] = field(default_factory=dict)
    span: tuple[str, str] | None = None
    census: bool = False
    valued_on: tuple[str, ...] = ()
    valued_with: str | None = None

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that together identify a row."""
        return tuple(column.name for column in self.columns.values() if column.key)

    @cached_property
    def money(self) -> tuple[str, ...]:
        """The columns that hold amounts of money or money per month."""
        return tuple(c.name for c in self.columns.values() if c.type in ("money", "rate"))

    @cached_property
    def relations(self) -> dict[str, tuple[str, str]]:
        """By many-to-one relation: the column that refers, the table it refers to."""
        return {
            column.name.removesuffix("_id"): (column.name, column.references)
            for column in self.columns.values()
            if column.references is not None
        }

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The columns that must be present."""
        return tuple(c.name for c in self.columns.values() if not (c.optional or c.nullable))


_ENTRY = re.compile(
    r"(?P<name>\w+)(?P<marks>[*?~!±]*)(?P<key>\sP)?"
    r"(?:: (?P<type>\w+))?(?: = (?P<default>[\w.]+))?(?: > (?P<references>\w+))?"
)


def _type(name: str, references: str | None) -> Type:
    """Return the type that follows from a column's name."""
    if name.endswith("_id") or references:
        return "id"
    if name.endswith("_on") or name in ("on", "month"):
        return "date"
    if name.endswith("_at"):
        return "timestamp"
    if name.startswith("is_"):
        return "bool"
    return "money" if name == "amount" else "text"


def _default(text: str | None, type: Type) -> str | float | bool | None:
    """Return a default, written as text, as a value of its type."""
    if text is None:
        return None
    if type == "bool":
        return text == "true"
    return text if type in ("id", "text") else float(text)


def _column(entry: str) -> ColumnSchema:
    """Parse one column of a table's text."""
    parts = _ENTRY.fullmatch(entry.strip())
    if parts is None:
        raise AssertionError(f"not a column: {entry!r}")
    marks, spelt = parts["marks"], parts["type"]
    type: Type = spelt or _type(parts["name"], parts["references"])  # type: ignore[assignment]
    return ColumnSchema(
        name=parts["name"],
        type=type,
        key=parts["key"] is not None,
        references=parts["references"],
        optional="*" in marks,
        nullable="?" in marks,
        default=_default(parts["default"], type),
        planned="~" in marks,
        announced="!" in marks,
        signed="±" in marks,
    )


def _table(
    name: str,
    grain: str,
    columns: str,
    *,
    known_on: str = "",
    dependents: Mapping[str, str] | None = None,
    decided: Mapping[str, str] | None = None,
    requested: Mapping[str, str] | None = None,
    span: tuple[str, str] | None = None,
    census: bool = False,
    valued_on: str = "",
    valued_with: str | None = None,
) -> TableSchema:
    """Build a table from its text; names in ``known_on`` and the like are separated by spaces."""
    return TableSchema(
        name=name,
        grain=grain,
        columns={column.name: column for column in map(_column, columns.split(","))},
        known_on=tuple(known_on.split()),
        dependents={date: tuple(names.split()) for date, names in (dependents or {}).items()},
        decided=decided or {},
        requested=requested or {},
        span=span,
        census=census,
        valued_on=tuple(valued_on.split()),
        valued_with=valued_with,
    )


_ALL = (
    _table(
        "accounts",
        "a company, prospect or customer",
        "account_id P, name*, segment*?, industry*?, country*?, region*?, employees*?: count,"
        "channel*?, parent_account_id*? > accounts, rep_id*? > reps, created_on*?,"
        "is_test* = false",
        known_on="created_on",
    ),
    _table(
        "reps",
        "a person who sells or serves",
        "rep_id P, name*, role*?, team*?, region*?, manager_id*? > reps, hired_on?, left_on*?!",
        known_on="hired_on",
        census=True,
    ),
    _table(
        "campaigns",
        "a marketing campaign",
        "campaign_id P, name*, channel, started_on*?, ended_on*?~",
        known_on="started_on",
        span=("started_on", "ended_on"),
    ),
    _table(
        "leads",
        "a person who may buy",
        "lead_id P, account_id*? > accounts, campaign_id*? > campaigns, channel*?,"
        "rep_id*? > reps, name*?, email*?, created_at, opportunity_id*? > opportunities,"
        "disqualified_at*?, disqualified_reason*?",
        known_on="created_at",
        dependents={
            "disqualified_at": "disqualified_reason",
            "opportunity_id.created_on": "opportunity_id",
        },
    ),
    _table(
        "lead_history",
        "a lead enters a stage",
        "lead_id P > leads, entered_at P, stage, rep_id*? > reps",
        known_on="entered_at",
    ),
    _table(
        "touches",
        "a contact with marketing",
        "touch_id P, lead_id*? > leads, opportunity_id*? > opportunities,"
        "campaign_id > campaigns, touched_at",
        known_on="touched_at",
    ),
    _table(
        "opportunities",
        "a deal",
        "opportunity_id P, account_id*? > accounts, lead_id*? > leads, rep_id*? > reps,"
        "product_id*? > products, campaign_id*? > campaigns, kind* = new, created_on?,"
        "expected_close_on*?~, closed_on?, is_won?, amount?, currency*, probability*?: number,"
        "forecast_category*?, discount*?: number, lost_reason*?, competitor*?",
        known_on="created_on",
        dependents={"closed_on": "is_won lost_reason competitor"},
        decided={"closed_on": "is_won"},
        valued_on="closed_on created_on",
    ),
    _table(
        "opportunity_history",
        "a deal changes: the full row after the change",
        "opportunity_id P > opportunities, changed_at P, seq* P: count = 0, stage, amount*?,"
        "expected_close_on*?~, forecast_category*?, rep_id*? > reps",
        known_on="changed_at",
        valued_with="opportunity_id",
    ),
    _table(
        "stages",
        "a stage of the sales process",
        "object P, stage P, position: count, probability*?: number, is_closed, is_won",
    ),
    _table(
        "activities",
        "something a rep did",
        "activity_id P, rep_id > reps, kind, direction*?, occurred_at, minutes*?: number,"
        "is_selling, is_automated* = false, outcome*?, lead_id*? > leads,"
        "opportunity_id*? > opportunities, account_id*? > accounts",
        known_on="occurred_at",
    ),
    _table(
        "products",
        "something sold",
        "product_id P, name, family*?, list_price*?: rate",
    ),
    _table(
        "subscriptions",
        "one price period of one line of a contract",
        "subscription_id P, line* P = 1, started_on P, ended_on?!, account_id > accounts,"
        "product_id*? > products, mrr: rate, currency*, quantity*?: number, unit_price*?: rate,"
        "list_unit_price*?: rate, interval* = month, discount*: number = 0, discount_kind*?,"
        "pricing* = per_unit, status* = active, cancel_requested_on*?, term_ends_on*?~,"
        "renewed_from*? > subscriptions, churn_reason*?",
        known_on="started_on",
        dependents={"ended_on": "churn_reason"},
        requested={"ended_on": "cancel_requested_on"},
        span=("started_on", "ended_on"),
    ),
    _table(
        "invoices",
        "a billed line",
        "invoice_line_id P, invoice_id, account_id > accounts, issued_on, due_on*?~, paid_on*?,"
        "amount±, currency*, is_recurring, refunded*: money = 0",
        known_on="issued_on",
        dependents={"paid_on": "refunded"},
        valued_on="issued_on",
    ),
    _table(
        "usage",
        "an account in a month",
        "account_id P > accounts, month P, active_users: count, seats*?: count, events: count,"
        "features_used*?: count",
        known_on="month",
    ),
    _table(
        "tickets",
        "a support request",
        "ticket_id P, account_id > accounts, opened_at, closed_at?, severity,"
        "satisfaction*?: number",
        known_on="opened_at",
        dependents={"closed_at": "satisfaction"},
    ),
    _table(
        "spend",
        "money spent",
        "spend_id P, spent_on, function, category*?, channel*?, campaign_id*? > campaigns,"
        "amount±, currency*",
        known_on="spent_on",
        census=True,
        valued_on="spent_on",
    ),
    _table(
        "targets",
        "a quota, plan or submitted forecast",
        "target_id P, kind, rep_id*? > reps, segment*?, starts_on~, ends_on~, submitted_on*?,"
        "measure, amount±",
        known_on="submitted_on starts_on",
        span=("starts_on", "ends_on"),
        census=True,
        valued_on="starts_on",
    ),
    _table(
        "finance",
        "one figure of the accounts",
        "month P, line P, amount±",
        known_on="month",
        census=True,
        valued_on="month",
    ),
    _table(
        "exchange_rates",
        "one rate",
        "on P, from_currency P, to_currency P, rate: number",
        known_on="on",
        census=True,
    ),
    _table(
        "price_survey",
        "an answer to the four price questions",
        "response_id P, segment*?, too_cheap: money, cheap: money, expensive: money,"
        "too_expensive: money",
    ),
    _table(
        "price_tests",
        "a visitor who saw a price",
        "visitor_id P, test P, variant, price: money, seen_at, bought: bool, amount*?",
        known_on="seen_at",
        valued_on="seen_at",
    ),
)

TABLES: dict[str, TableSchema] = {table.name: table for table in _ALL}
