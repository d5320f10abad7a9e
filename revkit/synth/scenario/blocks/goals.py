"""Goals: ranges that figures of a company made from a scenario should lie in."""

from __future__ import annotations

from dataclasses import dataclass

from revkit.synth.scenario.blocks.bounds import Word


@dataclass(frozen=True)
class Goal:
    """Range, from the least to the greatest value, and where it is from.

    ``python -m benchmarks.realism`` measures companies of ten seeds and holds each figure against
    its goal.
    """

    range: tuple[float, float]
    source: Word
