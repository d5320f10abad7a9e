"""Score of a plain table: features and an outcome, whatever they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.scores import reasons
from revkit.analysis.scores.evaluation import area
from revkit.analysis.scores.learning import enough, learn
from revkit.analysis.scores.models import expit
from revkit.analysis.scores.result import Score
from revkit.analysis.scores.score import LEVEL, too_few
from revkit.errors import ColumnError, ParameterError
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

WHERE = "rk.score_table"
HITS = ("true", "yes", "1", "1.0", "sì", "si")
"""Values that are the outcome, in any case, where none is named."""
TELLING = 0.99
"""AUC from which a single column is taken for the outcome itself."""
NUMBERS = 0.95
"""Share of a column's texts that must be numbers for it to be one."""

TOLD = message("{columns}: tells the outcome almost by itself; was it known beforehand? Leave it "
               "out if not: frame.drop(columns=…).")  # fmt: skip
UNDATED = message("The rows have no day: tested on rows left out at random, not on later ones.")


def score_table(
    frame: pd.DataFrame, outcome: str, *, key: str | None = None, day: str | None = None,
    hit: Any = None, horizon: int = 0, level: float = LEVEL,
) -> Score:  # fmt: skip
    """Return how likely the outcome is for each row of a plain table.

    Rows without an outcome are scored by a model of all the others. Where every row has one and
    none a day, each is scored by a model that did not see it.

    Parameters
    ----------
    frame
        One row each: an outcome, and features known before it; numbers or texts.
    outcome
        The column of the outcome: two values, or none where it is not known yet.
    key
        The column that names whose row it is; rows of one are kept together. Each its own when
        omitted.
    day
        The column of the day on which the features were known. With it the test is on the latest
        quarter of the days, without it on rows left out at random.
    hit
        The value that is the outcome; True, 1 or yes when omitted.
    horizon
        Days from ``day`` until the outcome is known.
    level
        Of the band of each probability.

    Returns
    -------
    Score
        As :func:`revkit.score`; ``rows`` in the order of probability, without money.

    Raises
    ------
    ColumnError
        When a named column is not there.
    ParameterError
        When the outcome has other than two values, or it is not plain which one is meant.

    Examples
    --------
    >>> import pandas as pd
    >>> import revkit as rk
    >>> few = pd.DataFrame({"seats": [3, 9, 4], "left": ["Yes", "No", None]})
    >>> rk.score_table(few, "left").known
    False
    """
    needed = "a data frame"
    check.of_kind(frame, pd.DataFrame, "frame", WHERE, needed=needed, example="pd.read_csv(file)")
    for name, what in ((outcome, "outcome"), (key, "key"), (day, "day")):
        if name is None and what != "outcome":
            continue
        check.text(name, what, WHERE, example="churned")
        if name not in frame.columns:
            raise ColumnError.missing(
                str(name), table="frame", found=[str(one) for one in frame.columns],
                remedy=f"Name another: {what}='…'.",
            )  # fmt: skip
    horizon = check.whole(horizon, "horizon", WHERE, least=0, what="number of days", example=90)
    check.fraction(level, "level", WHERE, example=LEVEL)
    happened = _outcome(frame[outcome], outcome, hit)
    rows = _features(frame.drop(columns=outcome), [key, day])
    features = [str(name) for name in rows.columns]
    rows["__entity"] = (frame[key] if key else pd.Series(range(len(frame)))).astype(str).to_numpy()
    rows["__day"] = pd.to_datetime(frame[day]).to_numpy() if day else pd.NaT
    seen = ~np.isnan(happened)
    words, notes = spoken(None), []
    past, known = rows[seen].reset_index(drop=True), happened[seen]
    telling = _telling(past, known, features)
    if telling:
        notes.append(words.gettext(TOLD, columns=", ".join(telling)))
    asked = rows if seen.all() else rows[~seen]
    listed = pd.DataFrame({key or "row": (frame[key] if key else frame.index.to_series())
                           .to_numpy()[asked.index]})  # fmt: skip
    none = pd.DataFrame()
    asked = asked.reset_index(drop=True)
    evaluation = by_score = moved = none
    listed[["probability", "low", "high"]] = np.nan
    if enough(past, known):
        learned = learn(past, known, features, horizon, level)
        notes += [] if day else [words.gettext(UNDATED)]
        unseen = seen.all() and not day
        log_odds = learned.tested if unseen else learned.model.log_odds(asked)
        low, high = learned.line.band(log_odds, level)
        order = np.argsort(-log_odds, kind="stable")
        listed = listed.assign(probability=expit(log_odds), low=low, high=high).iloc[order]
        moved = reasons.contributions(learned.model, asked, past).iloc[order]
        asked = asked.iloc[order]
        evaluation, by_score = learned.evaluation, learned.by_score
    else:
        notes.append(too_few(past, known))
    return Score(
        outcome,
        listed.reset_index(drop=True),
        moved.reset_index(drop=True),
        asked.reset_index(drop=True),
        evaluation,
        by_score,
        notes=tuple(notes),
    )


def _outcome(column: pd.Series[Any], name: str, hit: Any) -> NDArray[np.float64]:
    """Return 1 for the outcome, 0 for the other value, NaN where neither is known."""
    known = column.dropna()
    found = sorted(known.unique().tolist(), key=str)
    words = known.astype(str).str.strip().str.lower()
    is_hit = known == hit if hit is not None else words.isin(HITS)
    if len(found) > 2 or (len(found) == 2 and is_hit.all()) or not is_hit.any():
        raise ParameterError.not_two(name, where=WHERE, found=found, parameter="hit")
    return np.asarray(is_hit.astype(np.float64).reindex(column.index))


def _features(frame: pd.DataFrame, names: list[str | None]) -> pd.DataFrame:
    """Return the features: truth values as numbers, texts of numbers too; no days."""
    found = {}
    for name in [one for one in frame.columns if one not in names]:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            continue
        if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
            number = column.astype(np.float64)
            found[str(name)] = number.where(np.isfinite(number))
            continue
        number = pd.to_numeric(column, errors="coerce")
        given = column.notna() & column.astype(str).str.strip().ne("")
        share = number[given].notna().mean() if given.any() else 0.0
        found[str(name)] = number.astype(np.float64) if share >= NUMBERS else column.astype(object)
    return pd.DataFrame(found, index=frame.index).reset_index(drop=True)


def _telling(rows: pd.DataFrame, outcome: NDArray[np.float64], features: list[str]) -> list[str]:
    """Return the columns that by themselves tell who had the outcome."""
    found = []
    for name in features:
        column = rows[name]
        rank = column.fillna(column.median()) if pd.api.types.is_numeric_dtype(column) else \
            pd.Series(outcome).groupby(column.astype(str)).transform("mean")  # fmt: skip
        if column.nunique() <= len(rows) / 20 or pd.api.types.is_numeric_dtype(column):
            alone = area(outcome, rank.to_numpy(dtype=np.float64))
            if max(alone, 1 - alone) >= TELLING:
                found.append(name)
    return found
