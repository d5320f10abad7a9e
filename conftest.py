"""What every doctest may use without importing it."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _names_in_docstrings(doctest_namespace: dict[str, Any]) -> None:
    from revkit.examples import example

    doctest_namespace["example"] = example
