"""usage: active users, events and features by customer and month, and the decline before churn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import arrow
from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.scenario.vocabulary import CHURN_REASONS
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.customers.active_months import ActiveMonths
from revkit.synth.simulate.world import AHEAD, MONTH_SPAN, World

if TYPE_CHECKING:
    import pyarrow as pa

LOW_USAGE = list(CHURN_REASONS).index("low usage")


def usage_table(world: World, chunk: int, accounts: Accounts, customers: ActiveMonths) -> pa.Table:
    """Build usage: one row for each customer and month shown, partial months included."""
    values = {
        "account_id": accounts.ids.of(customers.account),
        "month": world.month_starts[customers.month],
        "seats": customers.seats,
        **draw_usage(world, chunk, accounts, customers),
    }
    return arrow("usage", values, in_order(customers.month, customers.account))


def draw_usage(
    world: World, chunk: int, accounts: Accounts, customers: ActiveMonths
) -> dict[str, Numbers]:
    """Draw the active users, events and features used of each customer and month.

    A seat is used at some rate, and is active when it is used at all. The rate depends on the
    account's hidden health and habit; it wobbles, is low at first, drops now and then for no
    reason, and falls before some leave.
    """
    spec = world.scenario.usage
    slots = customers.slots(world, chunk)
    habit = spec.habit * world.streams(chunk).normal("usage.habit", len(accounts))
    tilt = spec.health * accounts.health + habit
    rate = spec.rate * np.exp(
        tilt[customers.account] + spec.wobble * usage_noise(world, chunk, customers)
    )
    rate = (
        rate
        * adoption(world, customers)
        * false_drops(world, chunk, customers)
        * decline(world, chunk, customers)
    )

    share = -np.expm1(-rate)
    mean = customers.seats * share
    active = np.rint(mean + np.sqrt(mean * (1 - share)) * slots.normal("usage.active_users"))
    active = np.clip(active, 0, customers.seats).astype(np.int64)
    starts, ends = world.month_starts[customers.month], world.month_starts[customers.month + 1]
    here = (customers.last - customers.first) / (ends - starts)
    each = (
        spec.events
        * rate
        / share
        * here
        * np.exp(spec.events_spread * slots.normal("usage.events"))
    )
    events = np.maximum(np.rint(active * each), active).astype(np.int64)
    known = spec.features * -np.expm1(-spec.features_rate * rate) + slots.normal(
        "usage.features_used"
    )
    features = np.minimum(np.clip(np.rint(known), 1, spec.features), events)
    return {
        "active_users": active,
        "events": events,
        "features_used": features.astype(np.int64),
    }


def usage_noise(world: World, chunk: int, customers: ActiveMonths) -> Numbers:
    """Return noise with standard deviation 1, correlated by a half with the month before."""
    now = customers.slots(world, chunk).normal("usage.wobble")
    before = np.roll(now, 1)  # an account's months follow each other
    months = customers.account * MONTH_SPAN + customers.month
    alone = np.flatnonzero(np.diff(months, prepend=-2) != 1)
    before[alone] = customers.slots(world, chunk, 1)[alone].normal("usage.wobble")
    return np.asarray((now + before) / np.sqrt(2))


def adoption(world: World, customers: ActiveMonths) -> Numbers:
    """Return the share of usage that a new customer has reached in each month."""
    spec = world.scenario.usage
    fades = np.exp(-(customers.last - customers.begins) / spec.adoption_days)
    return np.asarray(1 - spec.adoption_gap * fades)


def false_drops(world: World, chunk: int, customers: ActiveMonths) -> Numbers:
    """Return the share of usage left in drops without consequence."""
    spec, left = world.scenario.usage, np.ones(len(customers.account))
    least, more = spec.drop_left
    for back in range(spec.drop_months):
        slots = customers.slots(world, chunk, back)
        falls = np.flatnonzero(slots.uniform("usage.dip") < spec.false_drops)
        left[falls] *= least + more * slots[falls].uniform("usage.dip.depth")
    return left


def decline(world: World, chunk: int, customers: ActiveMonths) -> Numbers:
    """Return the share of usage left in the last months before churn.

    Only as many months ahead as are simulated past the last one, so that the last months shown
    decline like any other. Who leaves for low usage always declines.
    """
    spec, left, ends = world.scenario.usage, np.ones(len(customers.account)), customers.ends
    near = np.flatnonzero(ends < world.month_starts[customers.month + AHEAD + 1])
    draws, ahead = (
        customers.stays(world, chunk)[near],
        world.month(ends[near]) - customers.month[near],
    )
    warned = draws.uniform("usage.warned") < spec.warned
    warned |= customers.reason[near] == LOW_USAGE
    notice = AHEAD - (draws.uniform("usage.notice") < spec.short_notice)
    depth = spec.warned_depth[0] + spec.warned_depth[1] * draws.uniform("usage.depth")
    left[near] -= depth * np.clip((notice - ahead + 1) / notice, 0, 1) * warned
    return left
