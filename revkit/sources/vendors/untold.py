"""What an export does not tell: columns that were looked for and not found, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from revkit.errors import MappingError, listed
from revkit.schema import TABLES
from revkit.sources.vendors.columns import FittedColumns
from revkit.sources.vendors.files import Export
from revkit.sources.vendors.presence import Presence
from revkit.sources.vendors.vendor import Vendor

Part = Mapping[str, Any]


def needed(has: Presence, table: str, part: Part) -> set[str]:
    """Return the columns without which a part of a table is none."""
    needed = {*TABLES[table].key, *part.get("needs", ())}
    return {one for one in needed if one in part["columns"] and one not in has.given(table)}


def check_told(has: Presence, table: str, part: Part, columns: Mapping[str, Any]) -> None:
    """Refuse an export that tells nothing of a column that ``asks`` names, nor does the user.

    Raises
    ------
    MappingError
        When there is one.
    """
    source = part["source"]
    for ours in part.get("asks", ()) if has.own is not None else ():
        if ours not in {*columns, *has.given(table)}:
            raise MappingError.untold(
                has.vendor.name,
                table=table,
                column=ours,
                source=has.files[source],
                names=_looked_for(has, source, part["columns"][ours]),
                found=has.export.read(has.files[source]),
            )


def unread(
    has: Presence, table: str, part: Part, columns: Mapping[str, Any], used: str
) -> Iterator[str]:
    """Yield what a file written for people may hold of columns that were not found in it."""
    file, place = has.files[part["source"]], has.columns(part["source"])
    found = has.export.read(file)
    known = {place.get(name) for name in has.vendor.read_of(part["source"])}
    lacks = [ours for ours in part.get("tells", ()) if ours not in {*columns, *has.given(table)}]
    rest = [one for one in found if one not in known and repr(one) not in used]
    if lacks and rest and any(" " in one for one in found):
        yield (
            f"no column of {file} is known to be {listed(lacks)}; loaded under their own names "
            f"are {listed(rest, 12)}"
        )


def likeliest(has: Presence) -> str:
    """Return which file is one of the vendor's by its name, and what it lacks; else empty."""
    for name in has.vendor.tables:
        for part in has.vendor.parts(name):
            if (source := part["source"]) not in has.files:
                continue
            place, columns = has.columns(source), part["columns"]
            lacks = [
                f"{ours} ({_looked_for(has, source, columns[ours])})"
                for ours in sorted(needed(has, name, part))
                if FittedColumns(has).column(columns[ours], place) is None
            ]
            if lacks:
                found = listed(has.export.read(has.files[source]))
                return ". ".join(
                    [
                        f"{has.files[source]} is {source} by its name, but it has no column for "
                        f"{listed(lacks)}; it has: {found}",
                        *has.export.left(),
                    ]
                )
    return ""


def lacking(vendor: Vendor, export: Export) -> str:
    """Return what the only file of an export lacks to be one of the vendor's; else empty.

    >>> lacking(Vendor.of("chargebee"), Export("", ["Subscriptions"], lambda _: ["Id", "MRR"]))
    'Subscriptions is subscription by its name, but it has no column for started_on (started_at,
    Started At, Start Date); it has: Id, MRR'
    """
    (file,) = export.found
    files = dict.fromkeys(vendor.files([file]), file)
    return likeliest(Presence(vendor, export, files))


def _looked_for(has: Presence, source: str, spec: Any) -> str:
    """Return the names by which a column is looked for in a file."""
    named = has.vendor.sources[source].get("columns") or {}
    place = has.columns(source)
    names = dict.fromkeys(_asked(spec))
    # an amount that is there may lack the interval it is for
    names = dict.fromkeys(one for one in names if place.get(one) is None) or names
    return listed(dict.fromkeys(one for name in names for one in (name, *named.get(name, ()))))


def _asked(spec: Any) -> Iterator[str]:
    """Yield the columns of a file that a mapping of a column asks for.

    >>> list(_asked({"coalesce": ["a", {"from": "b", "where": {"c": 1}}, {"join": ["d"]}]}))
    ['a', 'b', 'c', 'd']
    """
    if isinstance(spec, str):
        yield spec
        return
    for key in ("from", "where"):
        given = spec.get(key, ())
        yield from (given,) if isinstance(given, str) else (one for one in given if one != "own")
    yield from spec.get("join", ())
    terms = [spec["per"]["interval"]] if isinstance(spec.get("per"), dict) else []
    for one in (*spec.get("coalesce", ()), *terms):
        yield from _asked(one)
