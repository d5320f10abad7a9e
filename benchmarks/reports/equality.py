"""Outputs of the cells that both Papermill and a report run, compared one for one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat

from revkit.report.kernels import Warm
from revkit.report.request import Order, plan
from revkit.report.run import run


def executed(data: str, notebooks: Sequence[str]) -> dict[str, Any]:
    """Return the notebooks as a report runs them, each in a forked kernel."""
    ordered = plan(Order(data, notebooks=notebooks))
    done = {}
    with Warm(ordered.read) as warm:
        if not warm.start():
            raise RuntimeError("no kernel can be forked here")
        for job in ordered.jobs:
            ran = run(
                job.notebook,
                job.parameters,
                folder=job.file.parent,
                environment=ordered.environment,
                warm=warm,
            )
            if ran.error is not None:
                raise RuntimeError(f"{job.name}: {ran.error}")
            done[job.name] = ran.notebook
    return done


def compared(plain: Path, ours: Any) -> tuple[int, list[str]]:
    """Return how many code cells both ran, and the sources of those that show something else."""
    theirs = {cell.id: cell for cell in nbformat.read(plain, as_version=4).cells}
    both, other = 0, []
    for cell in ours.cells:
        if cell.cell_type != "code" or "injected-parameters" in cell.metadata.get("tags", []):
            continue
        both += 1
        if [*_shown(cell)] != [*_shown(theirs[cell.id])]:
            other.append(cell.source)
    return both, other


def _shown(cell: Any) -> Iterator[Any]:
    """Yield what a cell shows: printed text, data by type; no counters, no warnings."""
    for output in cell["outputs"]:
        if output.get("name") != "stderr":
            kept = {name: each for name, each in output.items() if name != "execution_count"}
            yield json.loads(json.dumps(kept))
