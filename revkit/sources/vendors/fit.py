"""Fitting of a vendor's mapping to an export: names as the files have them, without what is absent.

What comes out is a plain mapping, which a user may save, read and change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from revkit.dataset.columns import fold
from revkit.errors import MappingError, SourceError
from revkit.schema import TABLES
from revkit.sources.vendors.units import in_units
from revkit.sources.vendors.vendor import Columns, Vendor

Reader = Callable[[str], Collection[str]]
"""Returns the columns of a file of the export."""

Parts = list[dict[str, Any]]


def fit(vendor: Vendor, found: Collection[str], read: Reader, where: str) -> dict[str, Any]:
    """Return the vendor's mapping for the files of an export.

    Parameters
    ----------
    found
        The names of the files there.
    read
        Returns the columns of one of them.
    where
        The place, for messages.

    Raises
    ------
    SourceError
        When none of the files is one of the vendor's.
    MappingError
        When two files may be the same one of the vendor's.
    """
    files: dict[str, str] = {}
    for source, several in vendor.files(found).items():
        exact = [name for name in several if fold(name) == fold(source)]
        if len(chosen := exact or several) > 1:
            raise MappingError.several_files(vendor.title, source=source, files=chosen)
        files[source] = chosen[0]
    fitting = _Fitting(vendor, files, read)
    tables = {name: parts for name in vendor.tables if (parts := fitting.table(name))}
    if not tables:
        raise SourceError.no_vendor(where, vendor=vendor.title, found=found, known=vendor.sources)
    return {**vendor.settings, "tables": tables}


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a vendor's fitted mapping with what a user's mapping says of it instead.

    Settings and columns of the user's stand instead of the vendor's; a table with a source, and a
    list of parts, stand instead of all that the vendor's mapping says of the table. What is said of
    a column (``notes``) goes with it.

    >>> merged({"tables": {"accounts": [{"source": "Account", "columns": {"name": "Name"}}]}},
    ...        {"tables": {"accounts": {"columns": {"segment": "Tier__c"}}}})
    {'tables': {'accounts': [{'source': 'Account',
    'columns': {'name': 'Name', 'segment': 'Tier__c'}}]}}
    """
    theirs = own.get("tables") or {}
    tables = {name: _said(parts, theirs.get(name)) for name, parts in base["tables"].items()}
    for name, given in theirs.items():
        if not isinstance(given, dict) or "source" in given or name not in tables:
            tables[name] = given
            continue
        rest = {key: value for key, value in given.items() if key != "columns"}
        tables[name] = [
            {**part, **rest, "columns": {**part["columns"], **(given.get("columns") or {})}}
            for part in tables[name]
        ]
    settings = {key: value for key, value in own.items() if key not in ("vendor", "tables")}
    return {**base, **settings, "tables": tables}


def _said(parts: Parts, own: Any) -> Parts:
    """Return the parts of a table with what is said of them, not of a column that the user gives.

    >>> _said([{"source": "a", "notes": {"": ["x"], "mrr": ["y"]}}], {"columns": {"mrr": "MRR"}})
    [{'source': 'a', 'note': ['x']}]
    """
    given = (own.get("columns") or {}) if isinstance(own, dict) else {}
    found = []
    for part in parts:
        notes = part.get("notes", {})
        said = [one for column, several in notes.items() if column not in given for one in several]
        rest = {key: value for key, value in part.items() if key != "notes"}
        found.append({**rest, "note": said} if said else rest)
    return found


