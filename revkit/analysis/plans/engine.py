"""The course of recurring revenue month by month, from leads to MRR, for one path or for many.

A month's new MRR comes from the deals won in it: deals created in earlier months times the win
rate, as many months later as deals have taken. Deals are created of leads that came before, and
of others. Reps take on no more deals than they have shown they can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from revkit.analysis.plans.team import Team

Array = NDArray[np.float64]

MONTH = 30.4375
"""Days of a month of a plan, which is counted from the company's day."""

FLOWS = ("new", "expansion", "reactivation", "contraction", "churn")


@dataclass(frozen=True)
class Course:
    """The rates that the months ahead are computed from.

    Parameters
    ----------
    mrr
        On the company's day.
    leads
        New leads a month; NaN where they are not known.
    per_lead
        Deals created of a lead.
    other
        Deals created a month that come from no lead.
    delay
        Days from a lead to its deal: quantiles, evenly spaced.
    created
        Deals created in the months before, the latest first.
    win_rate
        Of deals created.
    cycle
        Days from creation to the win: quantiles, evenly spaced.
    deal
        New MRR of a won deal.
    rates
        Expansion, reactivation, contraction and churn a month, of the MRR that opens it.
    spread
        By flow the relative standard deviation of a month, squared, at the rates of today.
    drift
        By flow the standard deviation of the logarithm of its rate in the time ahead.
    doubt
        By flow the standard error of the logarithm of its rate, which twelve months do not settle.
    team
        The reps who sell to new customers; None where they are not known.
    """

    mrr: float
    leads: float
    per_lead: float
    other: float
    delay: Array
    created: Array
    win_rate: float
    cycle: Array
    deal: float
    rates: Mapping[str, float]
    spread: Mapping[str, float] = field(default_factory=dict)
    drift: Mapping[str, float] = field(default_factory=dict)
    doubt: Mapping[str, float] = field(default_factory=dict)
    team: Team | None = None

    @property
    def opportunities(self) -> float:
        """Deals created a month."""
        return self.other + (self.per_lead * self.leads if self.leads >= 0 else 0.0)

    def with_levers(self, levers: Mapping[str, float]) -> Course:
        """Return the course with rates multiplied: a lever of 1.1 is ten per cent more."""
        times = {name: levers.get(name, 1.0) for name in LEVERS}
        volume = times["opportunities"]
        rates = dict(self.rates)
        for name in ("churn", "contraction", "expansion"):
            rates[name] *= times[name]
        return replace(
            self,
            leads=self.leads * times["leads"] * volume,
            per_lead=self.per_lead * times["mql_to_sql"],
            other=self.other * volume,
            win_rate=min(1.0, self.win_rate * times["win_rate"]),
            deal=self.deal * times["deal_size"],
            cycle=self.cycle * times["cycle"],
            rates=rates,
            team=self.team and self.team.with_more(times["reps"]),
        )


LEVERS = ("leads", "mql_to_sql", "opportunities", "win_rate", "deal_size", "cycle", "churn",
          "contraction", "expansion", "reps")  # fmt: skip
"""Rates that can be multiplied."""


@dataclass(frozen=True)
class Path:
    """The months ahead: one row a draw, one column a month.

    Parameters
    ----------
    opportunities, deals
        Deals created, and deals won.
    flows
        New, expansion, reactivation, contraction and churned MRR.
    mrr
        At the end of each month.
    """

    opportunities: Array
    deals: Array
    flows: Mapping[str, Array]
    mrr: Array


@dataclass(frozen=True)
class Chance:
    """The luck of many futures, the same whatever the levers are.

    Parameters
    ----------
    firm
        By flow, one number a draw: whether its rate is above or below the past one throughout.
    doubt
        By flow, one number a draw: whether the past one was above or below its true one.
    month
        By flow, one number a draw and month.
    capacity
        Deals that reps can take on, one a draw and month; None where they are not known.
    """

    firm: Mapping[str, Array]
    doubt: Mapping[str, Array]
    month: Mapping[str, Array]
    capacity: Array | None = None


def lags(days: Array, months: int) -> Array:
    """Return the share of events that come 0, 1, … months after the month of their beginning.

    Begun evenly through a month. What comes later than `months` is in none.

    >>> lags(np.array([0.0]), 2)
    array([1., 0.])
    """
    begun = (np.arange(30) + 0.5) / 30
    after = np.floor(begun[:, None] + days[None, :] / MONTH).astype(np.int64).ravel()
    return np.bincount(after[after < months], minlength=months) / len(after)


