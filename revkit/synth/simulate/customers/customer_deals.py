"""Deals that come with the changes of customers' contracts."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from revkit.synth.kernel.random_streams import Numbers, Slots, Streams
from revkit.synth.simulate.customers.contracts import ContractLine, ContractState
from revkit.synth.simulate.deals import ATTEMPTS, NEW, RENEWAL, SLOTS, Deals, draw_idle_days
from revkit.synth.simulate.working_days import (
    previous_working_day,
    some_working_day,
)
from revkit.synth.simulate.world import World


@dataclass
class CustomerDeals:
    """Deals of a chunk's customers, recorded change by change.

    ``seat`` is the seat that owns each account, ``segment`` its segment, of which the last has
    renewals that are open for longer.
    """

    world: World
    chunk: int
    streams: Streams
    seat: Numbers
    segment: Numbers
    rows: list[dict[str, Numbers]] = field(default_factory=list)

    def record(
        self,
        state: ContractState,
        month: int,
        kind: int,
        who: Numbers,
        day: Numbers,
        worth: Numbers,
        line: ContractLine,
        *,
        won: bool,
    ) -> None:
        """Record the deals behind a change, and the day it begins."""
        sold = worth > 0
        who, earliest = who[sold], state.left if kind == NEW else state.born
        self.rows.append(
            {
                "account": who, "slot": np.full(len(who), ATTEMPTS + 4 + 3 * month + kind),
                "kind": np.full(len(who), kind), "day": day[sold], "amount": worth[sold],
                "won": np.full(len(who), won), "product": line.product[who],
                "discount": np.maximum(line.discount[who], 0.0), "seats": line.seats[who],
                "earliest": earliest[who],
            }
        )  # fmt: skip

    def deals(self) -> Deals:
        """Return the deals behind all changes, closed by the day each change begins."""
        rows = {name: np.concatenate([r[name] for r in self.rows]) for name in self.rows[0]}
        account, kind, day, won = (rows.pop(name) for name in ("account", "kind", "day", "won"))
        slots = Slots(self.streams, account * SLOTS + rows["slot"])
        draws = slots.uniform("subscriptions.opened")
        closes = np.where(won, previous_working_day(day - 1), some_working_day(day))
        spec, deals = self.world.scenario.customers, self.world.scenario.deals
        ahead = spec.expansion_days[0] - spec.expansion_days[1] * np.log(1 - draws)
        longest = np.where(
            self.segment[account] == len(self.world.scenario.segments) - 1,
            spec.enterprise_renewal_days,
            spec.renewal_days,
        )
        renewal = longest - spec.renewal_days_less * draws
        ahead = np.where(kind == RENEWAL, renewal, ahead)
        opened = some_working_day(closes - ahead.astype(np.int64))
        earliest = np.minimum(rows.pop("earliest") + 1, closes - 1)
        opened = np.clip(opened, earliest, closes - 1)
        size = len(account)
        lost = np.where(won, -deals.idle_lost, deals.idle_lost)
        idle = draw_idle_days(self.world, slots, self.segment[account], lost)
        return Deals(
            **rows, account=account, kind=kind, won=won, closes=closes,
            opened=opened, lead=np.full(size, -1),
            seat=self.seat[account], chance=np.full(size, np.nan), dropped=np.zeros(size, bool),
            idle=np.minimum(idle, (closes - opened) // 2), chunk=self.chunk,
        )  # fmt: skip
