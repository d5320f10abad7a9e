"""Type stubs of the public names: ``python -m revkit.catalogue.stubs`` (make stubs).

Public names and metrics are imported on first use, which no editor can follow. The stubs list them,
so that an editor completes ``rk.load(…)`` and ``rk.metrics.win_rate(data, by=…)``.
"""

from __future__ import annotations

import inspect
import json
from importlib import import_module
from pathlib import Path

from revkit.catalogue.catalogue import known

_METRICS = '''"""The metrics of revkit, as editors complete them. Written by `make stubs`."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import pandas as pd

from revkit.algebra import Metric
from revkit.dataset import Dataset

_Period = Literal["day", "week", "month", "quarter", "year"] | str | None
'''
_CALL = """
class {name}(Metric):
    def __call__(  # type: ignore[override]
        self,
        data: Dataset,
        /,
        *,
        by: str | Sequence[str] | None = None,
        period: _Period = "month",
        start: date | str | None = None,
        end: date | str | None = None,
        trailing: int | None = None,
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,{options}
    ) -> pd.DataFrame: ...
"""


def metric_stubs() -> str:
    """Return the text of ``revkit/metrics/__init__.pyi``."""
    metrics = import_module("revkit.metrics")
    calls: dict[tuple[str, ...], str] = {}
    lines = []
    for name in metrics.__all__:
        options = tuple(
            f"{option.name}: {_annotation(option)} = {_default(option)}"
            for option in known()[name].options.values()
        )
        words = _option_names(options)
        same_names = sum(_option_names(others) == words for others in calls)
        name_of_class = "_" + "".join(["Metric", *words]) + ("2" * same_names)
        call = calls.setdefault(options, name_of_class)
        lines.append(f"{name}: {call}")
    classes = [
        _CALL.format(name=call, options="".join(f"\n        {text}," for text in options))
        for options, call in calls.items()
    ]
    return _METRICS + "".join(classes) + "\n" + "\n".join(lines) + "\n"


def _annotation(option: inspect.Parameter) -> str:
    """Return an option's type as it was written, or that of its default where none was."""
    if option.annotation is not option.empty:
        written = option.annotation
        return written if isinstance(written, str) else inspect.formatannotation(written)
    return "object" if option.default is None else type(option.default).__name__


def _default(option: inspect.Parameter) -> str:
    """Return an option's default as code; a text in double quotes."""
    given = option.default
    return json.dumps(given, ensure_ascii=False) if isinstance(given, str) else repr(given)


def _option_names(options: tuple[str, ...]) -> list[str]:
    """Return the names of options, capitalised."""
    return [text.partition(":")[0].title() for text in options]


def export_stubs() -> str:
    """Return the text of ``revkit/__init__.pyi``."""
    package = import_module("revkit")
    exports = [
        f"from {module} import {name} as {name}" for name, module in package._EXPORTS.items()
    ]
    modules = []
    for name, module in package._MODULES.items():
        parent, _, own = module.rpartition(".")
        modules.append(f"from {parent} import {own} as {name}")
    imports = sorted([*exports, *modules])
    head = '"""The public names of revkit, as editors complete them. Written by `make stubs`."""'
    return "\n".join([head, "", *imports, "", "__version__: str", ""])


def write(folder: Path) -> None:
    """Write both stubs into the package at ``folder``."""
    (folder / "metrics" / "__init__.pyi").write_text(metric_stubs(), encoding="utf-8")
    (folder / "__init__.pyi").write_text(export_stubs(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parents[1])
