"""The names by which a vendor's exports know their files and columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from revkit.dataset.columns import fold
from revkit.yaml_files import load_yaml

SHIPPED = Path(__file__).parent / "shipped"

VENDORS = ("salesforce", "hubspot", "stripe", "stripe_invoices", "chargebee", "pipedrive")
"""The vendors whose exports can be read by name."""

# What exports and connectors put around the name of a file: days, counters, "data", "export".
_AROUND = re.compile(r"(data|export|report|table|all|\d+)$")


@dataclass(frozen=True)
class Vendor:
    """A vendor's mapping under the names of its API, and what else its exports call things.

    Parameters
    ----------
    name, title
        The name that a mapping gives, and the one for sentences.
    prefixes
        What may stand before the name of a file or a column, such as ``sf_`` or ``property_``.
    sources
        By file, other names of it (``files``) and of its columns (``columns``), prefixes of its
        own, and ``others``, columns that mean none of the schema's although they resemble one.
    settings
        Settings of the whole mapping, such as the zone.
    tables
        Tables in the language of mappings. A part may say ``unless: another file``, ``unless:
        {column: one}`` or ``{columns: [each, of, these]}``, by column of the schema ``notes``, and
        ``unread`` of files not read; which columns it ``needs`` to be one, ``asks`` for, so that an
        export without them is refused, and ``tells`` the absence of. Of a ``coalesce``, a choice
        that ``settles`` every row is the last, and its ``rest`` is for rows of which it finds
        nothing. ``{outcomes: closed}`` are words, and ``where: {own: is_won}`` is what the
        user's mapping of it says of closed deals.
    deleted
        Columns that are true in rows which are no more; a source may have its own.
    live
        Columns that are false in rows of tests; a source may have its own.
    outcomes
        The words of stages and statuses, by what they say of a deal.
    downloads
        How files begin that the vendor names after no table.
    ids
        Lengths of an id that is the same in all of them, such as 15 and 18 characters.
    """

    name: str
    title: str
    prefixes: tuple[str, ...]
    sources: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    tables: Mapping[str, Any]
    deleted: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    outcomes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    downloads: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()

    @classmethod
    @cache
    def of(cls, name: str) -> Vendor:
        """Return a vendor by its name.

        >>> Vendor.of("stripe").title
        'Stripe'
        """
        content = load_yaml(SHIPPED / f"{name}.yaml")
        if (base := content.pop("base", None)) is not None:
            own, content = content, load_yaml(SHIPPED / f"{base}.yaml")
            content["tables"] |= own["tables"]
        prefixes = tuple(fold(prefix) for prefix in content["prefixes"])
        sources = {source: names or {} for source, names in content["sources"].items()}
        return cls(
            name,
            content["title"],
            prefixes,
            sources,
            content.get("settings", {}),
            content["tables"],
            tuple(content.get("deleted", ())),
            tuple(content.get("live", ())),
            content.get("outcomes", {}),
            tuple(content.get("downloads", ())),
            tuple(content.get("ids", ())),
        )

    def standing(self, source: str) -> dict[str, dict[str, bool]]:
        """Return the condition of the rows of a file that are neither deleted nor of a test."""
        own = self.sources[source]
        deleted = {name: {"not": True} for name in own.get("deleted", self.deleted)}
        return deleted | {name: {"not": False} for name in own.get("live", self.live)}

    def is_own(self, source: str, column: str) -> bool:
        """Return whether a column is one that the vendor itself writes to a file.

        >>> Vendor.of("stripe").is_own("invoice", "Paid")
        True
        """
        names = self.sources[source]
        known = {fold(one) for one in names.get("others") or ()}
        for name, others in (names.get("columns") or {}).items():
            known |= {fold(name), *map(fold, others)}
        return bool(known & {fold(column), *self._bare(source, column)})

    def parts(self, table: str) -> list[Mapping[str, Any]]:
        """Return the parts of a table: one for each file, or choice of its rows."""
        given = self.tables[table]
        return given if isinstance(given, list) else [given]

    def read_of(self, source: str) -> tuple[str, ...]:
        """Return the columns of a file that the mapping knows other names of, or reads as it is."""
        named = self.sources[source].get("columns") or {}
        plain = [
            spec
            for table in self.tables
            for part in self.parts(table)
            if part["source"] == source
            for spec in part["columns"].values()
            if isinstance(spec, str)
        ]
        return tuple(dict.fromkeys([*named, *plain]))

    def files(self, found: Iterable[str]) -> dict[str, list[str]]:
        """Return the files of an export by the vendor's name for what they hold."""
        known: dict[str, str] = {}
        for source, names in self.sources.items():
            for name in (source, *(names.get("files") or ())):
                known |= dict.fromkeys((fold(name), f"{fold(name)}s"), source)
        held: dict[str, list[str]] = {}
        for file in found:
            meant = next((known[one] for one in self._spellings(file) if one in known), None)
            if meant is not None:
                held.setdefault(meant, []).append(file)
        return held

    def _spellings(self, file: str) -> list[str]:
        """Return the names that a file may stand for, without what is put around them."""
        whole = fold(file)
        found = [whole]
        while (shorter := _AROUND.sub("", whole)) != whole and shorter:
            whole = shorter
            found.append(whole)
        for prefix in self.prefixes:
            found += [one.removeprefix(prefix) for one in found if one.startswith(prefix)]
        return found

    def columns(self, source: str, found: Iterable[str]) -> Columns:
        """Return the columns of a file, to be found by the names of the vendor's API."""
        named = self.sources.get(source, {}).get("columns") or {}
        by_fold: dict[str, str] = {}
        for column in found:
            for spelling in (fold(column), *self._bare(source, column)):
                by_fold.setdefault(spelling, column)
        return Columns(named, by_fold, source)

    def _bare(self, source: str, column: str) -> list[str]:
        """Return a column without the prefixes that it may have, those of its file among them."""
        own = map(fold, self.sources.get(source, {}).get("prefixes") or ())
        folded = fold(column)
        several = (*self.prefixes, *own)
        return [folded.removeprefix(one) for one in several if folded.startswith(one)]


