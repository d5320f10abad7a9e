"""Aliases: what a report's notebooks call their data and mapping instead of a path or an address.

The report sets them in the environment of the kernels that it starts. A notebook is given the
alias, so none of its outputs can show where the data are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from revkit.errors import EngineError
from revkit.sources.files import existing, expanded
from revkit.sources.profiles import database_address

VARIABLE = "REVKIT__ALIASES"
"""Environment variable; the name of no profile leads to it."""


def of_data(data: str) -> str:
    """Return the name of a company's data: its profile, its database or its folder.

    >>> of_data("exports/crm")
    'crm'
    """
    address = database_address(data)
    return expanded(data).resolve().name or "data" if address is None else address.title


def place_of_data(data: str) -> str:
    """Return where data are, as a notebook in another folder can find them: a whole path.

    A profile stays one, and an address must not bring a password along.

    Raises
    ------
    SourceError
        When there is nothing.
    EngineError
        When the address holds a secret.
    """
    address = database_address(data)
    if address is None:
        return str(existing(data, what="folder or file").resolve())
    if not address.profile and (address.password is not None or address.secrets):
        raise EngineError.password(str(address))
    if address.kind == "duckdb" and not address.profile:
        return f"duckdb://{expanded(address.place).resolve()}"
    return data


def of_mapping(mapping: str) -> str:
    """Return the name of a mapping: that of its file."""
    return Path(mapping).name or mapping


def place_of_mapping(mapping: str) -> str:
    """Return the whole path of a mapping; one that is not there is left as it is.

    Raises
    ------
    SourceError
        When ``~`` leads to no home.
    """
    place = expanded(mapping)
    return str(place.resolve()) if place.exists() else mapping


def environment(aliases: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the variables for a kernel.

    Parameters
    ----------
    aliases
        By parameter (data, mapping), alias to place; for ``set_aside`` to rules, for ``currency``
        to the company's.
    """
    return {VARIABLE: json.dumps(aliases)}


@contextmanager
def known(aliases: Mapping[str, Mapping[str, str]]) -> Iterator[None]:
    """Let this process know aliases for a while."""
    before = os.environ.get(VARIABLE)
    os.environ.update(environment(aliases))
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        if before is not None:
            os.environ[VARIABLE] = before


def place(parameter: str, given: Any) -> Any:
    """Return the place that an alias stands for; what is no alias is returned as it is.

    >>> with known({"data": {"crm": "/exports/crm"}}):
    ...     place("data", "crm"), place("data", "other")
    ('/exports/crm', 'other')
    """
    if not isinstance(given, str) or VARIABLE not in os.environ:
        return given
    return json.loads(os.environ[VARIABLE]).get(parameter, {}).get(given, given)


def set_aside(given: Any) -> list[str]:
    """Return the rules whose rows a report sets aside in the data of an alias.

    >>> with known({"set_aside": {"crm": "spend.total_row reps.total_row"}}):
    ...     set_aside("crm"), set_aside("other")
    (['spend.total_row', 'reps.total_row'], [])
    """
    if not isinstance(given, str) or VARIABLE not in os.environ:
        return []
    rules: str = json.loads(os.environ[VARIABLE]).get("set_aside", {}).get(given, "")
    return rules.split()


def currency(given: Any) -> str | None:
    """Return the currency that a report was given for the data of an alias.

    >>> with known({"currency": {"crm": "EUR"}}):
    ...     currency("crm"), currency("other")
    ('EUR', None)
    """
    if not isinstance(given, str) or VARIABLE not in os.environ:
        return None
    code: str | None = json.loads(os.environ[VARIABLE]).get("currency", {}).get(given)
    return code
