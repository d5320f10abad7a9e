"""A test of prices: what it could see, and what it saw, at a fixed end and at any look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from revkit import arguments as check
from revkit.analysis.prices.verdicts import PriceTest
from revkit.dataset.argument import company, reached
from revkit.errors import PriceError
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

WHERE = "rk.price_test"
PLANNED = 2_000
"""Visitors of a variant at which the interval for any look is narrowest."""


def price_test(
    data: Dataset,
    test: str | None = None,
    *,
    control: str | None = None,
    split: Mapping[str, float] | None = None,
    planned: int = PLANNED,
    level: float = 0.95,
) -> PriceTest:
    """Compare what visitors bought at the prices of a test, and say first what it could see.

    Parameters
    ----------
    data
        A company with ``price_tests``.
    test
        Which one, where there are several.
    control
        The variant that the others are compared with; the first by name when omitted.
    split
        Share of visitors that each variant was to get; equal ones when omitted.
    planned
        Visitors of each variant at which the interval for any look is narrowest. Choose it before
        the test begins, and leave it.
    level
        Confidence, for all comparisons with the control together.

    Returns
    -------
    PriceTest
        ``variants`` (one row each), ``power`` (the difference that the test could see),
        ``differences`` from the control in conversion and in revenue a visitor, each at a fixed
        end (Newcombe, Welch) and at any look (confidence sequence), and ``findings``.

    Raises
    ------
    PriceError
        When there is no such test, or several and none is named.

    Examples
    --------
    >>> import pandas as pd
    >>> import revkit as rk
    >>> rows = [("a", "A", 10, True, 10), ("b", "B", 12, False, None)]
    >>> visits = pd.DataFrame(rows, columns=["visitor_id", "variant", "price", "bought", "amount"])
    >>> found = price_test(rk.Dataset(price_tests=visits.assign(test="page", seen_at="2026-03-01")))
    >>> found.variants["conversion"].tolist()
    [1.0, 0.0]
    """
    from ibis import _

    company(data, WHERE)
    reached(data, "price_tests", WHERE)
    check.whole(planned, "planned", WHERE, what="number of visitors", example=PLANNED)
    check.fraction(level, "level", WHERE)
    visits = data.table("price_tests")
    tests = sorted(str(one) for one in visits.select("test").distinct().execute()["test"])
    name = _chosen(test, tests)
    paid = "amount" in data.columns("price_tests")
    spent = _.amount.cast("float64") if paid else _.price.cast("float64") * float("nan")
    seen = visits.filter(_.test == name, _.bought.notnull()).mutate(
        hit=_.bought.ifelse(1, 0), spent=_.bought.ifelse(spent, 0.0)
    )
    rows: pd.DataFrame = (
        seen.aggregate(
            by="variant",
            visitors=_.count(),
            buyers=_.hit.sum(),
            price=_.price.cast("float64").min(),
            dearest=_.price.cast("float64").max(),
            revenue=_.spent.sum(),
            squares=(_.spent * _.spent).sum(),
            known=_.spent.count(),
        )
        .execute()
        .astype({"variant": str})
        .sort_values("variant", ignore_index=True)
    )
    variants = list(rows["variant"])
    if variants:
        control = _of(control, variants)
    notes = [] if paid else [message("Nothing says what was paid: revenue is not known.")]
    if (rows["dearest"] > rows["price"]).any():
        notes.append(message("A variant showed several prices; the lowest is written."))
    lacking = rows["known"] < rows["visitors"]
    rows.loc[lacking, ["revenue", "squares"]] = float("nan")
    if paid and lacking.any():
        notes.append(message("Some purchases have no amount: revenue is not known."))
    return PriceTest(
        name, rows, control or "", _shares(split, variants), planned, level, data.currency,
        tuple(notes),
    )  # fmt: skip


def _chosen(test: str | None, tests: list[str]) -> str:
    if test is None:
        if len(tests) > 1:
            raise PriceError.several_tests(tests, where=WHERE)
        return tests[0] if tests else ""
    check.text(test, "test", WHERE, example="page")
    if test not in tests:
        raise PriceError.unknown_name("test", test, tests, where=WHERE)
    return test


def _of(control: str | None, variants: list[str]) -> str:
    if control is None:
        return variants[0]
    check.text(control, "control", WHERE, example="A")
    if control not in variants:
        raise PriceError.unknown_name("variant", control, variants, where=WHERE)
    return control


def _shares(split: Mapping[str, float] | None, variants: list[str]) -> dict[str, float]:
    """Return the planned shares, which add up to 1."""
    if split is None:
        return dict.fromkeys(variants, 1 / max(len(variants), 1))
    check.mapping(
        split, "split", WHERE, needed="a share by variant", example="{'A': 0.5, 'B': 0.5}"
    )
    if {*split} != {*variants}:
        raise PriceError.wrong_split(dict(split), variants, where=WHERE)
    given = {name: check.positive(split[name], "split", WHERE, example=0.5) for name in variants}
    return {name: share / sum(given.values()) for name, share in given.items()}
