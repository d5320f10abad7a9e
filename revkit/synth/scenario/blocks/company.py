"""Settings of people, costs, plans and currencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Gt, Le

from revkit.synth.scenario.blocks.bounds import (
    Amount,
    Days,
    Positive,
    Share,
    Word,
)


@dataclass(frozen=True)
class Team:
    """People with one role; ``accounts`` is the segment they sell to, empty for all.

    ``seats`` are for a thousand accounts, ``pay`` is for a year, ``quota`` for a quarter;
    ``quota_of_due`` adds a share of what is up for renewal in the quarter, each contract for a
    year, with the customers a seat looks after.
    """

    role: Literal["AE", "AM", "SDR", "CSM"]
    seats: Amount
    pay: Amount
    source: Word
    accounts: str = ""
    quota: Amount = 0.0
    quota_of_due: Amount = 0.0


@dataclass(frozen=True)
class Staffing:
    """Tenure, skill and ramp-up of the people in the teams.

    ``tenure_days`` is the median, ``tenure_spread`` the standard deviation of its log. ``skill`` is
    the standard deviation of what a person adds to the log-odds of winning. New people win at
    ``ramp_from`` of the odds and at all of them after ``ramp_days``; they join up to
    ``handover_days`` before they take over.
    """

    tenure_days: Positive
    tenure_spread: Amount
    shortest_tenure_days: Days
    handover_days: Days
    skill: Amount
    ramp_from: Annotated[float, Gt(0), Le(1)]
    ramp_days: Positive
    source: Word


@dataclass(frozen=True)
class Costs:
    """Operating costs, as shares of revenue unless named otherwise.

    ``manager_pay`` is in pays of the team, ``marketer_tools`` in a seller's tools,
    ``spend_spread`` the standard deviation of the log of a month's spend.
    """

    hosting: Amount
    payments: Amount
    support: Amount
    product: Amount
    admin: Amount
    commission: Amount
    commission_renewal: Amount
    marketers: Amount
    marketer_pay: Amount
    tools: Amount
    overhead: Amount
    price_index_year: Annotated[float, Gt(-1), Le(1)]
    manager_pay: Amount
    marketer_tools: Amount
    spend_spread: Amount
    source: Word


@dataclass(frozen=True)
class Planning:
    """Rules for quotas and plans.

    ``plan_of_quotas`` is what the plan counts on, of the quotas handed out, ``first_quota`` the
    part of a quota that a person has in the first 90 days, ``leads_before_purchase`` the share of
    leads that come before an account has bought.
    """

    plan_of_quotas: Amount
    first_quota: Share
    leads_before_purchase: Share
    source: Word


@dataclass(frozen=True)
class Currency:
    """Units per unit of the company's currency at first; ``wobble`` is a month's log-change."""

    rate: Positive
    wobble: Amount
    source: Word
