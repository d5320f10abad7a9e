"""What every doctest may use without importing it, and what makes all tests shorter."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.compiled import compiled_once

# It imports PostgreSQL's driver, which need not be installed, and has no example to run.
collect_ignore = ["revkit/sources/postgres_engine.py"]


def pytest_collection_finish() -> None:
    """Look for garbage less often, and never among what is there before the first test."""
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(autouse=True)
def _names_in_docstrings(doctest_namespace: dict[str, Any]) -> None:
    from revkit.examples import example

    doctest_namespace["example"] = example


@pytest.fixture(scope="session", autouse=True)
def _queries_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield
