"""What a list of next actions earned in the three months after it, beside other lists as long."""

from __future__ import annotations

import pandas as pd

import revkit as rk
from revkit.analysis.actions.next_actions import TARGETS, scores_of
from revkit.analysis.actions.owners import owners
from revkit.analysis.actions.steps import QUIET
from revkit.analysis.scores.score import snapshots
from revkit.dataset import Dataset

MONTHS = 3


def earned(data: Dataset, capacity: int) -> pd.DataFrame:
    """Return one row a list: what came of its actions, and how many they are.

    A lead that became a deal counts what such a deal is worth, a deal that was won its amount, a
    customer who left the MRR of a year that was there to be kept, one who grew the growth of a
    year. At random: the mean over all that each owner could have been given (open leads, deals that
    are overdue or stale, customers to keep and to grow); by size: the largest money at stake.
    """
    day = pd.Timestamp(data.as_of) - pd.offsets.MonthEnd(MONTHS)
    then, horizon = data.replay(day.date()), (pd.Timestamp(data.as_of) - day).days
    scores, _ = scores_of(then, horizon)
    pools = []
    for action, one in scores.items():
        taken = snapshots(data, TARGETS[action][0], horizon)
        known = taken.rows[taken.rows["day"] == day].drop_duplicates(taken.key)
        outcome = known.set_index(known[taken.key].astype(str))["outcome"]
        rows = one.scored.assign(action=action, id=one.scored[taken.key].astype(str))
        if action == "deal":
            late = one.values["due_in"] < 0 if "due_in" in one.values else False
            rows = rows[(one.values["idle"] > QUIET) | late]
        rows["came"] = rows["id"].map(outcome).fillna(0.0) * rows["money"].fillna(0.0)
        pools.append(rows)
    who = owners(then)
    pool = pd.concat(pools, ignore_index=True)
    pool["rep_id"] = [rep if who.here(rep) else "" for rep in pool["rep_id"]]
    came = pool.set_index(["action", "id"])["came"]
    listed = rk.next_actions(then, capacity=capacity, horizon=horizon).rows
    n = listed["rep_id"].fillna("").value_counts()
    ours = came.reindex(pd.MultiIndex.from_frame(listed[["action", "id"]])).sum()
    mine = {rep: pool[pool["rep_id"] == rep] for rep in n.index}
    chance = sum(k * mine[rep]["came"].mean() for rep, k in n.items())
    size = sum(mine[rep].nlargest(k, "money")["came"].sum() for rep, k in n.items())
    best = sum(mine[rep].nlargest(k, "came")["came"].sum() for rep, k in n.items())
    return pd.DataFrame(
        [("next actions", ours), ("by size", size), ("at random", chance), ("hindsight", best)],
        columns=["list", "earned"],
    ).assign(actions=len(listed))
