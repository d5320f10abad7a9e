"""Generated companies with some settings of their scenario changed."""

from dataclasses import replace
from typing import Any

from revkit.synth import Company, generate


def punctual(name: str = "baseline", **how: Any) -> Company:
    """A company whose closes are entered on their day, so that a replay knows them on it."""
    company = generate(name, **how)
    asked = company.world.scenario
    asked = replace(asked, pipeline=replace(asked.pipeline, entered_late=0.0))
    return replace(company, world=replace(company.world, scenario=asked))
