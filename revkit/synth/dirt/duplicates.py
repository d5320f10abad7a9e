"""Duplicate accounts and leads, and the rows that belong to the second entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.dirt.key import DirtyChunk, row_numbers
from revkit.synth.kernel.ids import second_account_ids, second_lead_ids
from revkit.synth.kernel.random_streams import Numbers

if TYPE_CHECKING:
    import pyarrow as pa

SECOND_SHARES = {"opportunities": 0.5, "leads": 0.4, "tickets": 0.3}
"""Shares of an account's rows that belong to its second entry."""

LONGEST_DELAY = 150
"""Most minutes until a lead is entered again."""


def add_duplicates(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Add second entries of some accounts and leads.

    A second account is made on the day of the first. Some of the deals, of the leads without a
    deal and of the tickets are its own; a lead with a deal follows the deal, an activity its deal
    or lead. Subscriptions, usage and invoices stay with the first, which is the one that pays.
    A second lead is made within hours of the first, of the same person by the same e-mail; it
    stays a lead.
    """
    _accounts(chunk, kind, share)
    _leads(chunk, kind, share)


def _accounts(chunk: DirtyChunk, kind: str, share: float) -> None:
    hit = chunk.hit("accounts", kind, share)
    first = chunk.tables["accounts"].take(hit)
    second = second_account_ids(row_numbers(first, "accounts").astype(np.int64)).arrow()
    ids = first["account_id"].combine_chunks()

    def move(table: str, also: Numbers) -> pa.Array:
        """Move rows of the first accounts to the second ones; return the moved rows' ids."""
        moved = _places(chunk, table, "account_id", ids)
        rows = np.flatnonzero(also & (moved >= 0))
        chunk.change(kind, table, "account_id", rows, second.take(moved[rows]))
        return chunk.tables[table].column(0).take(rows).combine_chunks()

    def drawn(table: str) -> Numbers:
        return chunk.draws(table, f"{kind} moved") < SECOND_SHARES[table]

    deals = move("opportunities", drawn("opportunities"))
    alone = chunk.column("leads", "opportunity_id").is_null().to_numpy(zero_copy_only=False)
    follows = _places(chunk, "leads", "opportunity_id", deals) >= 0
    leads = move("leads", follows | alone & drawn("leads"))
    with_deal = _places(chunk, "activities", "opportunity_id", deals) >= 0
    move("activities", with_deal | (_places(chunk, "activities", "lead_id", leads) >= 0))
    move("tickets", drawn("tickets"))

    copies = _with(first, account_id=second, name=_other_names(chunk, "accounts", kind, hit))
    chunk.add(kind, "accounts", copies, order=["created_on", "account_id"])


def _leads(chunk: DirtyChunk, kind: str, share: float) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    hit = chunk.hit("leads", kind, share)
    second = second_lead_ids(row_numbers(chunk.tables["leads"], "leads")[hit].astype(np.int64))
    free = second.number >= 0
    hit, ids = hit[free], second[free].arrow()
    first = chunk.tables["leads"].take(hit)
    wait = 1 + (chunk.draws("leads", f"{kind} wait")[hit] * LONGEST_DELAY).astype(np.int64)
    minutes = pa.array(wait * 60_000_000, pa.duration("us"))
    created = pc.add(first["created_at"].combine_chunks(), minutes)
    nothing = ("opportunity_id", "disqualified_at", "disqualified_reason")
    copies = _with(
        first, lead_id=ids, created_at=created,
        name=_other_names(chunk, "leads", kind, hit),
        **{column: pa.nulls(len(hit), first.schema.field(column).type) for column in nothing},
    )  # fmt: skip
    chunk.add(kind, "leads", copies, order=["created_at"])
    entered = pa.Table.from_arrays(
        [ids, created, pa.array(["lead"] * len(hit), pa.string()), copies["rep_id"]],
        schema=chunk.tables["lead_history"].schema,
    )
    chunk.add(kind, "lead_history", entered, order=["entered_at"])


def _places(chunk: DirtyChunk, table: str, column: str, among: pa.Array) -> Numbers:
    """Return the position of each value of a column among some values, -1 if absent."""
    import pyarrow.compute as pc

    found = pc.index_in(chunk.column(table, column), among).fill_null(-1)
    return np.asarray(found.to_numpy(zero_copy_only=False))


def _with(rows: pa.Table, **columns: pa.Array) -> pa.Table:
    """Replace some columns of a table."""
    for name, values in columns.items():
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(name), values)
    return rows


def _other_names(chunk: DirtyChunk, table: str, kind: str, places: Numbers) -> pa.Array:
    """Return the names in some rows, each written in another way."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = chunk.column(table, "name").take(places)
    short = {"accounts": (r"$", " Inc."), "leads": (r"^(.)\S+ ", r"\1. ")}[table]
    ways = (
        pc.utf8_upper(names), pc.utf8_lower(names), pc.binary_join_element_wise(names, " ", ""),
        pc.replace_substring_regex(names, *short),
    )  # fmt: skip
    which = (chunk.draws(table, f"{kind} name")[places] * len(ways)).astype(np.int64)
    return pc.choose(pa.array(which, pa.int64()), *ways)
