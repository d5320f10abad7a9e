"""Arrow tables from arrays, typed by the declared schema and never by the values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.schema import TABLES
from revkit.synth.kernel.buffers import buffered, strings
from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.kernel.text import CodedText, Ids, JoinedText

if TYPE_CHECKING:
    import pyarrow as pa

NEVER = 1 << 40
"""Day or moment that never comes: null in a table."""

COLUMNS = {
    "accounts": "account_id name segment industry country region employees channel"
    " parent_account_id rep_id created_on",
    "reps": "rep_id name role team region manager_id hired_on left_on",
    "rep_history": "rep_id from_on team manager_id role",
    "campaigns": "campaign_id name channel started_on ended_on",
    "leads": "lead_id account_id campaign_id channel rep_id name email created_at opportunity_id"
    " disqualified_at disqualified_reason",
    "lead_history": "lead_id entered_at stage rep_id",
    "touches": "touch_id lead_id campaign_id touched_at",
    "opportunities": "opportunity_id account_id lead_id rep_id product_id campaign_id kind"
    " pipeline created_on expected_close_on closed_on is_won amount currency probability"
    " forecast_category discount lost_reason competitor",
    "opportunity_history": "opportunity_id changed_at seq stage amount expected_close_on"
    " forecast_category rep_id",
    "opportunity_splits": "opportunity_id rep_id share",
    "activities": "activity_id rep_id kind direction occurred_at minutes is_selling is_automated"
    " outcome lead_id opportunity_id account_id",
    "stages": "object pipeline stage position probability is_closed is_won",
    "products": "product_id name family list_price",
    "subscriptions": "subscription_id line started_on ended_on account_id product_id mrr currency"
    " quantity unit_price list_unit_price interval discount discount_kind status"
    " cancel_requested_on term_ends_on renewed_from churn_reason",
    "spend": "spend_id spent_on function category channel campaign_id amount currency",
    "targets": "target_id kind rep_id segment starts_on ends_on submitted_on measure amount",
    "finance": "month line amount",
    "usage": "account_id month active_users seats events features_used",
    "tickets": "ticket_id account_id opened_at closed_at severity satisfaction",
    "invoices": "invoice_line_id invoice_id account_id issued_on due_on paid_on amount currency"
    " is_recurring refunded",
    "exchange_rates": "on from_currency to_currency rate",
    "price_survey": "response_id segment too_cheap cheap expensive too_expensive",
    "price_tests": "visitor_id test variant price seen_at bought amount",
}
"""Generated tables, and their columns in order."""


def schema(name: str) -> pa.Schema:
    """Return the Arrow schema of a generated table."""
    import pyarrow as pa

    types = {
        "date": pa.date32(), "timestamp": pa.timestamp("us"), "money": pa.float64(),
        "rate": pa.float64(), "number": pa.float64(), "share": pa.float64(),
        "count": pa.int64(), "bool": pa.bool_(),
    }  # fmt: skip
    columns = TABLES[name].columns
    return pa.schema(
        [(column, types.get(columns[column].type, pa.string())) for column in COLUMNS[name].split()]
    )


def arrow(name: str, values: Mapping[str, Any], order: Numbers | None = None) -> pa.Table:
    """Build an Arrow table of the declared columns, its rows in some order.

    Days and moments are whole numbers, ``NEVER`` for none; money is whole cents, NaN for none;
    text is text, ``None`` for none, or still numbers; a number is NaN for none; a bool is 0 or 1,
    -1 for none. Words that were codes stay a dictionary and its codes (see :func:`plain`).
    """
    import pyarrow as pa

    wanted = schema(name)
    columns = []
    for field in wanted:
        given = values[field.name]
        columns.append(column(given if order is None else given[order], field, name))
    return pa.Table.from_arrays(columns, names=wanted.names)


def plain(table: pa.Table, name: str) -> pa.Table:
    """Cast a table to its declared types, so that text is strings."""
    return table.cast(schema(name))


def column(values: Any, field: pa.Field, table: str) -> pa.Array:
    """Convert values to a column of the declared type."""
    if isinstance(values, (Ids, JoinedText, CodedText)):
        return values.arrow()
    values = np.asarray(values)
    kind = TABLES[table].columns[field.name].type
    if kind in ("date", "timestamp"):
        known = values < NEVER
        whole = values if known.all() else np.where(known, values, 0)
        whole = whole.astype(np.int32) if kind == "date" else whole * np.int64(1_000_000)
        return buffered(whole, field.type, known)
    if kind in ("money", "rate"):
        known = ~np.isnan(values) if values.dtype.kind == "f" else None
        cents = values if known is None else np.where(known, values, 0).astype(np.int64)
        return buffered(cents / 100, field.type, known)
    if kind == "bool":
        return buffered(values > 0, field.type, values >= 0)
    if kind in ("number", "share"):
        values = values.astype(np.float64)
        return buffered(values, field.type, ~np.isnan(values))
    if kind == "count":
        return buffered(values.astype(np.int64), field.type)
    return strings(values.astype(object).tolist())
