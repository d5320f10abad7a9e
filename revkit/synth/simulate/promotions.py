"""Promotions: people who take over a seat of a better paid team when a quarter begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.world import World, quarter_after

OUTSIDE = -1
"""Origin of a person who was hired from outside."""


@dataclass(frozen=True)
class Promotions:
    """Seats that are left to be filled from the team paid next less, and from where.

    ``leaves`` is the day each holder of each seat leaves it, a seat a row. ``origin`` is the
    position among all holders of who comes next but held another seat, :data:`OUTSIDE` for most.
    """

    leaves: Numbers
    origin: Numbers


def promotions(world: World, plan: Numbers, usual: Numbers, tenure: Numbers) -> Promotions:
    """Fill some of the seats that people leave with somebody of the team paid next less.

    Who leaves such a seat stays until the next quarter begins. Asked is the holder of one seat in
    the same region; one who has held it for the shortest tenure goes.

    Parameters
    ----------
    plan
        Queue, opening day and number of each seat.
    usual
        Whether each seat is there without effects. The others take no part, so that these stay
        as they are.
    tenure
        Day each holder of each seat leaves of their own accord.
    """
    leaves, origin = tenure.copy(), np.full(tenure.shape, OUTSIDE)
    staffing, (queue, opened, number) = world.scenario.people, plan
    streams, holders = world.streams(), tenure.shape[1]
    wanted = streams.uniform("reps.promoted", *tenure.shape)[number] < staffing.promoted
    asked = streams.uniform("reps.promoted_from", *tenure.shape)[number]
    below = teams_below(world)
    wanted &= usual[:, None] & (below[queue // len(REGIONS)] >= 0)[:, None]
    wanted[:, -1] = False
    wanted &= tenure < world.month_starts[-1]
    vacant = np.argwhere(wanted)
    for seat, place in vacant[np.lexsort((vacant[:, 0], tenure[wanted]))].tolist():
        day = int(quarter_after(tenure[seat, place]))
        lower = below[queue[seat] // len(REGIONS)] * len(REGIONS) + queue[seat] % len(REGIONS)
        seats = np.flatnonzero(usual & (queue == lower))
        other = int(seats[int(asked[seat, place] * len(seats))])
        holds = int((leaves[other] <= day).sum())
        since = leaves[other, holds - 1] if holds else opened[other]
        if (
            leaves[seat, place] == tenure[seat, place]
            and day < leaves[seat, place + 1]
            and since + staffing.shortest_tenure_days <= day
            and holds < holders - 1
        ):
            leaves[seat, place] = leaves[other, holds] = day
            origin[seat, place + 1] = other * holders + holds
    return Promotions(leaves, origin)


def teams_below(world: World) -> Numbers:
    """Return the team paid next less than each team, -1 for the one paid least."""
    pay = np.array([team.pay for team in world.scenario.teams.values()])
    order = np.argsort(pay, kind="stable")
    found = np.full(len(pay), -1)
    found[order[1:]] = order[:-1]
    return found
