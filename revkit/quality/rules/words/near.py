"""Near twins: accounts and people whose names are almost those of others, to be looked at.

Names are compared only within a block, of accounts in one country whose names begin alike, or of
people at one account, so that the work grows with the rows and not with their pairs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from revkit.language import message
from revkit.quality.company import Company, first_keys
from revkit.quality.finding import Effect, Finding
from revkit.quality.rules.words.names import bare, without_forms
from revkit.quality.rules.words.twins import AGREE

if TYPE_CHECKING:
    import ibis.expr.types as ir

ALIKE = 90.0
"""The similarity of two names that may be one, of 100 (the letters that both have in order)."""

BEGINNING, SHORTEST, LARGEST = 3, 6, 300
"""Letters that begin the names of a block; the shortest name; the most names of a block."""

MOST = 100_000
"""Rows that are compared; of a larger table, the first of them by name."""

WHAT = message("whose name is almost that of another one")
EFFECT = message("Up to {count} of them may be counted twice")
MEND = message("Look at each pair, and merge it where it is one: `proposed` names the other one.")

Row = tuple[str, str, str]


def near_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield the accounts or people that are almost others."""
    if table == "accounts" and company.has(table, "name"):
        rows = _accounts(company)
    elif table == "leads" and company.has(table, "name", "account_id"):
        rows = _people(company)
    else:
        return
    pairs = sorted(alike(rows))
    if not pairs:
        return
    words = company.words
    flagged = _table(company, pairs)
    yield Finding(
        rule="near_twin",
        table=table,
        column="name",
        what=words.gettext(WHAT),
        bad=len({second for second, _, _ in pairs}),
        rows=company.examined(table).total,
        severity="note",
        examples=first_keys(flagged),
        effect=Effect(words.gettext(EFFECT, count=words.count(len(pairs)))),
        mend=words.gettext(MEND),
        flagged=flagged,
    )


def alike(rows: Iterable[tuple[str, str, str, str]]) -> Iterator[Row]:
    """Yield each row whose name is almost that of one before it: its key, its name, that one's key.

    Parameters
    ----------
    rows
        Block, key, the name as compared and as written; names that are equal are no near twins.

    Examples
    --------
    >>> names = ["Acme Systems", "Acme System", "Acme Systems", "Beta 1", "Beta 2"]
    >>> list(alike(("x", str(n), name.lower(), name) for n, name in enumerate(names)))
    [('1', 'Acme System', '0')]
    """
    from rapidfuzz import fuzz, process

    blocks: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for block, key, name, written in rows:
        if len(name) >= SHORTEST and len(blocks[block]) < LARGEST:
            blocks[block].setdefault(name, (key, written))
    for names in blocks.values():
        if len(names) < 2:
            continue
        each = list(names)
        scores = process.cdist(each, each, scorer=fuzz.ratio, score_cutoff=ALIKE)
        for later in range(1, len(each)):
            near = [
                before
                for before in range(later)
                if scores[later, before] and _digits(each[later]) == _digits(each[before])
            ]
            if near:
                best = max(near, key=scores[later].__getitem__)
                key, written = names[each[later]]
                yield key, written, names[each[best]][0]


def _digits(name: str) -> str:
    """Return the digits of a name: Plant 1 is not Plant 2."""
    return re.sub(r"\D", "", name)


def _accounts(company: Company) -> Iterator[tuple[str, str, str, str]]:
    """Yield the accounts by country and beginning, in the order of their days."""
    accounts = company.table("accounts")
    agree = [name for name in AGREE if name in company.loaded("accounts")]
    rows = accounts.select("account_id", "name", *agree, bare=without_forms(bare(accounts.name)))
    rows = rows.filter(rows.bare.notnull()).order_by(["bare", "account_id"]).limit(MOST)
    for row in rows.to_pyarrow().to_pylist():
        block = "|".join([row["bare"][:BEGINNING], *(str(row[name]).lower() for name in agree)])
        yield block, row["account_id"], row["bare"], row["name"]


def _people(company: Company) -> Iterator[tuple[str, str, str, str]]:
    """Yield the leads by account."""
    leads = company.table("leads")
    rows = leads.select("lead_id", "name", "account_id", bare=bare(leads.name))
    rows = rows.filter(rows.bare.notnull(), rows.account_id.notnull())
    rows = rows.order_by(["account_id", "lead_id"]).limit(MOST)
    for row in rows.to_pyarrow().to_pylist():
        yield row["account_id"], row["lead_id"], row["bare"], row["name"]


def _table(company: Company, pairs: list[Row]) -> ir.Table:
    """Return pairs as the rows behind a finding."""
    import ibis
    import pyarrow as pa

    columns: list[Any] = [list(column) for column in zip(*pairs, strict=True)]
    found = pa.table(dict(zip(("key", "found", "proposed"), columns, strict=True)))
    return ibis.memtable(found)
