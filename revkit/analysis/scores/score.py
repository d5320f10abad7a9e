"""Score: how likely each deal is won, each customer lost or grown, each lead taken up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.scores import reasons
from revkit.analysis.scores.design import Design
from revkit.analysis.scores.guard import unlike
from revkit.analysis.scores.learning import LEAST_EVENTS, LEAST_ROWS, enough, events, learn
from revkit.analysis.scores.result import ALIKE, FEW, TARGETS, Score
from revkit.analysis.scores.snapshots.customers import customers, paying
from revkit.analysis.scores.snapshots.deals import deals
from revkit.analysis.scores.snapshots.leads import leads
from revkit.analysis.writing.counts import counted
from revkit.dataset.argument import company
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from revkit.analysis.scores.snapshots.rows import Snapshots
    from revkit.dataset import Dataset

    Numbers = NDArray[np.float64]

HORIZON = 90
LEVEL = 0.9
READ = {
    "win": ("opportunities", "opportunity_history", "activities", "accounts"),
    "churn": ("subscriptions", "usage", "tickets", "invoices", "accounts"),
    "expand": ("subscriptions", "usage", "tickets", "invoices", "accounts"),
    "convert": ("leads", "lead_history", "activities", "opportunities", "accounts"),
}
"""The tables whose notes are those of a target."""

EDITED = message(
    "{columns}: not learned from, as a value common in the past is nearly gone from what is "
    "scored; it may be filled in once the outcome is known."
)


def score(data: Dataset, target: str, *, horizon: int = HORIZON, level: float = LEVEL) -> Score:
    """Return how likely the outcome is for each open deal, customer or open lead.

    Learned from the company's own past: on the same day of each month of the last two years, what
    was known of each on that day, and whether the outcome came within the horizon; only days whose
    horizon is over. Tested on the latest quarter of those days, by a model of the days before.

    Parameters
    ----------
    data
        A company; ``win`` needs opportunities, ``churn`` and ``expand`` subscriptions, ``convert``
        leads. Histories, activities, usage, tickets and invoices are learned from when loaded.
    target
        ``win``: each open deal is won. ``churn``: each customer pays nothing at the horizon.
        ``expand``: it pays more then. ``convert``: each open lead is an opportunity by then.
    horizon
        Days within which the outcome is to come.
    level
        Of the band of each probability.

    Returns
    -------
    Score
        ``rows`` (one each, the likeliest first: probability with band, money at stake, reasons),
        ``evaluation`` (AUC, Brier score, calibration slope, lift at 10 %, base rate, rows trained
        and tested on), ``by_score``, ``notes``. Probabilities are NaN where there is too little
        past to learn from, which the last note says.

    Raises
    ------
    TableError
        When a needed table is not loaded.
    ParameterError
        When the target is none of the four.

    Notes
    -----
    Money at stake: the amount of a deal; a customer's MRR of a year; for growth that times what
    customers that grew grew by; for a lead the mean amount of decided new deals, lost ones as 0.

    Examples
    --------
    >>> import revkit as rk
    >>> rk.score(rk.example("deals"), "win").known
    False
    """
    company(data, "rk.score")
    check.choice(target, "target", "rk.score", known=TARGETS)
    horizon = check.whole(horizon, "horizon", "rk.score", what="number of days", example=HORIZON)
    check.fraction(level, "level", "rk.score", example=LEVEL)
    return scored(data, target, snapshots(data, target, horizon), horizon, level)


def scored(data: Dataset, target: str, taken: Snapshots, horizon: int, level: float) -> Score:
    """Return the score of snapshots that were taken."""
    rows, words = taken.rows, spoken(None)
    rows = rows.assign(__entity=rows[taken.key].astype(str), __day=rows["day"])
    past = rows[rows["outcome"].notna()].reset_index(drop=True)
    last = rows["day"].max()
    today = rows[rows["day"] == last].reset_index(drop=True)
    today = today.drop_duplicates(taken.key, ignore_index=True)
    noted = [*map(str, data.notes_on([one for one in READ[target] if one in data])), *taken.notes]
    edited = unlike(past, today, taken.fixed)
    if edited:
        noted.append(words.gettext(EDITED, columns=", ".join(edited)))
    features = [name for name in taken.features if name not in edited]
    outcome = past["outcome"].to_numpy(dtype=np.float64)
    evaluation = by_score = moved = pd.DataFrame()
    why_not = unlearnable(past, outcome, features)
    if not why_not:
        learned = learn(past, outcome, features, horizon, level)
        low, high = learned.line.band(learned.model.log_odds(today), level)
        listed = _listed(today, taken.key, learned.model.probability(today), low, high)
        moved = reasons.contributions(learned.model, today, past).loc[listed.index]
        evaluation, by_score = learned.evaluation, learned.by_score
    else:
        noted.append(why_not)
        unknown = np.full(len(today), np.nan)
        listed = _listed(today, taken.key, unknown, unknown, unknown)
    return Score(
        target,
        listed.reset_index(drop=True),
        moved.reset_index(drop=True),
        today.loc[listed.index].reset_index(drop=True),
        evaluation,
        by_score,
        data.currency,
        horizon,
        data.as_of,
        tuple(noted),
    )


def unlearnable(past: pd.DataFrame, outcome: Numbers, features: Sequence[str]) -> str:
    """Say why nothing can be learned from past rows; empty where something can."""
    words = spoken(None)
    if not enough(past, outcome):
        return words.gettext(
            FEW, rows=counted(len(past), "rows", words), events=words.count(events(past, outcome)),
            least_rows=LEAST_ROWS, least_events=LEAST_EVENTS,
        )  # fmt: skip
    return "" if Design.of(past, features).features else words.gettext(ALIKE)


def snapshots(data: Dataset, target: str, horizon: int) -> Snapshots:
    """Take the snapshots of a target."""
    if target == "win":
        return deals(data, horizon)
    if target == "convert":
        return leads(data, horizon)
    return customers(paying(data), horizon, target)


def _listed(
    rows: pd.DataFrame, key: str, probability: Numbers, low: Numbers, high: Numbers
) -> pd.DataFrame:
    """Return the rows as they are shown, the likeliest first."""
    named = rows["account"].where(rows["account"].notna(), rows["account_id"])
    listed = pd.DataFrame({
        key: rows[key], "account": named.astype(object), "rep_id": rows["rep_id"].astype(object),
        "probability": probability, "low": low, "high": high,
        "money": rows["money"].astype(np.float64),
    })  # fmt: skip
    if key != "account_id":
        listed.insert(1, "account_id", rows["account_id"].astype(object))
    listed["expected"] = listed["probability"] * listed["money"]
    return listed.sort_values(["probability", key], ascending=[False, True], kind="stable")
