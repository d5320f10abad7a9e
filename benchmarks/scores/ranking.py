"""How well scores rank, beside the true chances of the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.scores.truth import latent, of_customers, of_deals, of_deals_untold
from revkit.analysis.scores.evaluation import area, line
from revkit.analysis.scores.learning import TESTED, learn
from revkit.analysis.scores.score import snapshots
from revkit.synth.company import Company

ASKED = (("win", 90), ("churn", 30), ("churn", 90), ("expand", 90), ("convert", 90))


def ranked(company: Company) -> list[dict[str, object]]:
    """Return one row a target: AUC, that of the true chances, and calibration on the test."""
    data, known = company.data, latent(company)
    found = []
    for target, horizon in ASKED:
        taken = snapshots(data, target, horizon)
        rows = taken.rows[taken.rows["outcome"].notna()].reset_index(drop=True)
        rows = rows.assign(__entity=rows[taken.key].astype(str), __day=rows["day"])
        outcome = rows["outcome"].to_numpy(dtype=np.float64)
        learned = learn(rows, outcome, list(taken.features), horizon, 0.9)
        days = np.unique(rows["day"].to_numpy())
        test = rows[rows["day"] >= days[-max(1, round(TESTED * len(days)))]]
        test = test.reset_index(drop=True).assign(told=learned.tested)
        row = {"target": target, "horizon": horizon} | learned.evaluation.iloc[0].to_dict()
        row["slope_error"] = float(np.sqrt(learned.line.covariance[1, 1]))
        row |= _beside(test, target, horizon, known, company)
        found.append(row)
    return found


def pooled(found: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the calibration slope of each kind of row over all seeds, with its standard error.

    One company's slope of sixty customers who left is off by .2 by chance. The error is the larger
    of that of the slopes and that of how they lie apart.
    """
    known = found[found["slope_error"].gt(0)]
    weight = known["slope_error"] ** -2
    sums = known.assign(weight=weight, weighted=weight * known["slope"]).groupby(by)
    total = sums["weight"].sum()
    apart = sums["slope"].std() / np.sqrt(sums.size())
    return pd.DataFrame({
        "slope": sums["weighted"].sum() / total, "error": np.fmax(total**-0.5, apart),
        "companies": sums.size(), "events": sums["events"].mean(),
    })  # fmt: skip


NEW = 31
"""Days after its creation within which a deal is met for the first time."""


def _beside(
    test: pd.DataFrame,
    target: str,
    horizon: int,
    known: dict[str, pd.DataFrame],
    company: Company,
) -> dict[str, float]:
    """Return the AUC of score and truth on the rows whose true chance is known."""
    if target == "win":
        truth = of_deals(test, known).to_numpy(dtype=np.float64)
    elif target == "churn":
        truth = of_customers(test, known, round(horizon / 30))
    else:
        return {"auc_here": np.nan, "auc_truth": np.nan}
    here = ~np.isnan(truth)
    outcome = test["outcome"].to_numpy(dtype=np.float64)[here]
    told = test["told"].to_numpy()[here]
    found = {"auc_here": area(outcome, told), "auc_truth": area(outcome, truth[here])}
    if target == "win":
        deals, age = test[here], (test["day"] - test["created_on"]).dt.days[here]
        first = ~deals["opportunity_id"].duplicated().to_numpy()
        ever = known["truth_opportunities"].set_index("opportunity_id")["is_won"]
        won = deals["opportunity_id"].map(ever).to_numpy(dtype=np.float64)
        untold = of_deals_untold(deals, known, company).to_numpy(dtype=np.float64)
        for name, rows in (("ever", first), ("new", first & (age <= NEW).to_numpy())):
            found |= {f"{name}_here": area(won[rows], told[rows]),
                      f"{name}_truth": area(won[rows], truth[here][rows]),
                      f"{name}_tables": area(won[rows], untold[rows])}  # fmt: skip
    entity = test["account_id"].astype(str).to_numpy()[here]
    return found | {"slope_here": line(outcome, told, entity).slope}