def project(now: Course, before: Course, months: int, chance: Chance | None = None) -> Path:
    """Return the course of the months ahead.

    Parameters
    ----------
    now
        The course from here on.
    before
        The course so far: leads that came before today do so at its pace.
    months
        How many.
    chance
        The luck of many futures; None for the expected one.
    """
    past = len(now.created)
    reach = lags(now.delay, months + past)
    came = np.full(months, now.other)
    if now.leads >= 0:
        new_leads = np.cumsum(reach)[:months]  # of leads from now on
        came += now.per_lead * (now.leads * new_leads + before.leads * (1.0 - new_leads))
    capacity = _capacity(now, months, chance)
    created = np.minimum(came[None, :], capacity) if capacity is not None else came[None, :]
    closing = lags(now.cycle, months + past)
    draws = 1 if chance is None else len(next(iter(chance.firm.values())))
    created = np.broadcast_to(created, (max(draws, len(created)), months))
    deals = np.zeros(created.shape)
    for month in range(months):
        for lag in range(month + 1):
            deals[:, month] += created[:, month - lag] * closing[lag]
        deals[:, month] += now.created @ closing[month + 1 : month + 1 + past]
    deals *= now.win_rate
    firm = {flow: _firm(now, flow, chance) for flow in FLOWS}
    deals = deals * firm["new"]
    usual = before.opportunities * before.win_rate / np.maximum(deals, 1e-12)
    flows = {flow: np.zeros(deals.shape) for flow in FLOWS}
    flows["new"] = deals * now.deal * _month(now, "new", chance, slice(None), usual)
    mrr = np.full(len(deals), now.mrr)
    ends = np.zeros(deals.shape)
    for month in range(months):
        for flow in FLOWS[1:]:
            rate = now.rates[flow] * firm[flow][:, 0] * _month(now, flow, chance, month)
            flows[flow][:, month] = mrr * np.minimum(rate, 1.0)
        gone = np.minimum(flows["contraction"][:, month] + flows["churn"][:, month], mrr)
        mrr = mrr - gone + sum(flows[flow][:, month] for flow in FLOWS[:3])
        ends[:, month] = mrr
    return Path(created, deals, flows, ends)


def _capacity(now: Course, months: int, chance: Chance | None) -> Array | None:
    """Return the deals that reps can take on by month: of each draw, or the expected ones."""
    if now.team is None:
        return None
    if chance is not None and chance.capacity is not None:
        return chance.capacity
    return now.team.expected(months)[None, :] * now.team.full


def _firm(now: Course, flow: str, chance: Chance | None) -> Array:
    """Return by how much a flow's rate differs from the past one, in each draw."""
    drift, doubt = now.drift.get(flow, 0.0), now.doubt.get(flow, 0.0)
    if chance is None or drift == doubt == 0:
        return np.ones((1, 1))
    luck = drift * chance.firm[flow] + doubt * chance.doubt[flow]
    return np.asarray(np.exp(luck - (drift**2 + doubt**2) / 2)[:, None], dtype=np.float64)


def _month(
    now: Course, flow: str, chance: Chance | None, month: int | slice, times: Array | float = 1.0
) -> Array | float:
    """Return a month's luck around 1 in each draw; few deals vary more than many."""
    spread = now.spread.get(flow, 0.0)
    if chance is None or spread == 0:
        return 1.0
    return wobble(spread * times, chance.month[flow][:, month])


def wobble(squared: Array | float, luck: Array) -> Array:
    """Return positive factors with mean 1 and a relative variance, near a gamma distribution's.

    Wilson and Hilferty's cube of a normal, cut at 0 and brought back to its mean.

    Parameters
    ----------
    squared
        The relative variance.
    luck
        Standard normal numbers.
    """
    from scipy.special import ndtr

    shape = 1 / np.clip(squared, 1e-9, 20.0)
    centre = 3 * np.sqrt(shape) - 1 / (3 * np.sqrt(shape))
    density = np.exp(-(centre**2) / 2) / np.sqrt(2 * np.pi)
    mean = (centre**3 + 3 * centre) * ndtr(centre) + (centre**2 + 2) * density
    return np.asarray(np.maximum(centre + luck, 0.0) ** 3 / mean, dtype=np.float64)
