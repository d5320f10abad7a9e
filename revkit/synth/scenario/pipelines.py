"""Pipelines: the stages that deals go through, and how likely each makes it that one is won."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.scenario.model import Scenario

PIPELINES = {
    "Sales": {
        "Qualification": 0.10, "Discovery": 0.20, "Proposal": 0.40, "Negotiation": 0.65,
        "Closed Won": 1.0, "Closed Lost": 0.0,
    },
    "Renewals and Expansion": {
        "Account Review": 0.45, "Proposal": 0.60, "Negotiation": 0.80,
        "Closed Won": 1.0, "Closed Lost": 0.0,
    },
}  # fmt: skip
"""Pipelines, the second for deals with customers; the same label is not the same stage in both."""

FORMER = {("Sales", "Discovery"): "Needs Analysis"}
"""Labels that stages had before they were renamed, where a company's were."""

STAGES = 6
"""Numbers of the stages of any pipeline. One with fewer lacks the first."""

CLOSED = ("Closed Won", "Closed Lost")

WORDS = tuple(
    dict.fromkeys([*(label for stages in PIPELINES.values() for label in stages), *FORMER.values()])
)
"""Labels of all stages, each once, and the former ones."""


def pipelines(scenario: Scenario) -> Sequence[str]:
    """Return the names of the pipelines that a company has."""
    return list(PIPELINES)[: 1 + scenario.pipeline.own_of_customers]


def pipeline_of(scenario: Scenario, kind: Numbers) -> Numbers:
    """Return the number of the pipeline of deals, by their kind, of which the first is new."""
    return np.minimum(kind, len(pipelines(scenario)) - 1)


def chances() -> Numbers:
    """Return the probability of winning by pipeline and stage; NaN for stages that one lacks."""
    found = np.full((len(PIPELINES), STAGES), np.nan)
    for row, stages in zip(found, PIPELINES.values(), strict=True):
        row[STAGES - len(stages) :] = [*stages.values()]
    return found


def renamed_on(scenario: Scenario) -> int | None:
    """Return the first day on which the stages have today's labels; None if they always had."""
    if (month := scenario.pipeline.stage_renamed) is None:
        return None
    day = (np.datetime64(scenario.start, "M") + month).astype("M8[D]")
    return int(day.astype(np.int64))


def words(*, former: bool = False) -> Numbers:
    """Return the place in ``WORDS`` by pipeline and stage; -1 for stages that one lacks.

    Parameters
    ----------
    former
        Whether of a renamed stage the former label is asked for.
    """
    found = np.full((len(PIPELINES), STAGES), -1)
    for row, (name, stages) in zip(found, PIPELINES.items(), strict=True):
        labels = [FORMER.get((name, label), label) if former else label for label in stages]
        row[STAGES - len(stages) :] = [WORDS.index(label) for label in labels]
    return found
