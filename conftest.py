"""What every doctest may use without importing it."""

from __future__ import annotations

from typing import Any

import pytest

# It imports PostgreSQL's driver, which need not be installed, and has no example to run.
collect_ignore = ["revkit/sources/postgres_engine.py"]


@pytest.fixture(autouse=True)
def _names_in_docstrings(doctest_namespace: dict[str, Any]) -> None:
    from revkit.examples import example

    doctest_namespace["example"] = example
