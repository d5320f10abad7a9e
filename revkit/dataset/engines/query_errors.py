"""Errors of an engine while a query runs, said as revkit's in a sentence.

Queries run when a result is asked for, long after a source was opened: a file that is damaged
inside, or a database that has stopped since, fails there. So the backend itself translates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any

from revkit.dataset.engines import garbage
from revkit.dataset.engines.remembered import Remembered
from revkit.errors import RevkitError


class QueryErrors:
    """Mixin of an Ibis backend, placed before it, that translates the errors of its queries."""

    source: str = ""
    called: Mapping[str, str] = MappingProxyType({})
    """Names that the owner of its tables gave them, by those in it, where these are others."""
    remembered: Remembered | None = None
    """Results of earlier queries, for as long as its rows are not to change."""

    def translated(self, error: Exception) -> RevkitError | None:
        """Return revkit's error for one of the engine's; None for one that is no user's."""
        raise NotImplementedError

    def compile(self, *args: Any, **options: Any) -> Any:
        """Write a query in the engine's own words."""
        with garbage.kept():
            return super().compile(*args, **options)  # type: ignore[misc]  # the backend's

    def to_pyarrow(self, expr: Any, /, **options: Any) -> Any:
        """Run a query and return its result as an Arrow table, array or scalar."""
        return self._asked("to_pyarrow", expr, options)

    def execute(self, expr: Any, /, **options: Any) -> Any:
        """Run a query and return its result as a pandas frame, series or scalar."""
        found = self._asked("execute", expr, options)
        return found.copy() if hasattr(found, "copy") else found  # who has it may change it

    def _asked(self, name: str, expr: Any, options: dict[str, Any]) -> Any:
        """Return the result of a query in one of its forms, unless it is remembered."""
        ask = partial(self._run, name, (expr,), options)
        plain = all(value in (None, "default") for value in options.values())
        if self.remembered is None or not plain:
            return ask()
        return self.remembered.result((name, expr.op()), ask)

    def create_table(self, *args: Any, **options: Any) -> Any:
        """Create a table from a query or a frame."""
        if self.remembered is not None:
            self.remembered.forget()
        return self._run("create_table", args, options)

    def _run(self, name: str, args: Any, options: Any) -> Any:
        """Call a method of the backend."""
        try:
            return getattr(super(), name)(*args, **options)
        except RevkitError:
            raise
        except Exception as error:
            said = self.translated(error)
            if said is None:
                raise
        # outside of `except`: the engine's own error may carry a password in its frames
        raise said


FRAMES = (
    "These tables are frames, which take no mapping: change the column before you load it, or save "
    "the frame as a CSV file and load its folder with rk.load(folder, mapping=…)."
)


@contextmanager
def of_frames(are_frames: bool) -> Iterator[None]:
    """Add to errors that propose a line of a mapping what to do without one.

    Parameters
    ----------
    are_frames
        Whether the table that is read was given as a frame.
    """
    try:
        yield
    except RevkitError as error:
        said = str(error)
        if not are_frames or "mapping" not in said or FRAMES in said:
            raise
        raise type(error)(f"{said} {FRAMES}", reason=error.reason) from None
