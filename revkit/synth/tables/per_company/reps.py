"""reps: the people who sell and look after customers, and their managers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Slots
from revkit.synth.kernel.text import CodedText, Ids, JoinedText
from revkit.synth.scenario.vocabulary import REGIONS
from revkit.synth.simulate.reps import Roster, names
from revkit.synth.simulate.world import World, previous_working_day

if TYPE_CHECKING:
    import pyarrow as pa


def rep_table(world: World, roster: Roster) -> pa.Table:
    """Build reps: a manager for each team, then everyone else by the day they joined."""
    known = roster.known
    teams = list(world.scenario.teams)
    roles = [team.role for team in world.scenario.teams.values()]
    queue = roster.seats[0][roster.seat[known]]
    count = len(teams)
    team = np.r_[np.arange(count), queue // len(REGIONS)]
    region = np.r_[np.full(count, -1), queue % len(REGIONS)]
    left = np.where(roster.leaves[known] < world.end, roster.leaves[known], NEVER)
    role = np.r_[np.full(count, len(roles)), team[count:]]
    people = Slots(world.streams(), np.arange(count + len(known)))
    first, last = names(world, "reps.name", people)
    return arrow(
        "reps",
        {
            "rep_id": Ids("R", 4, np.r_[np.arange(count) + 1, roster.ids[known].number]),
            "name": JoinedText((first, " ", last)),
            "role": np.array([*roles, "manager"], dtype=object)[role],
            "team": CodedText(team, teams),
            "region": CodedText(region, REGIONS),
            "manager_id": Ids("R", 4, np.r_[np.full(count, -1), team[count:] + 1]),
            "hired_on": np.r_[np.full(count, previous_working_day(np.array(world.first - 90))),
                              roster.hired[known]],
            "left_on": np.r_[np.full(count, NEVER), left],
        },
    )  # fmt: skip
