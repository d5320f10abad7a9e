"""Thresholds: the limits of the criteria with their sources, shipped and from a user's file."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from revkit.analysis.operating_model.criteria import CRITERIA, READY
from revkit.errors import ParameterError
from revkit.language import message

SHIPPED = Path(__file__).with_name("thresholds.yaml")
KINDS = ("public", "teaching default", "own")
SHOWN = {
    "public": message("public"),
    "teaching default": message("no published source"),
    "own": message("own"),
}
"""The kinds, as a reader sees them."""
KEYS = ("limit", "least", "source", "kind")
OF_VERDICT = ("least_met", "least_settled")
PLACES = {one.id: tuple(m.key for m in one.measures) for one in (*CRITERIA, READY)}
PLACES["verdict"] = OF_VERDICT


@dataclass(frozen=True)
class Threshold:
    """The limit of a measure.

    Parameters
    ----------
    limit
        In the measure's unit.
    least
        Rows below which the measure says nothing.
    source
        Where the limit comes from; may be empty.
    kind
        public, teaching default or own.
    """

    limit: float
    least: float = 0
    source: str = ""
    kind: str = "own"


@dataclass(frozen=True)
class Thresholds:
    """All limits, by criterion and measure, and what a verdict needs."""

    of: dict[tuple[str, str], Threshold]
    least_met: float
    least_settled: float


def read_thresholds(path: str | Path | None = None) -> Thresholds:
    """Return the shipped limits, changed by those of a user's file.

    Raises
    ------
    ParameterError
        When the file cannot be read, or names or holds something that is no limit.

    Examples
    --------
    >>> read_thresholds().of["S4", "deal_size"].limit
    25000.0
    """
    limits: dict[tuple[str, str], Threshold] = {}
    verdict: dict[str, float] = {}
    for file in [SHIPPED] if path is None else [SHIPPED, Path(path)]:
        for criterion, measures in sections(file).items():
            for name, given in measures.items():
                place = f"{criterion}.{name}"
                if criterion == "verdict":
                    verdict[name] = _number(given, file, place, least=0)
                else:
                    key = (criterion, name)
                    limits[key] = _threshold(given, limits.get(key), file, place)
    return Thresholds(limits, verdict["least_met"], verdict["least_settled"])


def sections(file: Path) -> dict[str, dict[str, Any]]:
    """Return the content of a file of thresholds by criterion and measure, names checked."""
    found = content(file, "thresholds", "thresholds, such as S4: {deal_size: {limit: 20000}}")
    for criterion, measures in found.items():
        if criterion not in PLACES:
            raise ParameterError.unknown_in_file(file, "the file", criterion, known=PLACES)
        if not isinstance(measures, dict):
            raise ParameterError.wrong_in_file(
                file, criterion, measures, needed="a measure of it with its limit",
                remedy=f"Write {criterion}: {{{PLACES[criterion][0]}: {{limit: 1}}}}.",
            )  # fmt: skip
        for name in measures:
            if name not in PLACES[criterion]:
                raise ParameterError.unknown_in_file(file, criterion, name, known=PLACES[criterion])
    return found


def content(file: Path, name: str, needed: str) -> dict[Any, Any]:
    """Return the content of a YAML file that must be a mapping."""
    import yaml

    from revkit.yaml_files import load_yaml, yaml_problem

    try:
        found = load_yaml(file)
    except yaml.YAMLError as error:
        raise ParameterError.unreadable_file(
            file, where="rk.assess", name=name, needed=needed, problem=yaml_problem(error)
        ) from None
    if not isinstance(found, dict):
        raise ParameterError.wrong_in_file(
            file, "the file", found, needed="a mapping", remedy=f"It holds {needed}."
        )
    return found


def _threshold(given: Any, before: Threshold | None, file: Path, place: str) -> Threshold:
    """Return one measure's limit, on top of the one before."""
    if not isinstance(given, dict):
        raise ParameterError.wrong_in_file(
            file, place, given, needed="keys and values",
            remedy=f"Write {place.rpartition('.')[2]}: {{limit: {before and before.limit:g}}}.",
        )  # fmt: skip
    for name in given:
        if name not in KEYS:
            raise ParameterError.unknown_in_file(file, place, name, known=KEYS)
    found = before or Threshold(math.nan)
    if "limit" in given:
        limit = _number(given["limit"], file, f"{place}.limit")
        found = replace(found, limit=limit, source="", kind="own")
    if "least" in given:
        found = replace(found, least=_number(given["least"], file, f"{place}.least", least=0))
    if "kind" in given and given["kind"] not in KINDS:
        raise ParameterError.wrong_in_file(
            file, f"{place}.kind", given["kind"], needed=f"one of {', '.join(KINDS)}",
            remedy="Write kind: own for a limit of yours.",
        )  # fmt: skip
    if not isinstance(given.get("source", ""), str):
        raise ParameterError.wrong_in_file(
            file, f"{place}.source", given["source"], needed="a text", remedy="Put it in quotes."
        )
    told = {name: given[name] for name in ("source", "kind") if name in given}
    return replace(found, **told)


def _number(given: Any, file: Path, place: str, *, least: float = -math.inf) -> float:
    """Return a finite number of a file."""
    right = isinstance(given, int | float) and not isinstance(given, bool)
    if right and math.isfinite(given) and given >= least:
        return float(given)
    needed = "a number" if least == -math.inf else f"a number, {least:g} or more"
    raise ParameterError.wrong_in_file(
        file, place, given, needed=needed,
        remedy="Write it in plain digits: 5000000, or 0.35 for 35 %.",
    )  # fmt: skip
