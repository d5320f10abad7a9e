"""Errors in single cells, and exports that are cut off."""

from __future__ import annotations

import numpy as np

from revkit.synth.dirt.key import DirtyChunk
from revkit.synth.scenario.pipelines import CLOSED

SPELLED_COLUMNS = {
    "accounts": ("industry", "country"),
    "leads": ("channel",),
    "opportunities": ("lost_reason",),
}
"""Columns whose words people type."""

SPELLINGS = {
    "United States": ("USA", "U.S.", "United States of America"),
    "United Kingdom": ("UK", "U.K.", "Great Britain"),
    "Germany": ("Deutschland", "Germnay"),
    "France": ("FR", "Frane"),
    "Italy": ("Italia", "IT"),
    "Spain": ("España", "Spian"),
    "Brazil": ("Brasil",),
    "Financial Services": ("Finance", "Fin. Services"),
    "Healthcare": ("Health Care", "Health-care"),
    "Professional Services": ("Prof. Services",),
    "Manufacturing": ("Manufacturing Industry", "Manufacturng"),
    "price": ("pricing", "too expensive"),
    "competitor": ("competition", "lost to competitor"),
    "no budget": ("budget",),
}
"""Misspellings of words, beside those by case and blanks."""

CURRENCIES = ("USD", "GBP")

HOUR = 3_600_000_000
"""One hour in microseconds."""

ROUND = 1000
"""Number of rows of which a cut-off export holds a multiple."""


def remove_owners(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Remove the owner of some accounts, leads and opportunities."""
    for table in ("accounts", "leads", "opportunities"):
        chunk.empty(kind, table, "rep_id", chunk.hit(table, kind, share))


def remove_amounts(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Remove the amount of some won opportunities."""
    won = chunk.column("opportunities", "is_won").fill_null(False).to_numpy(zero_copy_only=False)
    hit = chunk.hit("opportunities", kind, share, won)
    chunk.empty(kind, "opportunities", "amount", hit)


def misspell(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Replace some categories by another spelling, as people type them."""
    import pyarrow as pa

    for table, columns in SPELLED_COLUMNS.items():
        for column in columns:
            known = chunk.column(table, column).is_valid().to_numpy(zero_copy_only=False)
            hit = chunk.hit(table, f"{kind} {column}", share, known)
            word = chunk.column(table, column).take(hit).dictionary_encode()
            ways = [spellings(each) for each in word.dictionary.to_pylist()]
            count = np.array([len(each) for each in ways], np.int64)
            code = word.indices.to_numpy()
            draws = chunk.draws(table, f"{kind} {column} way")[hit]
            typed = (np.cumsum(count) - count)[code] + (draws * count[code]).astype(np.int64)
            every = pa.array([way for each in ways for way in each], pa.string())
            chunk.change(kind, table, column, hit, every.take(typed))


def spellings(word: str) -> list[str]:
    """List the ways to misspell a word.

    Examples
    --------
    >>> spellings("Paid Search")
    ['paid search', 'PAID SEARCH', 'Paid search', 'PaidSearch', 'Paid-Search', 'Paid Search ']
    """
    ways = [
        *SPELLINGS.get(word, ()), word.lower(), word.upper(), word.capitalize(),
        word.replace(" ", ""), word.replace(" ", "-"), f"{word} ",
    ]  # fmt: skip
    return [way for way in dict.fromkeys(ways) if way != word]


def reset_stages(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Set some stages of opportunities back to the first one of the deal."""
    import pyarrow as pa
    import pyarrow.compute as pc

    deal, seq, stage = (
        chunk.column("opportunity_history", name) for name in ("opportunity_id", "seq", "stage")
    )
    begins = pc.equal(seq, 1)
    first = stage.filter(begins).take(pc.index_in(deal, deal.filter(begins)))
    closed = pc.is_in(stage, pa.array(CLOSED, pa.string()))
    ahead = pc.invert(pc.or_(closed, pc.equal(stage, first))).to_numpy(zero_copy_only=False)
    moved = seq.to_numpy() > 2
    hit = chunk.hit("opportunity_history", kind, share, ahead & moved)
    chunk.change(kind, "opportunity_history", "stage", hit, first.take(pa.array(hit)))


def mislabel_currency(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Mark some opportunities and invoices with a currency that their amounts are not in."""
    import pyarrow as pa

    for table in ("opportunities", "invoices"):
        hit = chunk.hit(table, kind, share)
        which = (chunk.draws(table, f"{kind} which")[hit] * len(CURRENCIES)).astype(np.int64)
        named = pa.array(CURRENCIES, pa.string()).take(which)
        chunk.change(kind, table, "currency", hit, named)


def shift_clocks(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Shift some moments by a time zone: activities two hours ahead, tickets five behind.

    A ticket is opened and closed by the same clock, so that it takes as long as it did.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    clocks = (("activities", 2, ("occurred_at",)), ("tickets", -5, ("opened_at", "closed_at")))
    for table, hours, columns in clocks:
        hit = chunk.hit(table, kind, share)
        shift = pa.scalar(hours * HOUR, pa.duration("us"))
        for column in columns:
            moments = chunk.column(table, column).take(hit)
            chunk.change(kind, table, column, hit, pc.add(moments, shift))


def truncate(chunk: DirtyChunk, kind: str, share: float) -> None:
    """Cut the last chunk's activities and usage off at a round number of rows."""
    for table in ("activities", "usage"):
        kept = int(chunk.tables[table].num_rows * share) // ROUND * ROUND
        if chunk.last and kept:
            chunk.cut(kind, table, kept)
