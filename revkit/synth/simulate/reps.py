"""Reps: seats that open as the company grows, and the people who hold them in turn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from revkit.synth.kernel.arrow import NEVER
from revkit.synth.kernel.name_pools import pool
from revkit.synth.kernel.random_streams import Numbers, Slots
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.scenario.model import Effect
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.promotions import OUTSIDE, Promotions, promotions
from revkit.synth.simulate.working_days import previous_working_day
from revkit.synth.simulate.world import AHEAD, World

HOLDERS = 6
DAY_SPAN = 1 << 20


@dataclass(frozen=True)
class Roster:
    """Seats of every team and region, and the people who hold them one after another.

    One position of the arrays is one person on one seat; those of a seat follow each other, and
    the next one takes over on the day the former leaves. Who is promoted holds two seats in turn.
    """

    world: World

    @cached_property
    def plan(self) -> Numbers:
        """Queue, opening day and number of each seat, sorted by the first two.

        Seats open as accounts come faster. Those an effect adds have the last numbers, so that the
        others keep their draws.
        """
        world = self.world
        soon = world.scenario.people.handover_days
        starts = world.month_starts[: -1 - AHEAD]
        pace = np.maximum.accumulate((1 + world.scenario.growth) ** np.arange(len(starts)))
        queues, opened, extra = [], [], []
        for team, count in enumerate(self.sizes[0].tolist()):
            for region in range(len(REGIONS)):
                month = np.searchsorted(pace, (np.arange(count) + 0.5) / count * pace[-1])
                month[0] = 0  # somebody is there from the first day on
                days = np.where(month > 0, starts[month], world.first - 60)
                queues.append(np.full(count, team * len(REGIONS) + region))
                opened.append(previous_working_day(days))
                for effect in self.effects_on("seats", team, region):
                    day = previous_working_day(
                        np.array(world.effects.first_day(effect.months[0]) + soon)
                    )
                    more = max(1, round((effect.factor - 1) * count))
                    extra.append(np.tile([[team * len(REGIONS) + region], [int(day)]], more))
        both = np.stack([np.concatenate(queues), np.concatenate(opened)])
        both = np.concatenate([both, *extra], axis=1)
        order = np.lexsort((both[1], both[0]))
        return np.stack([*both[:, order], order])

    @cached_property
    def sizes(self) -> tuple[Numbers, Numbers]:
        """Seats of each team in a region, one at least, and the part of a full one that each is.

        Pay and quota are for that part.
        """
        teams = self.world.scenario.teams.values()
        needed = (
            np.array([spec.seats for spec in teams]) * self.world.accounts / 1000 / len(REGIONS)
        )
        count = np.maximum(1, np.rint(needed)).astype(np.int64)
        return count, needed / count

    @property
    def seats(self) -> tuple[Numbers, Numbers]:
        """Queue (team and region) and opening day of each seat, sorted by both."""
        return self.plan[0], self.plan[1]

    def effects_on(self, target: str, team: int, region: int) -> list[Effect]:
        """List the effects on the people of a team and region."""
        effects = self.world.effects
        place = {"team": np.array(team), "region": np.array(region)}
        return [
            effect
            for effect in effects.of(target)
            if effects.holds(effect, effects.first_day(effect.months[0]), place)
        ]

    @cached_property
    def seat(self) -> Numbers:
        """Seat of each person."""
        return np.repeat(np.arange(len(self.seats[0])), HOLDERS)

    @cached_property
    def number(self) -> Numbers:
        """Number of each person, the same whatever seats an effect adds."""
        return np.asarray(self.plan[2][self.seat] * HOLDERS + np.arange(len(self.seat)) % HOLDERS)

    @cached_property
    def tenure(self) -> Numbers:
        """Day each person of each seat leaves of their own accord; the last one stays."""
        draws = self.world.streams().normal("reps.left_on", *self.shape)[self.plan[2]]
        staffing = self.world.scenario.people
        tenure = staffing.tenure_days * np.exp(staffing.tenure_spread * draws)
        tenure = np.maximum(staffing.shortest_tenure_days, tenure).astype(np.int64)
        leaves = previous_working_day(self.seats[1][:, None] + np.cumsum(tenure, axis=1))
        leaves[:, -1] = NEVER
        return leaves

    @cached_property
    def promotions(self) -> Promotions:
        """Seats filled from another team, before effects."""
        usual = self.plan[2] < self.sizes[0].sum() * len(REGIONS)
        return promotions(self.world, self.plan, usual, self.tenure)

    @cached_property
    def going(self) -> tuple[Numbers, Numbers, Numbers]:
        """Day each person leaves, day an effect makes them leave, and odds on their open deals."""
        leaves = self.promotions.leaves.copy()
        made, odds = np.full(self.shape, NEVER), np.ones(self.shape)
        for team in range(len(self.world.scenario.teams)):
            for region in range(len(REGIONS)):
                for effect in self.effects_on("leave", team, region):
                    first = np.array(self.world.effects.first_day(effect.months[0]))
                    day = int(self.world.month_end(first))
                    queue = self.seats[0] == team * len(REGIONS) + region
                    seat = np.flatnonzero(queue & (self.seats[1] < day))
                    place = (leaves[seat] <= day).sum(axis=1)
                    seat, place = seat[place < HOLDERS - 1], place[place < HOLDERS - 1]
                    leaves[seat, place] = made[seat, place] = day
                    odds[seat, place] = effect.factor
        return leaves.ravel(), made.ravel(), odds.ravel()

    @property
    def leaves(self) -> Numbers:
        """Day each person leaves the seat; the last one of a seat stays."""
        return self.going[0]

    @property
    def departure(self) -> Numbers:
        """Day an effect makes each person leave, ``NEVER`` for the others."""
        return self.going[1]

    @property
    def open_deal_odds(self) -> Numbers:
        """Factor on the odds of the deals that each person leaves open."""
        return self.going[2]

    @cached_property
    def handover(self) -> Numbers:
        """Day each person takes over the seat."""
        before = np.roll(self.leaves.reshape(self.shape), 1, axis=1)
        before[:, 0] = self.seats[1]
        return before.ravel()

    @cached_property
    def before(self) -> Numbers:
        """Position from which each person was promoted, ``OUTSIDE`` for who was hired.

        Nobody is who leaves the company before, or whose new seat is vacant earlier.
        """
        asked = self.promotions.origin.ravel()
        goes = (asked != OUTSIDE) & (self.leaves[asked] == self.handover)
        goes &= self.handover == np.roll(self.promotions.leaves.ravel(), 1)
        return np.where(goes, asked, OUTSIDE)

    @cached_property
    def person(self) -> Numbers:
        """First position of the person at each position."""
        first = np.where(self.before == OUTSIDE, np.arange(len(self.seat)), self.before)
        while (first != first[first]).any():
            first = first[first]
        return first

    @cached_property
    def hired(self) -> Numbers:
        """Day each person joins the team, shortly before taking over unless from another one."""
        draws = self.world.streams().uniform("reps.hired_on", *self.shape)[self.plan[2]]
        ahead = (self.world.scenario.people.handover_days * draws.ravel()).astype(np.int64)
        joins = previous_working_day(self.handover - ahead)
        return np.where(self.before == OUTSIDE, joins, self.handover)

    @cached_property
    def skill(self) -> Numbers:
        """Log-odds that each person adds to winning."""
        draws = self.world.streams().normal("reps.skill", *self.shape)[self.plan[2]]
        return np.asarray(self.world.scenario.people.skill * draws.ravel()[self.person])

    @property
    def shape(self) -> tuple[int, int]:
        """Number of seats, and of people one after another on each."""
        return len(self.seats[0]), HOLDERS

    def seat_of(self, team: Numbers, region: Numbers, day: Numbers, draws: Numbers) -> Numbers:
        """Choose one of the seats of a team and region that are open on a day."""
        queue, (first, count) = team * len(REGIONS) + region, self.open_seats
        since = np.clip(day - self.world.first, 0, count.shape[1] - 1)
        return np.asarray(first[queue] + (draws * count[queue, since]).astype(np.int64))

    def other_seat(self, seat: Numbers, day: Numbers, draws: Numbers) -> Numbers:
        """Choose another seat of each seat's team that is open on a day: of its region if any.

        Elsewhere it is the first one of another region, which is open from the first day on.
        """
        first, count = self.open_seats
        queue, regions = self.seats[0][seat], len(REGIONS)
        since = np.clip(day - self.world.first, 0, count.shape[1] - 1)
        others = count[queue, since] - 1
        place = seat - first[queue] + 1 + (draws * np.maximum(others, 1)).astype(np.int64)
        near = first[queue] + place % np.maximum(others + 1, 1)
        further = (queue + 1 + (draws * (regions - 1)).astype(np.int64)) % regions
        far = first[queue - queue % regions + further]
        return np.asarray(np.where((others > 0) & (near != seat), near, far))

    @cached_property
    def open_seats(self) -> tuple[Numbers, Numbers]:
        """First seat of each queue, and the number of its seats open on each day simulated."""
        queues, opened = self.seats
        each = np.arange(queues[-1] + 1)
        first = np.searchsorted(queues, each)
        days = np.arange(self.world.first, self.world.month_starts[-1])
        keys = each[:, None] * DAY_SPAN + days
        count = np.searchsorted(queues * DAY_SPAN + opened, keys, side="right") - first[:, None]
        return first, np.maximum(count, 1)

    def holder(self, seat: Numbers, day: Numbers) -> Numbers:
        """Return the person who holds each seat on a day."""
        person = seat * HOLDERS
        for begins in self.handover.reshape(self.shape).T[1:]:
            person += begins[seat] <= day
        return np.asarray(person)

    def ramp(self, person: Numbers, day: Numbers) -> Numbers:
        """Return the share of full strength a person has reached, up to 1."""
        staffing = self.world.scenario.people
        hired, queue = self.hired[person], self.seats[0][self.seat[person]]
        codes = {"team": queue // len(REGIONS), "region": queue % len(REGIONS)}
        days = staffing.ramp_days * self.world.effects.factor("ramp", hired, **codes)
        start = staffing.ramp_from
        return np.asarray(np.clip(start + (1 - start) * (day - hired) / days, start, 1.0))

    def team(self, role: str, segment: Numbers) -> Numbers:
        """Return the team that serves each segment in a role."""
        scenario = self.world.scenario
        found = np.zeros(len(scenario.segments), dtype=np.int64)
        for place, name in enumerate(scenario.segments):
            for number, spec in enumerate(scenario.teams.values()):
                if spec.role == role and spec.accounts in ("", name):
                    found[place] = number
        return found[segment]

    @cached_property
    def joined(self) -> Numbers:
        """Positions taken up by the last day, in the order people joined the teams."""
        order = np.lexsort((self.seat, self.hired))
        return order[self.hired[order] < self.world.end]

    @property
    def known(self) -> Numbers:
        """First positions of the people hired by the last day, in the order they joined."""
        return np.asarray(self.joined[self.before[self.joined] == OUTSIDE])

    @cached_property
    def ids(self) -> Ids:
        """Ids (rep_id) of the people; null for those still to be hired."""
        numbers = np.full(len(self.seat), -1)
        managers = len(self.world.scenario.teams)
        numbers[self.known] = np.arange(len(self.known)) + managers + 1
        return Ids("R", 4, numbers[self.person])

    def latest(self, day: int) -> Numbers:
        """Return the last position that the person at each one has taken up before a day."""
        found = np.arange(len(self.seat))
        moved = np.flatnonzero((self.before != OUTSIDE) & (self.handover < day))
        moved = moved[np.argsort(self.handover[moved], kind="stable")]
        for place in moved.tolist():
            found[self.person[place]] = place
        return np.asarray(found[self.person])


def names(world: World, stream: str, slots: Slots) -> tuple[CodedText, CodedText]:
    """Draw first and last names from the pool."""
    values = pool(world.scenario.locale)

    def drawn(kind: str, column: str) -> CodedText:
        words = values[kind]
        draws = slots.uniform(f"{stream}.{column}")
        return CodedText((draws * len(words)).astype(np.int64), words)

    return drawn("first_name", "first"), drawn("last_name", "last")
