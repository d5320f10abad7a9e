"""Score of a plain table: features and an outcome, whatever they are of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.scores import plain_table, reasons
from revkit.analysis.scores.learning import learn
from revkit.analysis.scores.models import expit
from revkit.analysis.scores.result import Score
from revkit.analysis.scores.score import LEVEL, unlearnable
from revkit.errors import ColumnError, ParameterError
from revkit.language import language as spoken
from revkit.language import message

WHERE = "rk.score_table"

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
    _apart(frame, {"outcome": outcome, "key": key, "day": day})
    horizon = check.whole(horizon, "horizon", WHERE, least=0, what="number of days", example=90)
    check.fraction(level, "level", WHERE, example=LEVEL)
    happened = plain_table.outcome(frame[outcome], outcome, hit)
    rows = plain_table.features(frame.drop(columns=outcome), [key, day])
    features = [str(name) for name in rows.columns]
    rows["__entity"] = plain_table.entities(frame, key)
    rows["__day"] = plain_table.days(frame[day], day) if day else pd.NaT
    seen = ~np.isnan(happened)
    words, notes = spoken(None), []
    past, known = rows[seen].reset_index(drop=True), happened[seen]
    telling = plain_table.telling(past, known, features)
    if telling:
        notes.append(words.gettext(TOLD, columns=", ".join(telling)))
    asked = rows if seen.all() else rows[~seen]
    listed = pd.DataFrame({key or "row": (frame[key] if key else frame.index.to_series())
                           .to_numpy()[asked.index]})  # fmt: skip
    none = pd.DataFrame()
    asked = asked.reset_index(drop=True)
    evaluation = by_score = moved = none
    listed[["probability", "low", "high"]] = np.nan
    why_not = unlearnable(past, known, features)
    if not why_not:
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
        notes.append(why_not)
    return Score(
        outcome,
        listed.reset_index(drop=True),
        moved.reset_index(drop=True),
        asked.reset_index(drop=True),
        evaluation,
        by_score,
        notes=tuple(notes),
    )


def _apart(frame: pd.DataFrame, named: dict[str, str | None]) -> None:
    """Refuse columns of one name, and one column named for two things."""
    texts = [str(name) for name in frame.columns]
    twice = sorted({name for name in texts if texts.count(name) > 1})
    if twice:
        raise ColumnError.of_one_name("frame", columns=twice)
    for place, (what, name) in enumerate(named.items()):
        if name is not None and name in [*named.values()][:place]:
            needed = "a column that is named for nothing else"
            raise ParameterError.unfit(
                what, name, where=WHERE, needed=needed, example="'customer_id'"
            )
