"""Settings of contracts, expansion, usage, support and billing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Le

from revkit.synth.scenario.blocks.bounds import (
    Amount,
    Days,
    Positive,
    Share,
    Shift,
    Span,
    Word,
)


@dataclass(frozen=True)
class ContractTerms:
    """Start and notice periods of contracts, and the shape of the churn hazard over tenure.

    A contract begins ``start_days`` after its deal, a monthly one after ``monthly_start`` of that.
    The hazard of an annual contract is multiplied by ``due_hazard`` in the month it is due and by
    ``running_hazard`` in the others, that of a monthly one by ``early_hazard`` up to
    ``early_months`` and by ``later_hazard`` after. Who leaves says so ``annual_notice_days`` or
    ``monthly_notice_days`` before; who does not pay is past due for ``grace_days``. ``repriced`` is
    the share of monthly contracts moved to the list price each year. ``trials`` is the share of
    deals for a first monthly contract, won or lost, that begin with a trial of ``trial_days``.
    Terms of several years are of
    ``multi_years``, and each year takes ``discount_step`` off what is left of the discount.
    """

    start_days: Span
    monthly_start: Share
    due_hazard: Amount
    running_hazard: Amount
    early_hazard: Amount
    early_months: Annotated[int, Ge(0)]
    later_hazard: Amount
    annual_notice_days: Span
    monthly_notice_days: Span
    grace_days: Days
    repriced: Share
    trials: Share
    trial_days: Annotated[int, Ge(1)]
    multi_years: Annotated[int, Ge(2), Le(5)]
    discount_step: Share
    source: Word


@dataclass(frozen=True)
class Customers:
    """Monthly chances of expansion, contraction and reactivation, and their sizes.

    Changes happen from month ``settled_after`` of a contract on. ``refused_offers`` are offers of
    seats that come to nothing, for each that is taken. ``renew_fewer`` and ``renew_more`` are
    chances at a renewal. ``seats_kept`` is the share kept at most and how much less it can be,
    ``seats_gained`` the factor of a growth at least and the mean of what exceeds it,
    ``offer_share`` what a refused offer is of the contract. Seats worth less than
    ``smallest_deal`` a year are bought online. ``expansion_days`` is how long an expansion is open
    at least, and the mean beyond; a renewal is open for ``renewal_days``, or in the last segment
    for ``enterprise_renewal_days``, less up to ``renewal_days_less``, and closes up to
    ``renewal_early_days`` early, or for ``renewals_late`` of them up to ``renewal_late_days``
    late, while the contract runs on. Between ``return_after_days`` some come back, with
    ``return_seats`` of their seats and a discount. ``co_termed`` is the share of growing yearly
    contracts that get the seats as a line of its own, which ends with the term. ``pause`` is a
    monthly contract's chance of pausing, for ``pause_months`` at least and at most.
    """

    price_rise_year: Annotated[float, Gt(-1), Le(1)]
    more_seats: Share
    better_plan: Share
    add_on: Share
    fewer_seats: Share
    return_: Share
    payment_failed: Share
    settled_after: Annotated[int, Ge(0)]
    refused_offers: Amount
    renew_fewer: Share
    renew_more: Share
    seats_kept: Span
    seats_gained: Span
    offer_share: Span
    smallest_deal: Amount
    expansion_days: Span
    renewal_days: Days
    enterprise_renewal_days: Days
    renewal_days_less: Days
    renewal_early_days: Days
    renewals_late: Share
    renewal_late_days: Days
    return_after_days: tuple[Days, Days]
    return_seats: Positive
    return_discount: Share
    co_termed: Share
    pause: Share
    pause_months: tuple[Annotated[int, Ge(1)], Annotated[int, Ge(1)]]
    source: Word


@dataclass(frozen=True)
class Usage:
    """Product usage of a seat, its noise, and its decline before churn.

    ``rate`` is how often a seat is used in a month, on a scale where a seat is active at a rate
    r with the chance 1 - exp(-r); ``events`` is what one use of it leaves behind. ``health``
    shifts the log of the rate, ``habit`` and ``wobble`` are its standard deviations between
    accounts and between months. ``false_drops`` is a chance in a month, ``warned`` the share
    of those who leave whose usage falls before.
    ``events_spread`` is the standard deviation of the log of events, ``features_rate`` how fast
    features are taken up with use. A new customer's seats are used less by ``adoption_gap``, which
    fades over ``adoption_days``. A drop without consequence lasts ``drop_months`` and leaves
    ``drop_left`` of usage; before somebody leaves, ``warned_depth`` of it is lost, one month later
    than usual for ``short_notice`` of them.
    """

    rate: Positive
    health: Shift
    habit: Amount
    wobble: Amount
    events: Positive
    features: Annotated[int, Ge(1)]
    false_drops: Share
    warned: Share
    events_spread: Amount
    features_rate: Positive
    adoption_gap: Share
    adoption_days: Positive
    drop_months: Annotated[int, Ge(0)]
    drop_left: Span
    warned_depth: Span
    short_notice: Share
    source: Word


@dataclass(frozen=True)
class Severity:
    """Share of tickets of a severity, and the median hours until one is closed."""

    share: Amount
    hours: Positive


@dataclass(frozen=True)
class Tickets:
    """Rate, severity, duration and satisfaction of support tickets.

    ``seat_month`` is tickets for a seat and month, ``health`` shifts its log. ``pace`` stretches
    the time to close, ``spread`` is the standard deviation of its log, ``answered`` the share of
    closed tickets whose sender says how it was.
    ``rating`` is the mean satisfaction from 1 to 5, ``rating_health`` and ``rating_slow`` what
    health and the log of a longer wait add to it, ``rating_spread`` its standard deviation.
    """

    seat_month: Amount
    health: Shift
    pace: Positive
    spread: Amount
    answered: Share
    severities: Mapping[str, Severity]
    rating: Amount
    rating_health: Shift
    rating_slow: Shift
    rating_spread: Amount
    source: Word


@dataclass(frozen=True)
class Billing:
    """Billing, late payment, refunds and services; prices are for up to ``service_seats``.

    ``late`` is the share of invoices paid after ``terms_days``, by ``days_late`` in the mean;
    ``refunds`` is a share of paid invoices, of which a year's gives back ``annual_refund`` and any
    other everything; ``setup`` a share of first contracts, ``training`` a chance in a month.
    A punctual monthly invoice is paid within ``monthly_pay_days``, a year's within
    ``terms_days``. ``unpaid_days`` are those before the end of a contract that ends for want of
    payment in which nothing is paid.
    """

    terms_days: Annotated[int, Ge(0)]
    late: Share
    days_late: Positive
    refunds: Share
    setup: Share
    setup_price: Amount
    training: Share
    training_price: Amount
    monthly_pay_days: Days
    annual_refund: Share
    service_seats: Annotated[int, Ge(1)]
    unpaid_days: Days
    source: Word
