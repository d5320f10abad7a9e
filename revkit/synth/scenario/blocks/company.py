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
    Span,
    Word,
)


@dataclass(frozen=True)
class Team:
    """People with one role; ``accounts`` is the segment they sell to, empty for all.

    ``seats`` are for a thousand accounts, one at least in each region, and a part of a whole one
    where that is more; ``pay`` is for a year, ``quota`` for a quarter;
    ``quota_of_due`` adds a share of what is up for renewal in the quarter with the customers a
    seat looks after, ``quota_of_book`` one of all their contracts, each for a year.
    """

    role: Literal["AE", "AM", "SDR", "CSM"]
    seats: Amount
    pay: Amount
    source: Word
    accounts: str = ""
    quota: Amount = 0.0
    quota_of_due: Amount = 0.0
    quota_of_book: Amount = 0.0


@dataclass(frozen=True)
class Staffing:
    """Tenure, promotions, skill and ramp-up of the people in the teams.

    ``tenure_days`` is the median, ``tenure_spread`` the standard deviation of its log. ``skill`` is
    the standard deviation of what a person adds to the log-odds of winning. New people win at
    ``ramp_from`` of the odds and at all of them after ``ramp_days``; they join up to
    ``handover_days`` before they take over. Somebody of the team paid next less in the same region
    is asked to fill ``promoted`` of the seats that people leave, and does when the next quarter
    begins, after ``shortest_tenure_days`` on the former seat.
    """

    tenure_days: Positive
    tenure_spread: Amount
    shortest_tenure_days: Days
    handover_days: Days
    promoted: Share
    skill: Amount
    ramp_from: Annotated[float, Gt(0), Le(1)]
    ramp_days: Positive
    source: Word


@dataclass(frozen=True)
class Costs:
    """Operating costs, as shares of revenue unless named otherwise.

    ``marketing`` is for people, beside what channels cost; ``manager_pay`` is in pays of the team,
    ``spend_spread`` the standard deviation of the log of a month's spend. Shares also drift, by
    ``drift_spread`` in logs; of a month's drift, ``drift_kept`` is left in the next.
    """

    hosting: Amount
    payments: Amount
    support: Amount
    product: Amount
    marketing: Amount
    marketing_tools: Amount
    admin: Amount
    commission: Amount
    commission_renewal: Amount
    tools: Amount
    overhead: Amount
    price_index_year: Annotated[float, Gt(-1), Le(1)]
    manager_pay: Amount
    spend_spread: Amount
    drift_spread: Amount
    drift_kept: Share
    source: Word


@dataclass(frozen=True)
class Planning:
    """Rules for quotas and plans.

    ``plan_of_quotas`` is what the plan counts on, of the quotas handed out, ``first_quota`` the
    part of a quota that a person has in the first 90 days, ``least_quota`` the smallest one of
    those who look after customers, who have none for less, ``leads_before_purchase`` the share of
    leads that come before an account has bought. ``resubmitted`` of the quotas are set once more in
    their quarter's second month, at a factor from ``resubmitted_at``.
    """

    plan_of_quotas: Amount
    first_quota: Share
    least_quota: Amount
    leads_before_purchase: Share
    resubmitted: Share
    resubmitted_at: Span
    source: Word


@dataclass(frozen=True)
class Currency:
    """Units per unit of the company's currency at first; ``wobble`` is a month's log-change."""

    rate: Positive
    wobble: Amount
    source: Word


@dataclass(frozen=True)
class Calendar:
    """Pull of the calendar on the days deals close.

    ``month_end`` is the share of deals closed on the last working day of their month. Of those due
    ``quarter_end_pull`` days before a quarter's end or later, ``quarter_end`` close in its last
    days; ``weekend`` of all on a Saturday.
    """

    month_end: Share
    quarter_end: Share
    quarter_end_pull: Days
    weekend: Share
    source: Word
