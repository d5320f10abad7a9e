"""What an export has of what a vendor's mapping asks for: files, columns, words and conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from revkit.sources.vendors.files import Export
from revkit.sources.vendors.outcomes import closed_by, resolved, spelled
from revkit.sources.vendors.vendor import Columns, Vendor


@dataclass
class Presence:
    """A vendor, the files of an export by the vendor's names, and what was read of them.

    ``own`` are the tables of the user's mapping, None where none is asked.
    """

    vendor: Vendor
    export: Export
    files: Mapping[str, str]
    own: Mapping[str, Any] | None = None
    known: dict[str, Columns] = field(default_factory=dict)
    words: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)

    def columns(self, source: str) -> Columns:
        """Return the columns of a file, to be found by the names of the vendor's API."""
        if source not in self.known:
            self.known[source] = self.vendor.columns(source, self.export.read(self.files[source]))
        return self.known[source]

    def given(self, table: str) -> Mapping[str, Any]:
        """Return the columns of a table that the user's mapping says."""
        given = (self.own or {}).get(table)
        return (given.get("columns") or {}) if isinstance(given, dict) else {}

    def _is_unique(self, reference: Mapping[str, Any]) -> bool:
        """Return whether a key of another file names one row each."""
        return self.export.unique(reference["source"], reference["key"])

    def is_there(self, unless: Any, place: Columns) -> bool:
        """Return whether the export has another file, or the file a column; of a list, any."""
        if isinstance(unless, list):
            return any(self.is_there(one, place) for one in unless)
        if isinstance(unless, dict) and unless.keys() & {"mixed", "source"}:
            return self.knows(unless, place)
        if isinstance(unless, dict):
            names = unless.get("columns") or [unless["column"]]
            return all(place.get(one) is not None for one in names)
        return unless in self.files

    def knows(self, asked: str | Mapping[str, str], place: Columns) -> bool:
        """Return whether the file has a column, or another file of the export has.

        ``{mixed: one, beside: another}`` is a column that is absent, or has several values, in a
        file that has another column.
        """
        if isinstance(asked, str):
            return place.get(asked) is not None
        if "mixed" in asked:
            theirs = place.get(asked["mixed"])
            several = (
                theirs is None or len(self.export.values(self.files[place.source], theirs)) > 1
            )
            return several and place.get(asked["beside"]) is not None
        other = asked["source"]
        return other in self.files and self.columns(other).get(asked["column"]) is not None

    def words_of(self, given: Any, place: Columns, column: str | None) -> Any:
        """Return the words of a column that ``{outcomes: …}`` stands for; others as they are."""
        if column is None or not isinstance(given, dict) or "outcomes" not in given:
            return given
        file = self.files[place.source]
        if (file, column) not in self.words:
            values = self.export.values(file, column)
            self.words[file, column] = spelled(self.vendor.outcomes, values)
        return resolved(given, self.words[file, column])

    def where(self, where: Any, place: Columns) -> Any:
        """Return a condition by the names of the export, or whether it holds for every row.

        A column that is absent is one of empty cells, a file that is absent one without rows.
        ``{own: is_won}`` is what the user's mapping of that column implies of closed deals.
        """
        if isinstance(where, str):
            return place.get(where) or False
        if "own" in where:
            specs = (self.given(table).get(where["own"]) for table in self.vendor.tables)
            return next((found for one in specs if (found := closed_by(one)) is not None), False)
        fitted = {}
        for name, wanted in where.items():
            one = self._clause(name, wanted, place)
            if one is False:
                return False
            if isinstance(one, tuple):
                fitted[one[0]] = one[1]
        return fitted or True

    def _clause(self, name: str, wanted: Any, place: Columns) -> bool | tuple[str, Any]:
        """Return the column of a condition and what it must be, or whether it always holds."""
        theirs = place.get(name)
        clause = wanted if isinstance(wanted, dict) else {}
        named = clause.get("not", clause)
        if isinstance(named, dict) and "outcomes" in named:
            # of an absent column no word is there
            words = list(self.words_of(named, place, theirs)) if theirs else []
            wanted = {"not": words} if "not" in clause else words
            clause = {}
        if "after" in clause:
            later = place.get(clause["after"])
            return (theirs, {"after": later}) if theirs and later else True
        for key in clause.keys() & {"in", "not_in"}:
            other = self.referred(self._standing(clause[key]) if key == "in" else clause[key])
            return (theirs, {key: other}) if theirs and other else key == "not_in"
        return _takes_empty(wanted) if theirs is None else (theirs, wanted)

    def _standing(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a reference to the rows of another file that are neither deleted nor tests."""
        where = given.get("where", {})
        where = {where: True} if isinstance(where, str) else where
        return {**given, "where": {**self.vendor.standing(given["source"]), **where}}

    def referred(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a reference to another file; None when it, or a column of it, is absent.

        One whose key must be ``unique`` is none where a value is in several rows.
        """
        if given["source"] not in self.files:
            return None
        place = self.columns(given["source"])
        fitted: dict[str, Any] = {"source": self.files[given["source"]]}
        for key in ("key", "take", "first_by", "last_by"):
            if key in given:
                fitted[key] = place.get(given[key])
        if given.get("unique") and fitted["key"] is not None:
            fitted["key"] = fitted["key"] if self._is_unique(fitted) else None
        where = self.where(given["where"], place) if "where" in given else True
        fitted |= {} if where is True else {"where": where or None}
        return None if None in fitted.values() else fitted


def _takes_empty(wanted: Any) -> bool:
    """Return whether an empty cell meets a condition.

    >>> _takes_empty({"not": True}), _takes_empty({"not": ["", None]}), _takes_empty("won")
    (True, False, False)
    """
    apart = isinstance(wanted, dict)
    words = wanted["not"] if apart else wanted
    several = words if isinstance(words, list) else [words]
    return apart != any(word is None or word == "" for word in several)
