"""Checks of a scenario's questions and decoys."""

from __future__ import annotations

from revkit.errors import ParameterError
from revkit.synth.scenario.model import Scenario

SCORES = ("effect", "target", "segment", "industry", "channel", "team", "month", "factor")
"""Parts an answer can be scored by; months within one, factors within a quarter."""


def check_questions(scenario: Scenario) -> None:
    """Refuse decoys and questions that name unknown channels, effects or scores."""
    effects = [effect.id for effect in scenario.effects]
    for decoy in scenario.decoys:
        place = f"{scenario.name}: decoys: {decoy.id}"
        if decoy.channel not in scenario.channels:
            raise ParameterError.unknown_value(
                decoy.channel, where=f"{place}: channel", known=scenario.channels
            )
        months = decoy.months
        if not 0 <= months[0] < months[1]:
            raise ParameterError.wrong_value(
                f"{place}: months", "must be [first, after the last], from 0", repr(months)
            )
    for number, question in enumerate(scenario.questions, 1):
        where = f"{scenario.name}: questions: {number}"
        for name in question.effects:
            if name not in effects:
                raise ParameterError.unknown_value(name, where=f"{where}: effects", known=effects)
        for name in question.score:
            if name not in SCORES:
                raise ParameterError.unknown_value(name, where=f"{where}: score", known=SCORES)
