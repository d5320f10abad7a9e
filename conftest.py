"""What every doctest may use without importing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.compiled import compiled_once

# It imports PostgreSQL's driver, which need not be installed, and has no example to run.
collect_ignore = ["revkit/sources/postgres_engine.py"]


@pytest.fixture(autouse=True)
def _names_in_docstrings(doctest_namespace: dict[str, Any]) -> None:
    from revkit.examples import example

    doctest_namespace["example"] = example


@pytest.fixture(scope="session", autouse=True)
def _queries_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield
