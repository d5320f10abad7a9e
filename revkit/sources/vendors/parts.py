"""Fitting of the parts of a table: a file, its rows and columns, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from revkit.sources.vendors.columns import FittedColumns
from revkit.sources.vendors.presence import Presence
from revkit.sources.vendors.units import in_units
from revkit.sources.vendors.untold import check_told, needed, unread
from revkit.sources.vendors.vendor import Columns

Parts = list[dict[str, Any]]


@dataclass(frozen=True)
class FittedParts:
    """Fits the tables of a vendor's mapping to what an export has."""

    has: Presence

    def table(self, name: str) -> Parts:
        """Return the parts of a table that the export has."""
        parts = self.has.vendor.parts(name)
        return [fitted for part in parts if (fitted := self._part(name, part))]

    def _part(self, name: str, part: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a part of a table; None when its file or a column that it needs is absent."""
        source = part["source"]
        if source not in self.has.files:
            return None
        place = self.has.columns(source)
        if self.has.is_there(part.get("unless"), place):
            return None
        fitted: dict[str, Any] = {"source": self.has.files[source]}
        new: tuple[str, ...] = ()
        if "pivot" in part:
            pivot = part["pivot"]
            if not (pivoted := self._pivoted(pivot["columns"], place)):
                return None
            fitted["pivot"] = {**pivot, "columns": pivoted}
            new = pivot["names"], pivot["values"]
        fitting = FittedColumns(self.has)
        columns: dict[str, Any] = {
            ours: fit
            for ours, spec in part["columns"].items()
            if (fit := fitting.column(spec, place, new)) is not None
        }
        if not needed(self.has, name, part) <= columns.keys():
            return None
        check_told(self.has, name, part, columns)
        rows = self._rows(part.get("rows", {}), place)
        if rows is None:
            return None
        flags = self.has.where(self.has.vendor.standing(source), place)
        if isinstance(flags, dict):
            rows["where"] = {**flags, **rows.get("where", {})}
        fitted |= {"rows": rows} if rows else {}
        said = self._notes(part, place)
        for ours, spec in columns.items():
            if isinstance(spec, dict) and "minor_units" in spec:
                columns[ours], told = in_units(
                    ours, spec, fitted["source"], self.has.export.read, self.has.vendor.title
                )
                said.setdefault(ours, []).append(told)
        used = str([columns, rows])
        said[""] += unread(self.has, name, part, columns, used)
        for other, text in part.get("unread", {}).items():
            if other in self.has.files and f"'source': '{self.has.files[other]}'" not in used:
                said[""].append(f"{self.has.files[other]} is not read: {text}")
        fitted |= {"columns": columns, "notes": said}
        return fitted | {key: part[key] for key in ("keep", "ends") if key in part}

    def _notes(self, part: Mapping[str, Any], place: Columns) -> dict[str, list[Any]]:
        """Return what is said of a part, by column, without what the export cannot have."""
        said: dict[str, list[Any]] = {"": [part["note"]] if "note" in part else []}
        for ours, several in part.get("notes", {}).items():
            for one in several:
                where = self.has.where(one["where"], place)
                lacks = "needs" in one and not self.has.is_there(one["needs"], place)
                if lacks or self.has.is_there(one.get("unless"), place):
                    continue
                if not isinstance(where, bool):
                    rest = {key: one[key] for key in ("say", "write", "left_out") if key in one}
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
            where = self.has.where(rows["where"], place)
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
