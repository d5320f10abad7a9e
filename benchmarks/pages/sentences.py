"""What is wrong with a sentence: against what it was made from, and in itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.pages.runs import PARSED, Said
from benchmarks.quiet.agreement import disagreement
from revkit.analysis.survival import Survival
from revkit.errors import RevkitError
from revkit.statistics.intervals import wilson

BROKEN = {
    "a value that is none": r"\b(nan|NaN|None(?! of\b)|NaT|inf)\b|−?∞",
    "a zero with a sign": r"[+−]0(?:\.0+)?(?![\d.,])(?!\s?points or)",
    "one of several": r"(?<![\d.,–])1 (?!of\b)(?:months|days|rows|deals|opportunities|customers|"
    r"accounts|leads|subscriptions|reps|quarters|weeks|years|subscription months)\b",
    "a place without its word": r"\{\w*\}|%\(\w+\)",
    "a doubled mark": r"\.\.(?!\.)|,,|;;|\(\)|  |\s[.,;](?!\d)",
    "a bare name of a column": r"\b[a-z]+_[a-z_]+\b",
}
"""Why a text cannot be meant, and by what it is known."""

MEANT = {("a bare name of a column", "08_data_quality")}
"""That page is about tables and columns, by their names."""

ENGLISH = re.compile(
    r"\b(the|is|was|were|than|since|against|elsewhere|nothing|months|of which|fell|rose|counts|"
    r"or more)\b"
)
NUMBER = re.compile(r"(?<![\w.,])[€$£]?[−+]?[€$£]?\d[\d,]*(?:\.\d+)?(?: ?[kMB%](?!\w))?")
DATES = re.compile(
    r"\b(?:Q[1-4] \d{4}|\d{1,2} [A-Z][a-z]+ \d{4}|[A-Z][a-z]{2,8} \d{4}|\d{4}-\d\d(?:-\d\d)?"
    r"|week of [^,.;]+|\d{4})\b"
)
LEVELS = re.compile(r"\b\d{1,2} ?% (?:interval|range|confidence|band|sure)\b|R\d+|\bMRR\d?\b")
KEPT = re.compile(r"Of ([\d,]+) customers .*?, ([\d.]+) % paid")
SCALE = {"k": 1e3, "M": 1e6, "B": 1e9, "%": 0.01}


def faults(
    said: Said, language: str, known: dict[int, np.ndarray] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a sentence: the kind of fault, and the words.

    ``known`` keeps the numbers of the page's objects from one of its sentences to the next.
    """
    known = {} if known is None else known
    for kind, pattern in BROKEN.items():
        if (kind, said.page) in MEANT:
            continue
        if found := re.search(pattern, said.text):
            yield kind, found[0]
    if language != "en":
        if found := ENGLISH.search(said.text):
            yield "English on another page", found[0]
        return
    if said.kind in PARSED and isinstance(said.result, pd.DataFrame):
        if wrong := disagreement(said.kind, said.text, said.result):
            yield "not what the frame holds", wrong
    else:
        if id(said.result) not in known:
            known[id(said.result)] = values(said.result)
        held = np.concatenate([known[id(said.result)], _ends(said)])
        for number in unbacked(said.text, held):
            yield "a number that no object holds", number


def _ends(said: Said) -> np.ndarray:
    """Return the ends of the interval of a share among so many, where the sentence gives both."""
    found = KEPT.search(said.text) if said.kind == "kept" else None
    if found is None:
        return np.empty(0)
    size, share = float(found[1].replace(",", "")), float(found[2]) / 100
    return np.ravel(wilson(np.array([round(share * size) / size]), np.array([size]), 0.95))


