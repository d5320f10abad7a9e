"""Answers: yes or no to the question of a criterion, from a mapping or a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from revkit.analysis.operating_model.criteria import CRITERIA
from revkit.analysis.operating_model.thresholds import content
from revkit.errors import ParameterError

IDS = tuple(one.id for one in CRITERIA)
WORDS = {"yes": True, "no": False, "sì": True, "si": True}


def read_answers(given: Mapping[str, Any] | str | Path | None) -> dict[str, bool]:
    """Return the answers by criterion.

    Parameters
    ----------
    given
        By criterion True or False, "yes" or "no"; None for a question that is open. Or the path
        of a YAML file that says so.

    Raises
    ------
    ParameterError
        When a criterion is not known, or an answer is neither yes nor no.

    Examples
    --------
    >>> read_answers({"S5": "yes", "R5": False, "B": None})
    {'S5': True, 'R5': False}
    """
    if given is None:
        return {}
    if isinstance(given, str | Path):
        place: str | Path = Path(given)
        found: Mapping[Any, Any] = content(Path(given), "answers", "answers, such as S5: yes")
    elif isinstance(given, Mapping):
        place, found = "answers", given
    else:
        raise ParameterError.unfit(
            "answers", given, where="rk.assess",
            needed="answers by criterion, or the path of a YAML file", example="{'S5': 'yes'}",
        )  # fmt: skip
    for name in found:
        if name not in IDS:
            raise ParameterError.unknown_in_file(place, "the criteria", name, known=IDS)
    return {
        name: _answer(answer, name, place) for name, answer in found.items() if answer is not None
    }


def _answer(given: Any, criterion: str, place: str | Path) -> bool:
    """Return one answer."""
    word = given.strip().casefold() if isinstance(given, str) else given
    answer = WORDS.get(word) if isinstance(word, str) else word
    if isinstance(answer, bool):
        return answer
    raise ParameterError.wrong_in_file(
        place, criterion, given, needed="yes or no",
        remedy=f"Write {criterion}: yes, or leave it out while nobody knows.",
    )  # fmt: skip
