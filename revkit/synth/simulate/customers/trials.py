"""Trials: days that nobody pays for, before a first contract or one that never comes."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.simulate.customers.contracts import MAIN, TRIALING
from revkit.synth.simulate.deals import Deals, list_price, net_price
from revkit.synth.simulate.world import World

LAST_CONTRACT = 63
"""Number of the contract that an account's first trial in vain would have led to."""


def trial_rows(world: World, deals: Deals, starts: Numbers, annual: Numbers) -> dict[str, Numbers]:
    """List the trials of a chunk as regimes, from its deals for a first purchase.

    ``starts`` is the day each account's first contract begins, ``annual`` says whether it is by
    the year: such contracts have no trial. One that leads to a contract ends on the day that
    begins; any other begins with its deal.
    """
    spec = world.scenario.contracts
    tries = deals.slots(world).uniform("subscriptions.trial") < spec.trials
    some = deals.take(np.flatnonzero(tries & ~annual[deals.account]))
    some = some.take(in_order(some.account, some.opened))
    ended = np.where(some.won, starts[some.account], some.opened + spec.trial_days)
    before = np.arange(len(some)) - np.searchsorted(some.account, some.account)
    listed, size = list_price(world, some.product, some.opened), len(some)
    return {
        "account": some.account, "line": np.full(size, MAIN),
        "contract": np.where(some.won, 0, LAST_CONTRACT - before),
        "started": np.maximum(ended - spec.trial_days, some.opened), "ended": ended,
        "seats": some.seats, "product": some.product,
        "price": net_price(listed, some.discount), "listed": listed,
        "discount": some.discount, "status": np.full(size, TRIALING),
        "annual": np.zeros(size, bool), "term": np.full(size, NEVER),
        "renewed": np.zeros(size, np.int64), "requested": np.full(size, NEVER),
        "reason": np.full(size, -1),
    }  # fmt: skip
