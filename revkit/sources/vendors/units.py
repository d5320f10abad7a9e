"""Units of amounts in a vendor's export: cents as its API writes them, or whole as its pages do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from revkit.errors import MappingError


def of_pages(heading: str, headings: Collection[str]) -> bool:
    """Return whether a column is one of an export of the vendor's pages, not of its API.

    Pages write headings for people, ``Amount Due``; an API, and what lands it in a database,
    writes ``amount_due`` or, all columns alike, ``AMOUNT_DUE``.

    >>> of_pages("Total", ["id", "Total"]), of_pages("MRR", ["Customer Id", "MRR"])
    (True, True)
    >>> of_pages("total", ["id", "total", "Sales Region"]), of_pages("MRR", ["ID", "MRR"])
    (False, False)
    """
    name = heading.rpartition(".")[2]
    if name == name.lower():
        return False
    if name != name.upper():
        return name[0].isupper()
    return any(one[:1].isupper() and one != one.upper() for one in headings)


def in_units(
    name: str,
    spec: Mapping[str, Any],
    source: str,
    read: Callable[[str], Collection[str]],
    title: str,
) -> tuple[dict[str, Any], str]:
    """Return the mapping of an amount in minor units, in whole ones where pages wrote it.

    The second value says which it is and by what it was told; ``by_heading`` has the amounts
    asked whether it is so.

    Parameters
    ----------
    name
        The column of the schema.
    spec
        Its mapping, with ``minor_units: true``.
    source
        The file of its columns.
    read
        Returns the columns of a file.
    title
        The vendor, for messages.

    Raises
    ------
    MappingError
        When some of its columns are of an API, and others of pages.
    """
    places = list(dict.fromkeys(_amounts(spec, source)))
    whole = [column for file, column in places if of_pages(column, read(file))]
    shown = ", ".join(f"{file}.{column}" for file, column in places)
    if not whole:
        said = f"as the API of {title} writes it: 4900 is 49.00 in EUR"
        return {**spec, "by_heading": True}, f"{name} is read from {shown} in minor units, {said}"
    if len(whole) < len(places):
        problem = (
            f"{shown}: {', '.join(whole)} has a heading of {title}'s pages, which write whole "
            "units, the rest names of its API, which writes cents; say which counts"
        )
        raise MappingError.wrong(f"vendor: {title.lower()}", place=name, problem=problem)
    rest = {key: value for key, value in spec.items() if key != "minor_units"}
    return {
        **rest,
        "by_heading": True,
    }, f"{name} is read from {shown} in whole units, as the pages of {title} write it"


def _amounts(spec: Any, source: str) -> Iterator[tuple[str, str]]:
    """Yield the file and the column of each amount of a mapping."""
    if isinstance(spec, str):
        yield source, spec
    elif "coalesce" in spec:
        for one in spec["coalesce"]:
            yield from _amounts(one, source)
    elif lookup := spec.get("lookup"):
        yield lookup[-1]["source"], lookup[-1]["take"]
    elif "from" in spec:
        yield source, spec["from"]


UNITS = frozenset(("minor_units", "scale", "decimal"))
"""Settings that say how an amount is written, and nothing of what it is."""


def only_unit(theirs: Any, given: Any, source: str) -> bool:
    """Return whether a user's mapping of a column says no more than the unit of the vendor's.

    >>> theirs = {"coalesce": ["MRR", {"from": "Price", "times": ["Seats"]}]}
    >>> only_unit(theirs, {"from": "MRR", "scale": 0.01}, "subscriptions")
    True
    >>> only_unit(theirs, "MRR", "subscriptions"), only_unit(theirs, {"from": "ARR"}, "subs")
    (False, False)
    """
    if not isinstance(theirs, dict) or not isinstance(given, dict):
        return False
    known = {None, *(column for file, column in _amounts(theirs, source) if file == source)}
    return (
        bool(given.keys() & UNITS)
        and given.keys() <= {"from", *UNITS}
        and (given.get("from") in known)
    )


def with_unit(theirs: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the vendor's mapping of an amount in another unit: what it is made of stays.

    >>> with_unit({"from": "Total", "minus": "Tax", "by_heading": True}, {"scale": 0.01})
    {'from': 'Total', 'minus': {'from': 'Tax', 'scale': 0.01}, 'scale': 0.01}
    >>> with_unit({"coalesce": ["MRR"], "by_heading": True}, {"from": "MRR", "minor_units": True})
    {'coalesce': ['MRR'], 'minor_units': True}
    """
    told = {key: value for key, value in theirs.items() if key not in ("by_heading", "minor_units")}
    if given.get("minor_units"):
        told["minor_units"] = True
    return _written(told, {key: given[key] for key in ("scale", "decimal") if key in given})


def _written(spec: Mapping[str, Any], how: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping of an amount, and of the amounts it is made of, with some settings."""
    if not how:
        return dict(spec)
    found = dict(spec)
    if "coalesce" in spec:
        found["coalesce"] = [_written(_as_mapping(one), how) for one in spec["coalesce"]]
    if "minus" in spec:
        found["minus"] = _written(_as_mapping(spec["minus"]), how)
    if "plus" in spec:
        found["plus"] = [_written(_as_mapping(one), how) for one in spec["plus"]]
    return found if "coalesce" in spec else {**found, **how}


def _as_mapping(spec: Any) -> dict[str, Any]:
    return {"from": spec} if isinstance(spec, str) else dict(spec)
