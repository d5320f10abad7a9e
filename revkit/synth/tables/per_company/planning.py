"""Planning calendar: months and quarters planned, and the leads expected in them."""

from __future__ import annotations

from math import exp, factorial

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.leads import LEADS
from revkit.synth.simulate.working_days import previous_working_day
from revkit.synth.simulate.world import World


def expected_leads(world: World) -> Numbers:
    """Compute the expected number of leads in each month simulated."""
    funnel = world.scenario.funnel
    arrivals = world.arrivals()
    month = world.month(world.first + np.arange(len(arrivals)))
    fresh = np.bincount(month, arrivals) * world.accounts
    mean, more = funnel.leads_per_account - 1, []
    for later in range(len(fresh)):
        so_far = int(later * 30 / funnel.days_between_leads) + 1
        left = 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(min(so_far, LEADS)))
        more.append(left * 30 / funnel.days_between_leads)
    days = np.bincount(world.month(world.first + np.arange(len(world.pace))), world.pace)
    busy = days[: len(fresh)] / (30.4 * world.pace.max())
    expected = funnel.inbound * fresh + busy * np.convolve(fresh, more)[: len(fresh)]
    return np.asarray(world.scenario.planning.leads_before_purchase * expected)


def plan_months(world: World) -> Numbers:
    """List the months of every year planned by the last day."""
    first = np.datetime64(world.start, "D").astype("M8[Y]").astype(np.int64)
    last = np.datetime64(world.end + 16, "D").astype("M8[Y]").astype(np.int64)
    return np.arange(first * 12, (last + 1) * 12)


def days_of(months: Numbers) -> Numbers:
    """Return the first day of months numbered from January 1970."""
    return months.astype("M8[M]").astype("M8[D]").astype(np.int64)


def quarters(world: World) -> list[tuple[int, int, int]]:
    """List quarters with quotas: first day, day after the last, and day the quotas are set."""
    months = plan_months(world)[::3]
    ends = days_of(months + 3).tolist()
    each = [
        (day, end, int(previous_working_day(day - 12)))
        for day, end in zip(days_of(months), ends, strict=True)
    ]
    return [q for q in each if q[2] < world.end and q[1] > world.start]
