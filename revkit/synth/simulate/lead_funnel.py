"""Lead funnel: the gates that leads pass on their way to a deal, or why they stop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.random_streams import Numbers, Slots, chance, choose
from revkit.synth.scenario.vocabulary import DISQUALIFIED_REASONS
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.leads import LEADS, Leads, draw_candidate_leads, draw_inbound_leads
from revkit.synth.simulate.working_days import some_working_day
from revkit.synth.simulate.world import DAY, World

GATES = ("lead_mql", "mql_sql", "sql_opportunity")
"""Gates that a lead passes on its way to a deal, in order."""

SHORTEST_STEP = 0.02
"""Days that every step takes at least."""


@dataclass(frozen=True)
class LeadPath:
    """Conversion chances and step lengths of some leads."""

    world: World
    accounts: Accounts
    account: Numbers
    channel: Numbers
    draws: Slots

    def __getitem__(self, rows: Numbers) -> LeadPath:
        return LeadPath(
            self.world, self.accounts, self.account[rows], self.channel[rows], self.draws[rows]
        )

    def after(self, moments: Numbers, step: str) -> Numbers:
        """Return the moment at which a step that begins at each moment ends."""
        spec = getattr(self.world.scenario.funnel.steps, step)
        lag = SHORTEST_STEP + spec.days * np.exp(spec.spread * self.draws.normal(f"leads.{step}"))
        return np.asarray(moments + (lag * DAY).astype(np.int64))

    def chance(self, gate: str, moments: Numbers) -> Numbers:
        """Return the true chance of passing a gate reached at each moment."""
        world, segment = self.world, self.accounts.segment[self.account]
        codes = {"segment": segment, "industry": self.accounts.industry[self.account],
                 "channel": self.channel}  # fmt: skip
        quality = np.array([spec.quality for spec in world.scenario.channels.values()])
        return chance(
            getattr(world.scenario.funnel, gate),
            world.intercepts[gate][segment],
            quality[self.channel],
            world.scenario.funnel.health * self.accounts.health[self.account],
            np.log(world.effects.factor(gate, moments // DAY, **codes)),
        )

    def passes(self, gate: str, step: str, moments: Numbers) -> Numbers:
        """Return the positions of the leads that pass a gate."""
        draws = self.draws.uniform(f"leads.{step}.gate")
        return np.flatnonzero(draws < self.chance(gate, moments))

    def opens(self, accepted: Numbers) -> Numbers:
        """Return the moment at which a deal opens, on a working day."""
        opened = self.after(accepted, "opportunity")
        return np.asarray(opened + (some_working_day(opened // DAY) - opened // DAY) * DAY)


def draw_leads(world: World, accounts: Accounts, chunk: int) -> Leads:
    """Draw the leads of a chunk and their way through the funnel."""
    account, slot, days = draw_candidate_leads(world, accounts, chunk)
    known = days < world.until
    came = draw_inbound_leads(world, accounts, chunk, account[known], slot[known], days[known])
    draws = Slots(world.streams(chunk), came[0] * LEADS + came[1])
    return pass_gates(world, accounts, chunk, *came, draws)


def pass_gates(
    world: World,
    accounts: Accounts,
    chunk: int,
    account: Numbers,
    slot: Numbers,
    created: Numbers,
    channel: Numbers,
    came_by: Numbers,
    draws: Slots,
) -> Leads:
    """Pass leads created at some moments through the gates of the funnel."""
    every = LeadPath(world, accounts, account, channel, draws)
    mql, sql, opportunity, given_up = np.full((4, len(account)), NEVER)

    way = every.passes("lead_mql", "mql", created)
    some = every[way]
    mql[way] = qualified = some.after(created[way], "mql")
    good = some.passes("mql_sql", "sql", qualified)
    way, some = way[good], some[good]
    sql[way] = accepted = some.after(qualified[good], "sql")
    good = some.passes("sql_opportunity", "opportunity", accepted)
    opportunity[way[good]] = some[good].opens(accepted[good])

    funnel, fate = world.scenario.funnel, draws.uniform("leads.fate")
    reason = choose(draws.uniform("leads.reason"), np.array([*DISQUALIFIED_REASONS.values()]))
    stops = np.flatnonzero(fate < funnel.set_aside)
    last = np.where(sql < NEVER, sql, np.where(mql < NEVER, mql, created))
    given_up[stops] = every[stops].after(last[stops], "given_up")
    return Leads(
        account=account, slot=slot, created=created, channel=channel, mql=mql, sql=sql,
        opportunity=opportunity, given_up=given_up, came_by=came_by, chunk=chunk,
        fate=np.where(fate < funnel.disqualified, reason, -1),
    )  # fmt: skip


def chances_to_deal(course: LeadPath, created: Numbers) -> tuple[list[Numbers], Numbers]:
    """Return the chance at each gate, and the day a deal would open if all were passed."""
    qualified = course.after(created, "mql")
    accepted = course.after(qualified, "sql")
    come = zip(GATES, (created, qualified, accepted), strict=True)
    chances = [course.chance(gate, moments) for gate, moments in come]
    return chances, course.opens(accepted) // DAY
