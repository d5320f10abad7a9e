"""Next actions: leads to call, deals to rescue, customers to keep and to grow, for each rep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.actions.offers import with_offers
from revkit.analysis.actions.owners import Owners, owners
from revkit.analysis.actions.result import COLUMNS, NextActions
from revkit.analysis.actions.steps import QUIET
from revkit.analysis.scores import reasons
from revkit.analysis.scores.result import Score
from revkit.analysis.scores.score import HORIZON, LEVEL, scored, snapshots
from revkit.analysis.scores.snapshots.customers import Paying, customers, paying
from revkit.dataset.argument import company
from revkit.errors import UNTOLD, ParameterError
from revkit.language import Language, message
from revkit.language import language as spoken

if TYPE_CHECKING:
    from revkit.dataset import Dataset

TARGETS = {
    "lead": ("convert", "leads"),
    "deal": ("win", "opportunities"),
    "save": ("churn", "subscriptions"),
    "expand": ("expand", "subscriptions"),
}
"""The score behind each action, and the table it is of."""

UNKNOWN = message("{action}: {problem}")


def next_actions(
    data: Dataset, owner: str | None = None, *, only: str | None = None,
    capacity: int | None = None, horizon: int = HORIZON,
) -> NextActions:  # fmt: skip
    """Return what each rep should do next, the most valuable first, within a week's capacity.

    Leads likely to become opportunities; open deals that are overdue or on which nothing has
    happened for over 30 days; customers likelier to leave than others; customers likelier to grow
    than others, with what to offer. What nobody here owns is listed as unassigned.

    Parameters
    ----------
    data
        A company with leads, opportunities or subscriptions, whatever there is.
    owner
        A rep, by id or name; everybody when omitted.
    only
        One kind of action: ``lead``, ``deal``, ``save`` or ``expand``; all when omitted.
    capacity
        Actions of a rep in a week; what each did in a week of the last 13 when omitted.
    horizon
        Days within which the outcomes are to come.

    Returns
    -------
    NextActions
        ``rows`` (one an action; empty when there is nothing), ``finding()``, ``to_csv(path)``.

    Raises
    ------
    ParameterError
        When nobody here has the owner's id or name.

    Notes
    -----
    The expected value is what is at stake times the probability of the outcome. It ranks; what an
    action changes about the outcome is not known from records of the past.

    Examples
    --------
    >>> import revkit as rk
    >>> rk.next_actions(rk.example("deals")).rows.empty
    True
    """
    company(data, "rk.next_actions")
    if capacity is not None:
        capacity = check.whole(capacity, "capacity", "rk.next_actions", what="number of actions")
    if only is not None:
        check.choice(only, "only", "rk.next_actions", known=TARGETS)
    horizon = check.whole(
        horizon, "horizon", "rk.next_actions", what="number of days", example=HORIZON
    )
    if owner is not None:
        check.text(owner, "owner", "rk.next_actions", example="R0001")
    who = owners(data)
    asked = None if owner is None else _asked(owner, who)
    scores, notes = scores_of(data, horizon, only)
    items = _items(scores, data)
    items = items if only is None else items[items["action"] == only]
    found = len(items)
    items = _assigned(items, who)
    if asked is not None:
        items = items[items["rep_id"] == asked]
        found = len(items)
    items = _ranked(items, who, capacity)
    nobody = int(items["rep_id"].isna().sum())
    if nobody:
        notes.append(
            spoken(None).ngettext(
                "{n} of the actions is of nobody who is here: assign it.",
                "{n} of the actions are of nobody who is here: assign them.",
                nobody,
                n=spoken(None).count(nobody),
            )
        )

    def why(action: str, place: int, words: Language) -> str:
        return _why(scores[action], place, words)

    return NextActions(items, why, found, data.currency, data.as_of, tuple(dict.fromkeys(notes)))


def _asked(owner: str, who: Owners) -> str:
    """Return the id of a rep named by id or name."""
    if who.names is None or owner in who.names:
        return owner
    named = [rep for rep, name in who.names.items() if name == owner]
    if len(named) == 1:
        return named[0]
    gone = owner in who.left or owner in who.left.values()
    raise ParameterError.no_owner(owner, known=who.names, left=gone, several=len(named))


def scores_of(
    data: Dataset, horizon: int, only: str | None = None
) -> tuple[dict[str, Score], list[str]]:
    """Return the scores of what there is, and the notes on what there is not.

    Who is to be saved is offered nothing, so offers need that score, too.
    """
    needed = TARGETS if only is None else {only, *(["save"] if only == "expand" else [])}
    found: dict[str, Score] = {}
    notes: list[str] = []
    words = spoken(None)
    known: Paying | None = None
    for action, (target, table) in TARGETS.items():
        if table not in data or action not in needed:
            continue
        try:
            if table == "subscriptions":
                known = known or paying(data)
                taken = customers(known, horizon, target)
            else:
                taken = snapshots(data, target, horizon)
            found[action] = scored(data, target, taken, horizon, LEVEL)
        except UNTOLD as error:
            notes.append(words.gettext(UNKNOWN, action=target, problem=str(error)))
            continue
        notes += found[action].notes
    return found, notes


def _items(scores: dict[str, Score], data: Dataset) -> pd.DataFrame:
    """Return the actions that could be taken, of all owners."""
    parts = []
    for action, one in scores.items():
        rows = one.scored.join(one.values.drop(columns=one.scored.columns, errors="ignore"))
        rows = rows.assign(place=np.arange(len(rows)), action=action)
        chance = rows["probability"]
        if action == "deal":
            overdue = rows["due_in"] < 0 if "due_in" in rows else chance.isna() & False
            rows = rows[overdue | (rows["idle"] > QUIET)]
        else:
            # Peers are all customers, also those who are not likely to grow.
            rows = with_offers(rows, data) if action == "expand" else rows
            rows = rows[chance >= chance.mean()]
        key = {"lead": "lead_id", "deal": "opportunity_id"}.get(action, "account_id")
        parts.append(rows.assign(id=rows[key]))
    if not parts:
        return pd.DataFrame(columns=[*COLUMNS, "place"]).drop(columns=["step", "reasons", "rank"])
    leaving = {row for part in parts for row in part["id"][part["action"] == "save"]}
    kept = []
    for part in parts:
        if len(part) and part["action"].iloc[0] == "expand":
            part = part[~part["id"].isin(leaving)]
        kept.append(part)
    return pd.concat([part for part in kept if len(part)] or parts[:1], ignore_index=True)


def _assigned(items: pd.DataFrame, who: Owners) -> pd.DataFrame:
    """Name the owners; nobody where the one on record is not here."""
    here = [rep if who.here(rep) else None for rep in items["rep_id"]]
    names = [None if rep is None else (who.names or {}).get(rep, rep) for rep in here]
    reps = pd.Series(here, index=items.index, dtype=object)
    return items.assign(rep_id=reps, owner=pd.Series(names, index=items.index, dtype=object))


def _ranked(items: pd.DataFrame, who: Owners, capacity: int | None) -> pd.DataFrame:
    """Rank the actions of each owner by expected value, as many as fit into a week."""
    order = items.assign(__known=items["expected"].isna())
    order = order.sort_values(
        ["__known", "expected", "money", "action", "id"],
        ascending=[True, False, False, True, True], kind="stable",
    )  # fmt: skip
    mine = order["rep_id"].fillna("")
    rank = mine.groupby(mine).cumcount() + 1
    most = mine.map(lambda rep: capacity or who.capacity(rep)).astype(float)
    kept = order.assign(rank=rank, __mine=mine.eq(""))[rank <= most]
    kept = kept.sort_values(["__mine", "rep_id", "rank"], kind="stable")
    return kept.drop(columns=["__known", "__mine"]).reset_index(drop=True)


def _why(one: Score, place: Any, words: Language) -> str:
    if not one.known:
        return ""
    moved, values = one.moved.iloc[int(place)], one.values.iloc[int(place)]
    return reasons.sentence(moved, values, words, one.currency)
