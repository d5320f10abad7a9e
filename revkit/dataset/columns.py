"""Names of columns: spelled in another way, there twice, or only resembling one of the schema.

``Status``, ``IS_TEST`` and ``closedOn`` are read as ``status``, ``is_test`` and ``closed_on``, with
a note. ``currency_code`` or ``state`` is not taken for an absent ``currency`` or ``status``: where
the default in its place would change numbers the table is refused, else a note says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from revkit.dataset.notes import Note
from revkit.errors import ColumnError
from revkit.schema import TABLES, ColumnSchema

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Columns without a default whose absence changes numbers all the same.
_COUNTED = {
    "currency",
    "ended_on",
    "discount_kind",
    "cancel_requested_on",
    "left_on",
    "quantity",
    "probability",
    "expected_close_on",
    "term_ends_on",
    "renewed_from",
    "disqualified_at",
    "paid_on",
}

# Names that other tools give to columns of the schema, in folded form.
_SYNONYMS: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "currency": "ccy curr isocurrency",
        "status": "state substatus substate",
        "is_test": "demo isdemo sandbox issandbox dummy isdummy",
        "kind": "type recordtype",
        "discount": "rebate discountpercentoff percentoff",
        "discount_kind": "discounttype discountduration couponduration",
        "interval": "period frequency cadence billingcycle planinterval paymentfrequency",
        "pricing": "pricingmodel pricingtype billingscheme usagetype",
        "quantity": "seats qty units licenses licences",
        "line": "item lineitem itemid subscriptionitemid linenumber lineno",
        "seq": "sequence sequencenumber seqno",
        "is_automated": "auto isauto",
        "refunded": "amountrefunded",
        "ended_on": "enddate endson enddt churnedon churnedat churndate cancelledon canceledon",
        "cancel_requested_on": "cancelledon canceledon cancelledat canceledat canceldate cancelat "
        "cancellationdate noticedate noticeon",
        "left_on": "terminatedon terminationdate leavedate leavingdate endedon enddate exitdate",
        "term_ends_on": "renewalon renewaldate contractenddate contractendson currentperiodend",
        "renewed_from": "renewalof previoussubscriptionid previoussubscription renewsid",
        "probability": "prob winprob",
    }.items()
}

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+")
_DATED = {"date", "on", "at", "day", "time", "dt", "datetime"}
_YES_NO = {"is", "has", "flag"}
# Words around a name that leave its meaning as it is; the table's own name is one of them, too.
_AROUND = {"code", "iso", "name", "value", "pct", "percent", "percentage", "rate", "label"} | {
    "billing",
    "sub",
    "deal",
    "customer",
}


def fold(name: str) -> str:
    """Return a name or a word without case, spaces and punctuation.

    >>> fold("Close Date"), fold("IS_TEST"), fold("R&D")
    ('closedate', 'istest', 'rd')
    """
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def check_unique(table: str, names: Sequence[str]) -> None:
    """Refuse a frame with two columns of one name, upper and lower case being the same.

    Raises
    ------
    ColumnError
        When there are any.
    """
    folded = [name.casefold() for name in names]
    if len(set(folded)) < len(folded):
        twice = [name for name in names if folded.count(name.casefold()) > 1]
        raise ColumnError.twice(table, columns=twice)


def recognize(
    table: str, raw: ir.Table, ignore: Collection[str]
) -> tuple[ir.Table, tuple[Note, ...]]:
    """Return a table with its columns named as the schema does, and the notes on that.

    Parameters
    ----------
    ignore
        Columns, as ``table.column``, that are none of the schema's although they look like it.

    Raises
    ------
    ColumnError
        When two columns could be the same one, or one resembles an absent column whose default
        would change numbers.
    """
    declared = TABLES[table].columns
    by_fold = {fold(name): name for name in declared}
    free = [name for name in raw.columns if f"{table}.{name}" not in ignore]
    spelled: dict[str, str] = {}
    for name in free:
        ours = name if name in declared else by_fold.get(fold(name))
        if ours is None:
            continue
        if ours in spelled:
            raise ColumnError.two_candidates(ours, table=table, columns=[spelled[ours], name])
        spelled[ours] = name
    renamed = {ours: name for ours, name in spelled.items() if ours != name}
    # an engine that ignores case holds no `Status` beside the default of `status`
    dropped = [n for n in raw.columns if n not in declared and n not in free if fold(n) in by_fold]
    if dropped:
        raw = raw.drop(*dropped)
    notes = []
    if renamed:
        said = ", ".join(f"{name} as {ours}" for ours, name in renamed.items())
        notes.append(Note(table, "column_name", f"read by another spelling: {said}"))
    others = [name for name in free if name not in spelled.values()]
    for resemblance in resemblances(table, spelled, others):
        if resemblance.counted:
            raise ColumnError.resembling(
                resemblance.absent.name, table=table, column=resemblance.column
            )
        text = f"{resemblance.absent.name} is absent; {resemblance.column} resembles it"
        notes.append(Note(table, "column_resembles", text))
    raw = raw.rename(renamed) if renamed else raw
    # a column of no type, which no table of an engine can hold
    empty = [name for name in raw.columns if name not in declared and raw[name].type().is_null()]
    if empty:
        raw = raw.mutate(**{name: raw[name].cast("string") for name in empty})
    return raw, tuple(notes)


@dataclass(frozen=True)
class Resemblance:
    """A column that may be meant as an absent one of the schema."""

    column: str
    absent: ColumnSchema

    @property
    def counted(self) -> bool:
        """True when numbers change because the absent column takes its default."""
        if self.absent.name == "pipeline":  # its default is the same for all
            return False
        return self.absent.default is not None or self.absent.name in _COUNTED


def resemblances(
    table: str, present: Collection[str], others: Sequence[str]
) -> Iterator[Resemblance]:
    """Yield the columns outside of the schema that resemble an absent column of a table."""
    absent = [c for name, c in TABLES[table].columns.items() if name not in present]
    for column in others:
        for declared in absent:
            if _resembles(column, declared, table):
                yield Resemblance(column, declared)
                break


def _resembles(column: str, declared: ColumnSchema, table: str) -> bool:
    """Return whether a column's name looks like that of another, of the same kind of value."""
    ours, theirs = _words(declared.name), _words(re.sub(r"__c$", "", column))
    if theirs & _YES_NO and declared.type != "bool":
        return False
    if theirs & _DATED and not declared.dated:
        return False
    near, name = fold(column), fold(declared.name)
    if near in _SYNONYMS.get(declared.name, ()):
        return True
    around = _AROUND | _YES_NO | _DATED | _words(table) | {_stem(word) for word in _words(table)}
    bare = {_stem(word) for word in theirs} - {_stem(word) for word in around}
    synonyms = {
        frozenset({_stem(word)}) for word in _SYNONYMS.get(declared.name, ()) if len(word) > 3
    }
    core = {_stem(word) for word in ours - _DATED - _YES_NO}
    if bare and (bare == core or frozenset(bare) in synonyms):
        return True
    if near[:1] != name[:1]:
        return False
    return sorted(near) == sorted(name) or SequenceMatcher(None, near, name).ratio() >= 0.85


