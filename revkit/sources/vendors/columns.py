"""Fitting of one column of a vendor's mapping: names of the files, and choices that they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from revkit.sources.vendors.presence import Presence
from revkit.sources.vendors.vendor import Columns

_NEEDED = {"from", "join", "coalesce", "lookup", "where", "times", "per"}


@dataclass(frozen=True)
class FittedColumns:
    """Fits the mappings of columns to what an export has."""

    has: Presence

    def column(self, spec: Any, place: Columns, new: tuple[str, ...] = ()) -> Any:
        """Return the mapping of a column; None when what it needs is absent."""
        if isinstance(spec, str):
            return spec if spec in new else place.get(spec)
        fitted = dict(spec)
        if (asked := fitted.pop("needs", None)) is not None and not self.has.knows(asked, place):
            return None
        if "from" in spec and spec["from"] not in new:
            fitted["from"] = place.get(spec["from"])
        if "words" in spec:
            fitted["words"] = self.has.words_of(spec["words"], place, fitted["from"])
        if "join" in spec:
            fitted["join"] = [theirs for one in spec["join"] if (theirs := place.get(one))] or None
        if "coalesce" in spec:
            choices = list(self._choices(spec["coalesce"], place, new))
            settings = {key: value for key, value in spec.items() if key != "coalesce"}
            if len(choices) == 1 and not settings:
                return choices[0]
            fitted["coalesce"] = choices or None
        if "lookup" in spec:
            several = spec["lookup"] if isinstance(spec["lookup"], list) else [spec["lookup"]]
            looked = [self.has.referred(one) for one in several]
            fitted["lookup"] = None if None in looked else looked
        if "where" in spec:
            where = self.has.where(spec["where"], place)
            if where is True:
                del fitted["where"]
            else:
                fitted["where"] = where or None
        for key in ("minus", "discount"):
            # what is not in the export takes nothing off
            if key in spec and (term := self.column(spec[key], place)) is None:
                del fitted[key]
            elif key in spec:
                fitted[key] = term
        if "plus" in spec:
            # what is not in the export adds nothing
            several = spec["plus"] if isinstance(spec["plus"], list) else [spec["plus"]]
            terms = [term for one in several if (term := self.column(one, place)) is not None]
            fitted = {key: value for key, value in fitted.items() if key != "plus"}
            fitted |= {"plus": terms} if terms else {}
        if "times" in spec:
            several = spec["times"] if isinstance(spec["times"], list) else [spec["times"]]
            factors = [self.column(one, place) for one in several]
            fitted["times"] = None if None in factors else factors
        if isinstance(per := spec.get("per"), dict):
            fitted["per"] = self._per(per, place)
        return None if any(fitted[key] is None for key in fitted.keys() & _NEEDED) else fitted

    def _choices(
        self, several: Sequence[Any], place: Columns, new: tuple[str, ...]
    ) -> Iterator[Any]:
        """Yield the choices that the export has, up to the one that ``settles`` every row.

        ``rest`` is for the rows of which such a choice finds nothing.
        """
        for one in several:
            given = dict(one) if isinstance(one, dict) else one
            settles, rest = False, None
            if isinstance(given, dict):
                settles, rest = given.pop("settles", False), given.pop("rest", None)
            if (choice := self.column(given, place, new)) is None:
                continue
            yield _plain(choice)
            if rest is not None and (more := self.column(rest, place, new)) is not None:
                yield more
            if settles:
                return

    def _per(self, per: Mapping[str, Any], place: Columns) -> dict[str, Any] | None:
        """Return the columns of an interval; one interval where the export has no count."""
        interval = self.column(per["interval"], place)
        if interval is None:
            return None
        count = per.get("count", 1)
        count = count if isinstance(count, int) else self.column(count, place)
        return {"interval": interval} if count is None else {"interval": interval, "count": count}


def _plain(spec: Any) -> Any:
    """Return the name of a column that is taken as it is; another mapping unchanged.

    >>> _plain({"from": "a"}), _plain({"from": "a", "where": "b"})
    ('a', {'from': 'a', 'where': 'b'})
    """
    return spec["from"] if isinstance(spec, dict) and spec.keys() == {"from"} else spec
