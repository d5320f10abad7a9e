"""Coach: a rep, or the whole team, beside peers with like deals."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import pandas as pd

from revkit import arguments as check
from revkit.analysis.coaching.compare import compared
from revkit.analysis.coaching.deals import NEEDED, Span, deals_of
from revkit.analysis.coaching.keepers import keepers_of
from revkit.analysis.coaching.measures import of_deals, of_leads
from revkit.analysis.coaching.people import people
from revkit.analysis.coaching.quotas import attainment, unknown_quotas
from revkit.analysis.coaching.rep import RepCoaching
from revkit.analysis.coaching.result import Coaching
from revkit.analysis.coaching.rows import rows_of
from revkit.analysis.coaching.team.ramp import ramp_of
from revkit.analysis.coaching.team.territory import territories
from revkit.analysis.coaching.team.turnover import turnover_of
from revkit.analysis.coaching.time import time_of
from revkit.analysis.coaching.training import before_and_after, trainings
from revkit.analysis.defaults import kinds_unsaid, new_business
from revkit.dataset.argument import company
from revkit.language import language as spoken

if TYPE_CHECKING:
    from revkit.dataset import Dataset

TABLES = ("opportunities", "opportunity_history", "opportunity_splits", "reps", "rep_history",
          "activities", "targets", "leads", "accounts")  # fmt: skip
"""The tables that are read."""

LONGEST = 1200
"""Months that can be looked back."""


@overload
def coach(data: Dataset, rep: None = None, *, months: int = 24) -> Coaching: ...


@overload
def coach(data: Dataset, rep: str, *, months: int = 24) -> RepCoaching: ...


def coach(data: Dataset, rep: str | None = None, *, months: int = 24) -> Coaching | RepCoaching:
    """Compare reps with peers who have like deals, and say who needs help with what.

    Deals of new business are alike that are of the same segment, size, source, channel and first
    stage, closed at the same age, and begun by a rep of the same tenure. Wins, each stage,
    discounts, moved dates, idle and overdue deals, and answered leads are held against what like
    ones come to. A rep is named only where the team's cases, dealt out at random, would put
    somebody as far off on any measure in 5 % of teams at most; a rep with fewer than 20 cases of a
    measure is not compared in it, and neither is one most of whose deals are renewals and
    expansions.

    Parameters
    ----------
    data
        A company with opportunities and who owns them; with opportunity_history and stages it is
        told where deals are lost, with targets attainment, with activities time and speed.
    rep
        The id or name of one rep; the whole team when omitted.
    months
        How many months to look at, to the company's day.

    Returns
    -------
    Coaching or RepCoaching
        ``findings``; of a team ``team``, ``attainment``, ``habits`` and ``territories`` (one row a
        rep, by name), ``measures`` (one row a rep and measure), ``named``, ``ramp``,
        ``training`` (before and after, beside peers); of a rep ``table`` and ``stage`` (where most
        is lost). Shares are fractions.

    Raises
    ------
    TableError, ColumnError
        When there are no opportunities, or they do not tell owner, dates and outcome.
    ParameterError
        When nobody is called so.

    Examples
    --------
    >>> team = coach(example("team"))
    >>> team.named.empty, team.reps[["rep", "attainment"]].to_numpy().tolist()[0]
    (True, ['Ada', 0.5])
    """
    company(data, "rk.coach")
    check.whole(months, "months", "rk.coach", most=LONGEST, what="number of months", example=24)
    if rep is not None:
        check.text(rep, "rep", "rk.coach", example="R0012")
    for name in NEEDED:
        if "opportunities" in data and name not in data.columns("opportunities"):
            raise data.lacks("opportunities", name)
    new, span = new_business(data), Span.of(data, months)
    kept = keepers_of(data, span)
    reps, deals, cases, measures = measured(data, new, span, kept)
    quotas = attainment(data, span, reps)
    rows = rows_of(reps, measures, quotas, time_of(data, span, reps), data.as_of)
    sellers = sorted(set(deals["rep_id"]) | set(quotas.index))
    names = reps["name"].reindex(sorted({*measures["rep_id"], *sellers}))
    found = Coaching(
        rows, measures, quotas, ramp_of(data, new, reps, sellers), territories(data, new, reps),
        span, months, data.currency,
        (*map(str, data.notes_on(TABLES)), *unknown_quotas(data),
         *map(spoken(None).reason, kinds_unsaid(data))),
        {str(one): str(name) for one, name in names.fillna(names.index.to_series()).items()},
        before_and_after(trainings(data, span), deals, cases),
        turnover_of(reps, deals, data.as_of), kept,
    )  # fmt: skip
    return found if rep is None else found.of(rep)


def measured(
    data: Dataset, new: Dataset, span: Span, keepers: frozenset[str] = frozenset()
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the reps, their deals, the cases of each measure, and what is compared of them.

    Of those who keep customers rather than win them, nobody is named.
    """
    reps = people(data)
    deals = deals_of(new, span, reps)
    reps = _with_unlisted(reps, deals)
    there = frozenset(reps.index[reps["there"].astype(bool)]) - keepers
    cases = of_deals(new, deals, span)
    return reps, deals, cases, compared(deals, cases, of_leads(data, span), there)


def _with_unlisted(reps: pd.DataFrame, deals: pd.DataFrame) -> pd.DataFrame:
    """Add owners of deals whom the table of reps does not list; they are taken to be there."""
    unlisted = sorted(set(deals["rep_id"]) - set(reps.index))
    if not unlisted:
        return reps
    more = pd.DataFrame({"name": unlisted, "there": True}, index=pd.Index(unlisted, name="rep_id"))
    found = pd.concat([reps, more]) if len(reps) else more.reindex(columns=reps.columns)
    found["there"] = found["there"].astype(bool)
    for name in ("hired_on", "left_on"):
        found[name] = pd.to_datetime(found[name])
    return found.sort_index()
