"""reps and rep_history: the people who sell and look after customers, and their managers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, Slots
from revkit.synth.kernel.text import CodedText, Ids, JoinedText
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.reps import Roster, names
from revkit.synth.simulate.working_days import previous_working_day
from revkit.synth.simulate.world import World

if TYPE_CHECKING:
    import pyarrow as pa


def rep_table(world: World, roster: Roster) -> pa.Table:
    """Build reps: a manager for each team, then everyone else by the day they joined."""
    known = roster.known
    count = len(world.scenario.teams)
    place = places(world, roster, roster.latest(world.end)[known])
    leaves = roster.leaves[roster.latest(NEVER)[known]]
    left = np.where(leaves < world.end, leaves, NEVER)
    people = Slots(world.streams(), np.arange(count + len(known)))
    first, last = names(world, "reps.name", people)
    return arrow(
        "reps",
        {
            "rep_id": Ids("R", 4, np.r_[np.arange(count) + 1, roster.ids[known].number]),
            "name": JoinedText((first, " ", last)),
            **place,
            "hired_on": np.r_[np.full(count, founded(world)), roster.hired[known]],
            "left_on": np.r_[np.full(count, NEVER), left],
        },
    )


def rep_history_table(world: World, roster: Roster) -> pa.Table:
    """Build rep_history: where everyone began, and where those went who were promoted."""
    joined, count = roster.joined, len(world.scenario.teams)
    return arrow(
        "rep_history",
        {
            "rep_id": Ids("R", 4, np.r_[np.arange(count) + 1, roster.ids[joined].number]),
            "from_on": np.r_[np.full(count, founded(world)), roster.hired[joined]],
            **places(world, roster, joined),
        },
    )


def places(world: World, roster: Roster, position: Numbers) -> dict[str, Any]:
    """Return role, team, region and manager of the managers, then of those at some positions."""
    teams = list(world.scenario.teams)
    roles = [team.role for team in world.scenario.teams.values()]
    queue = roster.seats[0][roster.seat[position]]
    count = len(teams)
    team = np.r_[np.arange(count), queue // len(REGIONS)]
    role = np.r_[np.full(count, len(roles)), team[count:]]
    return {
        "role": np.array([*roles, "manager"], dtype=object)[role],
        "team": CodedText(team, teams),
        "region": CodedText(np.r_[np.full(count, -1), queue % len(REGIONS)], REGIONS),
        "manager_id": Ids("R", 4, np.r_[np.full(count, -1), team[count:] + 1]),
    }


def founded(world: World) -> Numbers:
    """Return the day the managers began."""
    return previous_working_day(np.array(world.first - 90))