def unbacked(text: str, known: np.ndarray) -> Iterator[str]:
    """Yield the numbers of a sentence that are none of those known, as they are rounded.

    A share of, or a difference between, two that are known may be told beside them.
    """
    plain = LEVELS.sub("", DATES.sub("", text))
    told = [(found[0], *_read(found[0])) for found in NUMBER.finditer(plain)]
    beside = np.array([value for _, value, _ in told])
    with np.errstate(divide="ignore", invalid="ignore"):
        apart, part = beside[:, None] - beside, beside[:, None] / beside
        made = np.concatenate([part.ravel(), apart.ravel(), (1 - part).ravel()])
    for words, value, step in told:
        if step == 1.0 and value <= 12:
            continue  # a count of groups, or of months: too many objects have it by chance
        near = np.abs(known - value).min(initial=np.inf) <= step * 0.5000001
        if not near and not np.any(np.abs(np.abs(made) - value) <= max(step, 0.02 * value)):
            yield words


def _read(told: str) -> tuple[float, float]:
    """Return a number as it is written, without its sign, and its last digit's worth."""
    digits = re.sub(r"[^\d.]", "", told)
    scale = SCALE.get(told[-1], 1.0)
    return float(digits) * scale, scale * 10.0 ** -len(digits.partition(".")[2])


def values(made_from: Any, depth: int = 4) -> np.ndarray:
    """Return the numbers of an object and of what it holds, without their signs.

    Of a table's columns there are their sums, steps and shares too, and how often each word is in
    them; of shares also what is left of one; per month also per year.
    """
    found = [abs(number) for number in islice(_numbers(made_from, depth, {}), 400_000)]
    known = np.array(found, dtype="float64")
    known = known[np.isfinite(known)]
    shares = known[known <= 1]
    return np.concatenate([known, 1 - shares, known * 12, known / 12, known / 100])


def _numbers(one: Any, depth: int, seen: dict[int, Any]) -> Iterator[float]:
    if isinstance(one, bool) or depth < 0 or id(one) in seen:
        return
    if isinstance(one, int | float | np.number):
        yield float(one)
        return
    seen[id(one)] = one  # kept, so that no other object gets its number
    if isinstance(one, Survival):
        yield from _numbers([one.summary(), one.at(one.within)], depth, seen)
    if isinstance(one, pd.DataFrame):
        yield float(len(one))
        for name in one.columns:
            yield from _of_column(one[name])
            if "amount" in one and pd.api.types.is_float_dtype(one[name]):
                yield float((one[name] * one["amount"]).sum() / one["amount"].sum())
        yield from _numbers(dict(one.attrs), depth - 1, seen)
    elif isinstance(one, pd.Series):
        yield from _of_column(one)
    elif isinstance(one, np.ndarray) and one.dtype.kind in "if" and one.size < 100_000:
        yield from one.astype("float64").ravel()
    elif isinstance(one, Mapping):
        for name, value in list(one.items()):
            if not str(name).startswith("_") and name not in ("In", "Out"):
                yield from _numbers(value, depth, seen)
    elif isinstance(one, list | tuple):
        for value in one:
            yield from _numbers(value, depth - 1, seen)
    elif is_dataclass(one) and not isinstance(one, type):
        yield from _numbers(_parts(one), depth - 1, seen)


def _of_column(column: pd.Series) -> Iterator[float]:
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        plain = column.astype("float64").to_numpy()
        total = float(np.nansum(plain))
        yield from plain
        yield from np.diff(plain)
        yield total
        if total:
            yield from plain / total
    elif all(isinstance(one, str | bool) for one in column):
        counts = column.value_counts()
        yield from counts.astype("float64")
        yield float(len(counts))


def _parts(one: Any) -> dict[str, Any]:
    """Return the fields of an object, and what it computes of them when asked."""
    found = {part.name: getattr(one, part.name) for part in fields(one)}
    for name in dir(type(one)):
        if isinstance(getattr(type(one), name), property | cached_property):
            try:
                found[name] = getattr(one, name)
            except RevkitError:  # what this company cannot tell
                continue
    return found


def unconditional(texts: Mapping[str, set[str]], least: int = 5) -> list[str]:
    """Return sentences that at least so many companies got, if all of theirs, word for word.

    Parameters
    ----------
    texts
        Company to its sentences, those that say nothing stands out left out.
    """
    shared: dict[str, int] = {}
    for said in texts.values():
        for text in said:
            shared[text] = shared.get(text, 0) + 1
    return sorted(text for text, count in shared.items() if count >= least)
