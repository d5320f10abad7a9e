"""What a price is for: a month, the interval of the row, or a year, as ARR is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from revkit.sources.proposals.concepts import meaning, plain
from revkit.sources.proposals.values import Values

Spec = tuple[Any, str]

_YEARLY = re.compile(r"\b(arr|acv|year|annu(?!ll)|anual|jahr|jaehr)", re.IGNORECASE)


def is_yearly(name: str) -> bool:
    """Return whether the name of an amount says that it is for a year.

    >>> [is_yearly(name) for name in ("ARR", "Canone annuo", "Jahresbetrag", "Annullato", "MRR")]
    [True, True, True, False, False]
    """
    return _YEARLY.search(plain(name)) is not None


def monthly(theirs: str, spec: Spec, interval: Any) -> Spec:
    """Return an amount as one a month, and what has to be checked of it; empty for nothing.

    Parameters
    ----------
    theirs, spec
        The column that is proposed for MRR, and what it would be.
    interval
        The entry of the interval in the mapping; None without one.

    Examples
    --------
    >>> monthly("Annual value", ("Annual value", ""), None)
    ({'from': 'Annual value', 'per': 'year'}, 'read as the price of a year: is it?')
    >>> monthly("Amount", ("Amount", ""), "Cycle")
    ({'from': 'Amount', 'per': {'interval': 'Cycle'}}, 'read as the price of one Cycle: is it?')
    >>> monthly("MRR", ("MRR", ""), "Cycle")
    ('MRR', '')
    """
    mapped, doubt = spec
    at = {"from": mapped} if isinstance(mapped, str) else dict(mapped)
    if is_yearly(theirs):
        return at | {"per": "year"}, doubt or "read as the price of a year: is it?"
    if interval is None or "mrr" in meaning(theirs).concepts:
        return spec
    name = interval if isinstance(interval, str) else interval["from"]
    return at | {"per": {"interval": interval}}, doubt or f"read as the price of one {name}: is it?"


def yearly(columns: Mapping[str, Values], taken: set[str]) -> str | None:
    """Return the only column of amounts for a year that has no place; None for none or several."""
    found = [
        name
        for name, values in columns.items()
        if name not in taken and values.numbers and is_yearly(name)
        and not {"id", "date"} & meaning(name).concepts
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None
