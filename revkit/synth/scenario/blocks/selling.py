"""Settings of the funnel, deals, pipeline and activities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Lt

from revkit.synth.scenario.blocks.bounds import (
    Amount,
    Chance,
    Days,
    Positive,
    Share,
    Shift,
    Span,
    Word,
)


@dataclass(frozen=True)
class FunnelStep:
    """Median ``days`` of a step of the funnel, and the standard deviation of their log."""

    days: Positive
    spread: Amount


@dataclass(frozen=True)
class FunnelSteps:
    """Length of each step of the funnel, and of the time until a lead is given up."""

    mql: FunnelStep
    sql: FunnelStep
    opportunity: FunnelStep
    given_up: FunnelStep


@dataclass(frozen=True)
class Funnel:
    """Number of leads and conversion at each gate of the funnel.

    ``lead_mql``, ``mql_sql`` and ``sql_opportunity`` are what a company without effects comes
    to in every segment, by calibration: of the leads that reach a stage the share that reaches
    the next one, sooner or later. An SQL whose account has a deal open already gets none.
    ``inbound`` is the share of accounts that come by themselves, ``health`` shifts the log-odds of
    every gate. ``set_aside`` is the share of leads that are given up unless they pass on,
    ``disqualified`` the part of all leads that is set aside for a reason; the others are recycled.
    """

    leads_per_account: Annotated[float, Ge(1)]
    days_between_leads: Positive
    lead_mql: Chance
    mql_sql: Chance
    sql_opportunity: Chance
    inbound: Share
    health: Shift
    steps: FunnelSteps
    set_aside: Share
    disqualified: Share
    source: Word


@dataclass(frozen=True)
class DealTerms:
    """Frequency, cycle length, size and discount of deals for a first purchase.

    Sales approaches an account ``approach_days`` apart in the mean, first after
    ``approach_after_days``, and again ``retry_after_days`` after a deal was lost.
    ``inbound_odds`` is added to the log-odds of winning a deal that came from a lead and taken
    from the others'; ``channel_quality`` is the part of a channel's quality that counts there.
    ``cycle_spread`` and ``seats_spread`` are standard deviations of logs, ``longest_cycle`` is
    in medians. ``lost_at`` are the shares lost at each stage, ``lost_length`` how long those
    deals last beside the same ones won. Discounts are exponential with the segment's mean times
    ``discount_scale``, rounded down to one in ``discount_steps`` and cut at
    ``largest_discount``; of amounts ``round_amounts`` are typed in full hundreds. A deal is
    left idle with the chance ``left_idle``, for ``idle_least_days`` and, in the mean,
    ``idle_cycles`` medians of its segment's cycle more, and then won by ``idle_odds`` in
    log-odds less often; ``idle_lost`` are the log-odds that a customer's deal that is lost was
    left idle, and its opposite those of one that is won. ``met_competitor`` is the share of new
    deals won against somebody.
    """

    approach_days: Positive
    approach_after_days: Days
    retry_after_days: Days
    inbound_odds: Shift
    channel_quality: Shift
    cycle_spread: Amount
    longest_cycle: Positive
    lost_at: tuple[Amount, Amount, Amount, Amount]
    lost_length: tuple[Positive, Positive, Positive, Positive]
    left_idle: Chance
    idle_least_days: Days
    idle_cycles: Positive
    idle_odds: Shift
    idle_lost: Shift
    seats_spread: Amount
    fewest_seats: Annotated[int, Ge(1)]
    discount_scale: Positive
    discount_steps: Annotated[int, Ge(1)]
    largest_discount: Annotated[float, Ge(0), Lt(1)]
    round_amounts: Share
    met_competitor: Share
    source: Word


@dataclass(frozen=True)
class PipelineHabits:
    """Estimates, quotes, expected close dates and forecasts of open deals.

    ``says_commit`` is the chance that a deal in negotiation is called commit. A first estimate is
    off by ``estimate_bias`` and ``estimate_spread`` in logs, a quote by ``quote_bias`` and
    ``quote_spread``; ``quote_exact`` is the share quoted as sold. A new deal is hoped to close
    within ``hoped_cycle`` medians of its segment, an expansion within ``hoped_expansion_days``,
    both with ``hoped_spread`` and after ``hoped_least_days`` at the earliest; a renewal after
    ``hoped_renewal_days``. ``stages_entered`` is when each open stage begins at the earliest,
    as a share of a deal's length, and ``stages_spread`` how much later it can be. ``push_days``
    is how far an overdue day is moved, after ``push_wait_days`` in the mean;
    ``push_at_quarter_end`` of the pushes wait for the end of the quarter. ``hoped_quarter_end``
    of the first days expected are the last of a quarter, the others of a month. ``no_amount``
    is the share of deals without an amount until they have a quote, ``reopened`` that of the deals
    long idle that are given up and taken up again, ``passed_on`` that of all that get another owner
    on the way, ``split`` that of new deals with large accounts that two reps share, and
    ``entered_late`` that of closed deals whose close is entered some days after its day.
    ``stage_renamed`` is the month in which a stage of new deals got the label that it has today.
    ``own_of_customers`` says whether deals with customers have a pipeline of their own.
    """

    says_commit: Chance
    estimate_bias: Shift
    estimate_spread: Amount
    quote_exact: Share
    quote_bias: Shift
    quote_spread: Amount
    hoped_cycle: Positive
    hoped_expansion_days: Positive
    hoped_least_days: Days
    hoped_renewal_days: Days
    hoped_spread: Amount
    stages_entered: tuple[Share, Share, Share, Share]
    stages_spread: Share
    push_days: Span
    push_wait_days: Positive
    push_at_quarter_end: Share
    hoped_quarter_end: Share
    no_amount: Share
    reopened: Share
    passed_on: Share
    split: Share
    entered_late: Share
    stage_renamed: Annotated[int, Ge(1)] | None
    own_of_customers: bool
    source: Word


@dataclass(frozen=True)
class ActivityMinutes:
    """Usual minutes of each kind of activity; of ``crm`` and ``admin``, a day's.

    ``automated`` are those of a further contact that nobody answers.
    """

    call: Positive
    email: Positive
    meeting: Positive
    demo: Positive
    crm: Positive
    admin: Positive
    automated: Positive


@dataclass(frozen=True)
class ActivityHabits:
    """Frequency and duration of contacts with leads and deals.

    ``called_mqls`` and ``called_others`` are the shares of leads that are contacted at all, after
    ``wait_minutes`` in the median, with ``wait_spread`` in logs; ``first_by_email`` of them by
    e-mail. Until it is taken on or given up, a lead is contacted again so many days after the
    first contact as ``sequence_days`` says, each with the chance ``sequence_kept``. Contacts
    with a deal are ``contact_days`` apart at least; ``emails_received`` is the share of e-mails
    that the customer writes. ``second_touch`` is the share of MQLs that another campaign made
    one.
    """

    minutes: ActivityMinutes
    called_mqls: Share
    called_others: Share
    sequence_days: tuple[Amount, ...]
    sequence_kept: Share
    sequence_by_email: Share
    wait_minutes: Positive
    wait_spread: Amount
    first_by_email: Share
    contact_days: Positive
    emails_received: Share
    second_touch: Share
    source: Word