def misnamed(
    table: str, mapped: Iterable[str], present: Collection[str], ignore: Collection[str]
) -> Iterator[Note]:
    """Yield the notes on columns that a mapping names almost as the schema names an absent one.

    Whoever writes a mapping means a column of the schema more often than one of their own, so
    this looks further than `resemblances`, whose notes `recognize` makes.

    Parameters
    ----------
    mapped
        The names that the mapping gives.
    present
        All columns of the table.
    ignore
        Columns, as ``table.column``, that are none of the schema's although they look like it.
    """
    declared = TABLES[table].columns
    known = {fold(name) for name in declared}
    absent = [ours for ours in declared if fold(ours) not in {*map(fold, present)}]
    for name in mapped:
        if fold(name) in known or f"{table}.{name}" in ignore:
            continue
        if any(resemblances(table, present, [name])):
            continue
        if near := next((ours for ours in absent if _but_one_word(name, ours)), None):
            text = f"{name} is not a column of revkit's; did you mean {near}?"
            yield Note(table, "column_resembles", text)


def _but_one_word(name: str, ours: str) -> bool:
    """Return whether long names differ in one word, which begins alike: reply and response.

    >>> _but_one_word("first_reply_at", "first_response_at")
    True
    >>> _but_one_word("term_starts_on", "term_ends_on"), _but_one_word("closed_by", "closed_on")
    (False, False)
    """
    theirs, known = ([word.lower() for word in _WORD.findall(one)] for one in (name, ours))
    if len(known) < 3 or len(theirs) != len(known):
        return False
    apart = [pair for pair in zip(theirs, known, strict=True) if pair[0] != pair[1]]
    return len(apart) == 1 and apart[0][0][:2] == apart[0][1][:2]


def _words(name: str) -> frozenset[str]:
    """Return the words of a name, split at punctuation and at camelCase, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(name))


def _stem(word: str) -> str:
    """Return a word without the ending of its plural or past form."""
    for ending in ("ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
