"""Rules of alerts: one line of plain words each, alone or with groups and a receiver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from revkit.errors import AlertError, RevkitError

SHIPPED = Path(__file__).with_name("shipped.yaml")
DEFAULT = "default"
"""Name of the rules that the kit brings, in place of a file."""

ANYTHING = "anything"
KEYS = ("rule", "name", "where", "by", "send")
SCALES = {"k": 1e3, "M": 1e6, "B": 1e9}

_NUMBER = r"(?P<number>-?\d[\d,]*\.?\d*)(?:\s*(?P<mark>%|k|M|B|points?))?"
_LIMIT = re.compile(
    rf"(?P<metric>\w+)\s*(?P<sign>[<>])\s*{_NUMBER}(?:\s+for\s+(?P<periods>\d+)\s+"
    r"(?P<period>week|month|quarter|year)s?)?"
)
_MOVE = re.compile(
    rf"(?P<metric>\w+)\s+(?P<way>drops|rises|moves)(?:\s+{_NUMBER})?\s+against\s+(?:"
    r"last\s+(?P<period>week|month|quarter|year)|the\s+same\s+(?P<season>week|month|quarter)\s+"
    r"last\s+year)"
)


@dataclass(frozen=True)
class Limit:
    """A metric beyond a limit in so many periods running."""

    metric: str
    below: bool
    limit: float
    periods: int = 1
    period: str = "month"


@dataclass(frozen=True)
class Move:
    """A metric that differs from the period before, or from the same one a year before.

    ``least`` is the smallest difference that counts, in the metric's unit, or as a share of the
    former value if ``relative``. ``way`` is drops, rises or moves.
    """

    metric: str
    way: str
    period: str
    yearly: bool = False
    least: float = 0.0
    relative: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule: its words, what it tests (None for anything that moved), and where.

    Parameters
    ----------
    text
        The rule as it is written.
    test
        What it tests; None for all that :func:`revkit.watch` finds.
    name
        What it is called in messages; else the rule itself.
    where
        Only rows with these values, by dimension.
    by
        A dimension, each of whose values is tested alone.
    send
        The name of a receiver: a variable or a profile that holds its address.
    """

    text: str
    test: Limit | Move | None
    name: str = ""
    where: Mapping[str, str | list[str]] = field(default_factory=dict)
    by: str | None = None
    send: str | None = None

    @property
    def title(self) -> str:
        """The rule's name, or its words."""
        return self.name or self.text


def rules_of(text: str) -> Limit | Move | None:
    """Return what one line tests; None for ``anything``.

    Raises
    ------
    AlertError
        When it is not such a line, or its number does not fit the metric.
    FormulaError
        When there is no such metric.

    Examples
    --------
    >>> rules_of("nrr < 1.0 for 2 months")
    Limit(metric='nrr', below=True, limit=1.0, periods=2, period='month')
    >>> rules_of("win_rate drops 3 points against last quarter").least
    0.03
    >>> rules_of("mrr drops 5 % against last month").relative
    True
    """
    line = " ".join(text.split())
    if line == ANYTHING:
        return None
    if found := _LIMIT.fullmatch(line):
        limit = _limit(found, line)
        periods = int(found["periods"] or 1)
        if not 1 <= periods <= 24:
            raise AlertError.periods(line)
        return Limit(found["metric"], found["sign"] == "<", limit, periods,
                     found["period"] or "month")  # fmt: skip
    if found := _MOVE.fullmatch(line):
        least, relative = _least(found, line)
        return Move(found["metric"], found["way"], found["period"] or found["season"],
                    found["season"] is not None, least, relative)  # fmt: skip
    raise AlertError.not_a_rule(text)


def _percent(metric: str) -> bool:
    from revkit.catalogue import find

    made = find(metric)
    return made.percent or made.unit == "share"


def _number(found: re.Match[str]) -> float:
    return float(found["number"].replace(",", "")) * SCALES.get(found["mark"] or "", 1.0)


def _limit(found: re.Match[str], line: str) -> float:
    """Return a limit in the metric's unit: 20 % is 0.2, and a share above 5 is refused."""
    number, mark, percent = _number(found), found["mark"] or "", _percent(found["metric"])
    if mark.startswith("point") or (mark == "%" and not percent):
        raise AlertError.unit(line, metric=found["metric"], instead=found["number"])
    if mark == "%":
        return number / 100
    if percent and abs(number) > 5:
        raise AlertError.unit(line, metric=found["metric"], instead=f"{found['number']} %")
    return number


def _least(found: re.Match[str], line: str) -> tuple[float, bool]:
    """Return the smallest difference that counts, and whether it is a share of the value."""
    if found["number"] is None:
        return 0.0, False
    number, mark, percent = _number(found), found["mark"] or "", _percent(found["metric"])
    if number < 0 or mark.startswith("point") != percent:
        instead = f"{abs(number):g} points" if percent else f"{abs(number):g} %"
        raise AlertError.unit(line, metric=found["metric"], instead=instead)
    return (number, False) if not mark or mark in SCALES else (number / 100, mark == "%")


def read_rules(path: str | Path = DEFAULT) -> list[Rule]:
    """Return the rules of a YAML file: a list below ``alerts``; ``default`` are the kit's own.

    Raises
    ------
    AlertError
        When the file cannot be read, or a rule is not one.
    """
    import yaml

    from revkit.yaml_files import load_yaml, yaml_problem

    file = SHIPPED if str(path) == DEFAULT else Path(path)
    try:
        content = load_yaml(file)
    except yaml.YAMLError as error:
        raise AlertError.unreadable(file, problem=yaml_problem(error)) from None
    lines = content.get("alerts") if isinstance(content, dict) and len(content) == 1 else None
    if not isinstance(lines, list) or not lines:
        raise AlertError.no_list(file)
    rules = [_rule(one, file, place) for place, one in enumerate(lines, start=1)]
    twice = {one.title for one in rules if [other.title for other in rules].count(one.title) > 1}
    if twice:
        raise AlertError.twice(file, sorted(twice))
    return rules


def _rule(given: Any, file: Path, place: int) -> Rule:
    """Return one entry of the list as a rule."""
    entry = {"rule": given} if isinstance(given, str) else given
    if not isinstance(entry, dict) or not isinstance(entry.get("rule"), str):
        raise AlertError.no_entry(file, place, given)
    for key, value in entry.items():
        if key not in KEYS:
            raise AlertError.unknown_key(file, place, key, known=KEYS)
        if key == "where":
            _filter(file, place, value)
        elif not isinstance(value, str):
            raise AlertError.no_text(file, place, key, value)
    try:
        test = rules_of(entry["rule"])
    except RevkitError as error:
        raise AlertError.in_file(file, place, problem=str(error)) from None
    if test is None and entry.get("by"):
        raise AlertError.in_file(
            file, place, problem="'anything' looks at all groups already; leave out by."
        )
    text = " ".join(entry["rule"].split())
    return Rule(text, test, entry.get("name", ""), entry.get("where", {}), entry.get("by"),
                entry.get("send"))  # fmt: skip


def _filter(file: Path, place: int, value: Any) -> None:
    """Refuse a filter that is not values by dimension."""
    fits = isinstance(value, dict) and all(
        isinstance(name, str)
        and (
            isinstance(one, str) or (isinstance(one, list) and all(isinstance(x, str) for x in one))
        )
        for name, one in value.items()
    )
    if not fits:
        raise AlertError.no_text(file, place, "where", value)
