"""The claims of a report, collected by running the notebooks' cells in this process."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

import matplotlib.pyplot as plt
import nbformat
import pandas as pd

import revkit as rk
import revkit.notebook
import revkit.sources
from benchmarks.quiet.agreement import disagreement
from revkit.analysis import say
from revkit.analysis.scorecards import scorecard as scorecards
from revkit.analysis.watch.result import Watch
from revkit.analysis.writing import comparisons, contrasts, differences, steps
from revkit.report.availability import prune
from revkit.report.overview import headlines
from revkit.report.overview.headlines import tiles
from revkit.statistics import family

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PERIOD = "quarter"
FIRST_PAGE = "first page"
TESTED = ("change", "year", "contrast", "step")
"""Sentences that test something; the others say a level, or count."""

TESTING = re.compile(r"scorecard\(|say\.(" + "|".join(TESTED) + ")")
"""What a notebook that tests something has in its cells; the others are left out."""

FORECASTS = re.compile(r"load\(|scorecard\(|so\(rk\.say\.step|^data: ")
"""Cells of the notebook on forecasts to run; the others test nothing and take most of the time."""


STEPS = {"step": family.STEPS}
"""Number of tests among which each kind shares the level, where not all of a report."""

LEAST = 5
"""Number of tests that a report is taken to make, so that claims at other levels are seen too."""


@dataclass(frozen=True)
class Claim:
    """One test of a report: where, of which kind and metric, the group, and whether it is claimed.

    ``up`` is the direction, ``p`` the probability of as much where there is nothing, ``wrong`` what
    the sentence says that its frame does not hold.
    """

    page: str
    kind: str
    metric: str
    group: str
    up: bool
    p: float
    said: bool
    text: str
    wrong: str = ""


def claims(company: rk.Dataset, notebooks: Path = NOTEBOOKS) -> list[Claim]:
    """Return every test of a report on a company, claimed or not."""
    return [*chain(*pages(company, notebooks)), *first_page(rk.watch(company))]


def pages(
    company: rk.Dataset, notebooks: Path = NOTEBOOKS, only: Collection[str] | None = None
) -> Iterator[list[Claim]]:
    """Give the tests of each page below the first, claimed or not; of some pages, if asked."""
    for file in sorted(notebooks.glob("*.ipynb")):
        if only is None or file.stem in only:
            found: list[Claim] = []
            with _all_kept(), _watched(company, file.stem, found):
                _run(file, company)
            yield _held(found)
    if only is None or "tiles" in only:
        yield _held(_tiles(company))


def _tiles(company: rk.Dataset) -> list[Claim]:
    with _noted(headlines, "_tile") as shown, _noted(differences, "compare") as moved, _all_kept():
        tiles(company, period=PERIOD)
    found: list[Claim] = []
    for tile, change in zip(filter(None, shown), moved, strict=True):
        up, p = not tile.change.startswith("\u2212"), change.p if change else 1.0
        found.append(Claim("tiles", "tile", tile.title, "", up, p, bool(tile.tone), tile.change))
    return found


def _held(found: list[Claim]) -> list[Claim]:
    """Hold claims to the level of a report."""
    return [
        replace(one, said=one.said and family.claimed(one.p, STEPS.get(one.kind))) for one in found
    ]


@contextmanager
def _all_kept() -> Iterator[None]:
    """Let sentences claim at the level of :data:`LEAST` tests."""
    with patch.object(family, "TESTS", LEAST), patch.object(family, "STEPS", LEAST):
        yield


def first_page(watched: Watch) -> list[Claim]:
    """Return what the first page says has moved; where the place is not sure it is "?"."""
    found = [Claim(FIRST_PAGE, "fault", f"{one.table}.{one.field}", "", True, 0.0, True, str(one))
             for one in watched.faults]  # fmt: skip
    for price in watched.prices:
        up, text = price.after > price.before, str(price)
        found.append(Claim(FIRST_PAGE, "price", "list_price", price.product, up, 0.0, True, text))
    for cause, row in zip(watched.moved, watched.causes.itertuples(), strict=True):
        up, place = row.value > row.usual, row.place if cause.sure else "?"
        text = f"{row.metric} {row.place} since {row.since:%Y-%m}"
        found.append(Claim(FIRST_PAGE, "watch", row.metric, place, up, 0.0, True, text))
    return found


def _run(file: Path, company: rk.Dataset) -> None:
    """Run the code cells of a notebook that test something."""
    notebook, _ = prune(nbformat.read(file, as_version=4), company)
    if not any(TESTING.search(cell.source) for cell in notebook.cells):
        return
    names: dict[str, Any] = {}
    for cell in notebook.cells:
        left_out = "forecast" in file.stem and not FORECASTS.search(cell.source)
        if cell.cell_type == "code" and not left_out:
            exec(cell.source, names)  # noqa: S102 - the kit's own notebooks


@contextmanager
def _watched(company: rk.Dataset, page: str, found: list[Claim]) -> Iterator[None]:
    """Collect what a notebook claims; load this company, and draw nothing."""
    with ExitStack() as stack:
        for kind in (*TESTED, "level"):
            told = _told(getattr(say, kind), kind, page, found)
            stack.enter_context(patch.object(say, kind, told))
        for kind, read in {"unequal": _stays, "callers": _people}.items():
            told = _of_groups(getattr(say, kind), read, page, found)
            stack.enter_context(patch.object(say, kind, told))
        shown = _shown(scorecards.scorecard, page, found)
        stack.enter_context(patch.object(scorecards, "scorecard", shown))
        stack.enter_context(patch.object(revkit.sources, "load", lambda *_, **__: company))
        # the pages repeat the first page's watch, which is judged there
        stack.enter_context(patch.object(revkit.notebook, "moved", lambda *_: []))
        for name in [name for name in dir(rk.charts) if not name.startswith("_")]:
            if callable(getattr(rk.charts, name)):
                stack.enter_context(patch.object(rk.charts, name, _nothing))
        stack.enter_context(patch.object(plt, "subplots", lambda *_, **__: (None, None)))
        stack.enter_context(patch.object(plt, "show", _nothing))
        yield


def _nothing(*_: Any, **__: Any) -> None:
    """Draw nothing."""


@contextmanager
def _noted(place: Any, name: str) -> Iterator[list[Any]]:
    """Collect what a function returns."""
    function, returned = getattr(place, name), []

    def call(*positional: Any, **how: Any) -> Any:
        returned.append(function(*positional, **how))
        return returned[-1]

    with patch.object(place, name, call):
        yield returned


def _told(function: Callable[..., Any], kind: str, page: str, found: list[Claim]) -> Any:
    """Return a sentence builder that notes what it says."""

    def tell(result: pd.DataFrame, **how: Any) -> Any:
        with (
            _noted(comparisons, "compare") as moved,
            _noted(contrasts, "named") as named,
            _noted(steps, "shifts") as shifts,
        ):
            finding = function(result, **how)
        text, metric = str(finding).replace("\u00a0", " "), str(result.attrs.get("metric"))
        said = [
            (one.group, one.ends[0] > 0, one.p) for one in chain(*named) if f" {one.group} " in text
        ] or [("", " rose " in text, moved[0].p if moved and moved[0] else 1.0)]
        if shift := next(chain(*shifts), None):  # the surest
            said = [(shift.group, shift.ends[0] > 0, shift.p)]
        wrong = disagreement(kind, text, result)
        claimed = kind in TESTED and not finding.quiet
        for group, up, p in said:
            found.append(Claim(page, kind, metric, group, up, p, claimed, text, wrong))
        return finding

    return tell


def _of_groups(function: Callable[..., Any], read: Any, page: str, found: list[Claim]) -> Any:
    """Return a sentence builder over groups that notes what it says of each."""

    def tell(result: Any, **how: Any) -> Any:
        finding = function(result, **how)
        for metric, group, up, p, text in read(result, str(finding)):
            claim = Claim(page, "contrast", metric, group, up, p, not finding.quiet, text)
            found.append(claim)
        return finding

    return tell


def _stays(result: Any, text: str) -> Iterator[tuple[str, str, bool, float, str]]:
    """Return the group that stays longest, with the probability of so much difference."""
    rows = result.summary().dropna(subset="stay").sort_values("stay", ascending=False)
    rows = rows[~rows["small"]]
    if not rows.empty:
        group = " · ".join(str(rows.iloc[0][name]) for name in result.by)
        yield "survival", group, True, float(result.difference()["p"]), text


def _people(result: pd.DataFrame, text: str) -> Iterator[tuple[str, str, bool, float, str]]:
    """Return the reps that are named."""
    for rep, calls in result.loc[result["calls"] != "", ["rep", "calls"]].to_numpy():
        yield "calls", str(rep), bool(calls == "too much"), 0.0, f"calls by rep: {text}"


def _shown(function: Callable[..., Any], page: str, found: list[Claim]) -> Any:
    """Return a scorecard that notes its arrows."""

    def show(data: rk.Dataset, *positional: Any, **how: Any) -> Any:
        changes: list[Any] = []

        def line(*parts: Any) -> Any:
            changes.append(parts[3])
            return written(*parts)

        written = scorecards.line
        with patch.object(scorecards, "line", line):
            card = function(data, *positional, **how)
        by = card.attrs["by"]
        for row, change in zip(pd.DataFrame(card).to_dict("records"), changes, strict=True):
            group = " · ".join(str(row[name]) for name in by)
            moved = row["direction"] in ("better", "worse", "moved")
            text = f"{row['change']} ({row['change_low']} to {row['change_high']})"
            kind = f"card {card.attrs['compare']}"
            up, p = row["change"] > 0, 1.0 if change is None else change.p
            found.append(Claim(page, kind, row["metric"], group, up, p, moved, text))
        return card

    return show


def as_rows(company: str, found: list[Claim]) -> pd.DataFrame:
    """Return claims as rows of a table, with the company's name."""
    columns = [part.name for part in fields(Claim)]
    return pd.DataFrame([vars(one) for one in found], columns=columns).assign(company=company)