@dataclass
class _Fitting:
    """A vendor, the files of an export by the vendor's names, and what was read of them."""

    vendor: Vendor
    files: Mapping[str, str]
    read: Reader
    known: dict[str, Columns] = field(default_factory=dict)

    def table(self, name: str) -> Parts:
        """Return the parts of a table that the export has."""
        given = self.vendor.tables[name]
        parts = given if isinstance(given, list) else [given]
        return [fitted for part in parts if (fitted := self._part(name, part))]

    def _columns(self, source: str) -> Columns:
        if source not in self.known:
            self.known[source] = self.vendor.columns(source, self.read(self.files[source]))
        return self.known[source]

    def _part(self, name: str, part: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a part of a table; None when its file or a column that it needs is absent."""
        source = part["source"]
        if source not in self.files:
            return None
        place = self._columns(source)
        if self._is_there(part.get("unless"), place):
            return None
        fitted: dict[str, Any] = {"source": self.files[source]}
        new: tuple[str, ...] = ()
        if "pivot" in part:
            pivot = part["pivot"]
            if not (pivoted := self._pivoted(pivot["columns"], place)):
                return None
            fitted["pivot"] = {**pivot, "columns": pivoted}
            new = pivot["names"], pivot["values"]
        columns: dict[str, Any] = {
            ours: fit
            for ours, spec in part["columns"].items()
            if (fit := self._column(spec, place, new)) is not None
        }
        needed = {*TABLES[name].key, *part.get("needs", ())} & part["columns"].keys()
        if not needed <= columns.keys():
            return None
        rows = self._rows(part.get("rows", {}), place)
        if rows is None:
            return None
        gone = self.vendor.sources[source].get("deleted", self.vendor.deleted)
        flags = {theirs: {"not": True} for one in gone if (theirs := place.get(one)) is not None}
        if flags:
            rows["where"] = {**flags, **rows.get("where", {})}
        fitted |= {"rows": rows} if rows else {}
        said = self._notes(part, place)
        for ours, spec in columns.items():
            if isinstance(spec, dict) and "minor_units" in spec:
                columns[ours], told = in_units(
                    ours, spec, fitted["source"], self.read, self.vendor.title
                )
                said.setdefault(ours, []).append(told)
        used = str([columns, rows])
        for other, text in part.get("unread", {}).items():
            if other in self.files and f"'source': '{self.files[other]}'" not in used:
                said[""].append(f"{self.files[other]} is not read: {text}")
        fitted |= {"columns": columns, "notes": said}
        return fitted | {key: part[key] for key in ("keep", "ends") if key in part}

    def _is_there(self, unless: Any, place: Columns) -> bool:
        """Return whether the export has another file, or the file a column."""
        if isinstance(unless, dict):
            return place.get(unless["column"]) is not None
        return unless in self.files

    def _notes(self, part: Mapping[str, Any], place: Columns) -> dict[str, list[Any]]:
        """Return what is said of a part, by column, without what the export cannot have."""
        said: dict[str, list[Any]] = {"": [part["note"]] if "note" in part else []}
        for ours, several in part.get("notes", {}).items():
            for one in several:
                where = self._where(one["where"], place)
                if not isinstance(where, bool) and not self._is_there(one.get("unless"), place):
                    rest = {key: one[key] for key in ("say", "write") if key in one}
                    said.setdefault(ours, []).append({"where": where, **rest})
        return said

    def _pivoted(self, columns: str | Mapping[str, str], place: Columns) -> dict[str, str]:
        """Return the names of rows by the columns that become rows."""
        if isinstance(columns, str):
            return place.matching(columns)
        return {
            theirs: name for one, name in columns.items() if (theirs := place.get(one)) is not None
        }

    def _rows(self, rows: Mapping[str, Any], place: Columns) -> dict[str, Any] | None:
        """Return a choice of rows; None when there is none, or a group that is absent."""
        fitted: dict[str, Any] = {}
        if "where" in rows:
            where = self._where(rows["where"], place)
            if where is False:
                return None
            fitted |= {} if where is True else {"where": where}
        for key in ("one_per", "first_by", "last_by"):
            if key in rows:
                names = rows[key] if isinstance(rows[key], list) else [rows[key]]
                theirs = [found for one in names if (found := place.get(one)) is not None]
                if len(theirs) < len(names):
                    return None
                fitted[key] = theirs if isinstance(rows[key], list) else theirs[0]
        return fitted

    def _where(self, where: Any, place: Columns) -> Any:
        """Return a condition by the names of the export, or whether it holds for every row.

        A column that is absent is one of empty cells, a file that is absent one without rows.
        """
        if isinstance(where, str):
            return place.get(where) or False
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
        theirs, clause = place.get(name), wanted if isinstance(wanted, dict) else {}
        if "after" in clause:
            later = place.get(clause["after"])
            return (theirs, {"after": later}) if theirs and later else True
        for key in clause.keys() & {"in", "not_in"}:
            other = self._found(clause[key])
            return (theirs, {key: other}) if theirs and other else key == "not_in"
        return _takes_empty(wanted) if theirs is None else (theirs, wanted)

    def _found(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a reference to another file; None when it, or a column of it, is absent."""
        if given["source"] not in self.files:
            return None
        place = self._columns(given["source"])
        fitted: dict[str, Any] = {"source": self.files[given["source"]]}
        for key in ("key", "take", "first_by", "last_by"):
            if key in given:
                fitted[key] = place.get(given[key])
        where = self._where(given["where"], place) if "where" in given else True
        fitted |= {} if where is True else {"where": where or None}
        return None if None in fitted.values() else fitted

    def _column(self, spec: Any, place: Columns, new: tuple[str, ...] = ()) -> Any:
        """Return the mapping of a column; None when what it needs is absent."""
        if isinstance(spec, str):
            return spec if spec in new else place.get(spec)
        fitted = dict(spec)
        if (asked := fitted.pop("needs", None)) is not None and place.get(asked) is None:
            return None
        if "from" in spec and spec["from"] not in new:
            fitted["from"] = place.get(spec["from"])
        if "join" in spec:
            fitted["join"] = [theirs for one in spec["join"] if (theirs := place.get(one))] or None
        if "coalesce" in spec:
            choices = [self._column(one, place, new) for one in spec["coalesce"]]
            choices = [one for one in choices if one is not None]
            settings = {key: value for key, value in spec.items() if key != "coalesce"}
            if len(choices) == 1 and not settings:
                return choices[0]
            fitted["coalesce"] = choices or None
        if "lookup" in spec:
            several = spec["lookup"] if isinstance(spec["lookup"], list) else [spec["lookup"]]
            looked = [self._found(one) for one in several]
            fitted["lookup"] = None if None in looked else looked
        if "where" in spec:
            where = self._where(spec["where"], place)
            if where is True:
                del fitted["where"]
            else:
                fitted["where"] = where or None
        for key in ("minus", "discount"):
            # what is not in the export takes nothing off
            if key in spec and (term := self._column(spec[key], place)) is None:
                del fitted[key]
            elif key in spec:
                fitted[key] = term
        if "times" in spec:
            several = spec["times"] if isinstance(spec["times"], list) else [spec["times"]]
            factors = [self._column(one, place) for one in several]
            fitted["times"] = None if None in factors else factors
        if isinstance(per := spec.get("per"), dict):
            fitted["per"] = self._per(per, place)
        return None if any(fitted[key] is None for key in fitted.keys() & _NEEDED) else fitted

    def _per(self, per: Mapping[str, Any], place: Columns) -> dict[str, Any] | None:
        """Return the columns of an interval; one interval where the export has no count."""
        interval = self._column(per["interval"], place)
        if interval is None:
            return None
        count = per.get("count", 1)
        count = count if isinstance(count, int) else self._column(count, place)
        return {"interval": interval} if count is None else {"interval": interval, "count": count}


_NEEDED = {"from", "join", "coalesce", "lookup", "where", "times", "per"}


def _takes_empty(wanted: Any) -> bool:
    """Return whether an empty cell meets a condition.

    >>> _takes_empty({"not": True}), _takes_empty({"not": ["", None]}), _takes_empty("won")
    (True, False, False)
    """
    apart = isinstance(wanted, dict)
    words = wanted["not"] if apart else wanted
    several = words if isinstance(words, list) else [words]
    return apart != any(word is None or word == "" for word in several)
