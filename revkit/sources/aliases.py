"""Aliases: what a report's notebooks call their data and mapping instead of a path or an address.

The report sets them in the environment of the kernels that it starts. A notebook is given the
alias, so none of its outputs can show where the data are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

VARIABLE = "REVKIT__ALIASES"
"""Environment variable; the name of no profile leads to it."""


def environment(aliases: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the variables for a kernel.

    Parameters
    ----------
    aliases
        By parameter (data, mapping), alias to place.
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