@dataclass(frozen=True)
class Columns:
    """The columns of a file by name in any spelling, and other names for them."""

    named: Mapping[str, Collection[str]]
    by_fold: Mapping[str, str]
    source: str

    def get(self, name: str) -> str | None:
        """Return the column of the file that the vendor's API calls by a name; None if absent."""
        names = [fold(one) for one in (name, *(self.named.get(name) or ()))]
        there = [one for one in names if one in self.by_fold]
        # Subscription Id is not the id of an invoice that has an Invoice Number
        whole = [one for one in there if fold(self.by_fold[one]) == one]
        return self.by_fold[(whole or there)[0]] if there else None

    def matching(self, pattern: str) -> dict[str, str]:
        """Return what stands for the star of a pattern, by column."""
        start, _, end = map(fold, pattern.partition("*"))
        return {
            column: _rest(column, pattern, folded[len(start) : len(folded) - len(end)])
            for folded, column in self.by_fold.items()
            if folded.startswith(start) and folded.endswith(end) and folded != start + end
        }


def _rest(column: str, pattern: str, folded: str) -> str:
    """Return what stands for the star as the column writes it, else without signs."""
    start, _, end = pattern.partition("*")
    at = column.casefold().find(start.casefold())
    if at < 0 or not column.casefold().endswith(end.casefold()):
        return folded
    return column[at + len(start) : len(column) - len(end)]


def recognised(found: Collection[str]) -> tuple[Vendor, dict[str, list[str]]] | None:
    """Return the vendor whose export has such files, the one with the most of them.

    >>> vendor, files = recognised(["sf_opportunity_data", "sf_user_data", "notes"])
    >>> vendor.title, sorted(files)
    ('Salesforce', ['Opportunity', 'User'])
    """
    best: tuple[Vendor, dict[str, list[str]]] | None = None
    for name in VENDORS:
        # the variants of a vendor have the same files
        vendor = Vendor.of(name)
        files = vendor.files(found)
        if files and (best is None or len(files) > len(best[1])):
            best = vendor, files
    return best
