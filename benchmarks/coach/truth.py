"""Truth of a generated company's reps: who is named and truly wins less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from revkit.analysis.coaching.measures import STAGE
from revkit.synth.simulate.reps import Roster

if TYPE_CHECKING:
    from revkit.analysis.coaching.result import Coaching
    from revkit.synth.company import Company


def skills(made: Company) -> pd.Series:
    """Return the log-odds that each rep adds to winning."""
    roster = Roster(made.world)
    names = roster.ids.words()
    return pd.Series({names[place]: roster.skill[place] for place in roster.known})


def others(found: Coaching, planted: str, skill: pd.Series) -> pd.DataFrame:
    """Return the other reps named, with ``less``: how far their skill lies below their peers'.

    A generated rep wins less only by less skill; it shows in wins and at any stage. What else
    somebody is named for, such as discounts, is chance: all reps are alike in it.
    """
    wins = found.measures[found.measures["measure"] == "win"]
    wins = wins[wins["rep_id"].isin(skill.index)]
    usual = float((wins["rep_id"].map(skill) * wins["n"]).sum() / wins["n"].sum())
    named = found.named[found.named["rep_id"] != planted]
    less = usual - named["rep_id"].map(skill).astype(np.float64)
    of_wins = named["measure"].eq("win") | named["measure"].str.startswith(STAGE)
    return named.assign(less=less.where(of_wins, 0.0))
