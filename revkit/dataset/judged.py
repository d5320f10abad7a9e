"""Check a company's rows, and mend a copy of them."""

from __future__ import annotations

from typing import Any


class Judged:
    """A company whose rows can be checked and mended.

    What does it lies in a layer above, and is found by its public name.
    """

    def check(self: Any, *, language: str | None = None) -> Any:
        """Return every doubt about the rows, with its effect in numbers: see :func:`rk.check`."""
        import revkit

        return revkit.check(self, language=language)

    def clean(self: Any, *mends: str, limit: int | None = 1_000_000) -> Any:
        """Return the company with some rules' rows mended, and a log: see :func:`rk.clean`."""
        import revkit

        return revkit.clean(self, *mends, limit=limit)
