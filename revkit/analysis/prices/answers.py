"""Answers to a survey of prices: read from a frame, a CSV file or a company, and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.dataset import Dataset
from revkit.dataset.argument import reached
from revkit.errors import ParameterError, PriceError

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE = "rk.price_sensitivity"
FOUR = ("too_cheap", "cheap", "expensive", "too_expensive")
"""Van Westendorp's questions, from the lowest price to the highest."""

OFFERED = ("price", "would_buy")
"""Gabor and Granger's: a price that was offered, and whether it would be paid."""

YES = {"yes": True, "y": True, "true": True, "1": True, "1.0": True, "sì": True, "si": True,
       "no": False, "n": False, "false": False, "0": False, "0.0": False}  # fmt: skip


@dataclass(frozen=True)
class Answers:
    """Answers as they count, and how many do not.

    Parameters
    ----------
    rows
        One row an answer: the numbers asked for, ``respondent`` where it is known, and the
        column that tells groups apart.
    unanswered
        Rows left out since something is missing.
    disordered
        Rows left out since their prices are not in order.
    currency
        Of the prices; None where it is not known.
    """

    rows: pd.DataFrame
    unanswered: int = 0
    disordered: int = 0
    currency: str | None = None

    def groups(self, by: str | None) -> list[tuple[dict[str, str], pd.DataFrame]]:
        """Return the answers of each group with its name by column; of all where `by` is None."""
        if by is None:
            return [({}, self.rows)]
        return [({by: str(name)}, part) for name, part in self.rows.groupby(by, sort=True)]


def read(answers: Any) -> tuple[pd.DataFrame, str | None]:
    """Return answers as a frame with plain column names, and their currency.

    Raises
    ------
    ParameterError
        When it is no frame, CSV file or company.
    PriceError
        When a file cannot be read.
    """
    if isinstance(answers, Dataset):
        reached(answers, "price_survey", WHERE)
        rows: pd.DataFrame = answers.table("price_survey").execute()
        return rows, answers.currency
    if isinstance(answers, str | Path):
        try:
            rows = pd.read_csv(Path(answers).expanduser(), encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise PriceError.unreadable(
                answers, where=WHERE, problem=str(error).splitlines()[0], needed=FOUR
            ) from None
    elif isinstance(answers, pd.DataFrame):
        rows = answers.copy()
    else:
        raise ParameterError.unfit(
            "answers", answers, where=WHERE, needed="a DataFrame, the path of a CSV file or a "
            "Dataset", example="'survey.csv'",
        )  # fmt: skip
    rows.columns = pd.Index([re.sub(r"[\s\-]+", "_", f"{name}".strip().lower()) for name in rows])
    return rows.reset_index(drop=True), None


def four_prices(rows: pd.DataFrame, by: Sequence[str], currency: str | None) -> Answers:
    """Return the answers whose four prices are there and in order; equal ones are in order."""
    prices = pd.DataFrame({name: numbers(rows, name) for name in FOUR})
    known = prices.notna().all(axis=1)
    steps = np.diff(prices[known].to_numpy(), axis=1, prepend=0.0)
    ordered = pd.Series((steps >= 0).all(axis=1), index=prices.index[known])
    kept = prices.loc[ordered.index[ordered]].assign(**{name: rows[name] for name in by})
    return Answers(kept, int((~known).sum()), int((~ordered).sum()), currency)


def offers(rows: pd.DataFrame, by: Sequence[str], currency: str | None) -> Answers:
    """Return the prices offered that were answered with yes or no.

    Raises
    ------
    PriceError
        When an answer is neither, or somebody answers to one price twice.
    """
    said = rows["would_buy"]
    words = said.where(said.isna(), said.astype(str).str.strip().str.lower())
    if (strange := said.notna() & ~words.isin([*YES])).any():
        raise PriceError.strange_answer(
            "would_buy", said[strange].iloc[0], where=WHERE, needed="yes or no"
        )
    kept = pd.DataFrame({"price": numbers(rows, "price"), "would_buy": words.map(YES)})
    kept = kept.assign(**{name: rows[name] for name in by})
    if "respondent" in rows:
        kept["respondent"] = rows["respondent"]
        if kept.duplicated(["respondent", "price"]).any():
            twice = kept.loc[kept.duplicated(["respondent", "price"]), "respondent"].iloc[0]
            raise PriceError.answered_twice(twice, where=WHERE)
    known = kept[["price", "would_buy"]].notna().all(axis=1) & (kept["price"] > 0)
    kept = kept[known].assign(would_buy=lambda of: of["would_buy"].astype(bool))
    return Answers(kept, int((~known).sum()), 0, currency)


def numbers(rows: pd.DataFrame, name: str) -> pd.Series[float]:
    """Return a column of prices as numbers, refusing what is none."""
    found = pd.to_numeric(rows[name], errors="coerce").astype(float)
    found = found.where(np.isfinite(found))
    if (strange := found.isna() & rows[name].notna()).any():
        raise PriceError.strange_answer(
            name, rows.loc[strange, name].iloc[0], where=WHERE, needed="a number"
        )
    return found
