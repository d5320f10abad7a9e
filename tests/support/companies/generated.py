"""Generated companies with some settings of their scenario changed."""

from dataclasses import replace
from typing import Any

from revkit.synth import Company, generate

BLOCKS = ("people", "pipeline", "planning")


def changed(company: Company, **settings: Any) -> Company:
    """A company with some settings of its scenario changed, whatever block they are in."""
    asked = company.world.scenario
    for name in BLOCKS:
        block = getattr(asked, name)
        here = {key: value for key, value in settings.items() if hasattr(block, key)}
        asked = replace(asked, **{name: replace(block, **here)})
    return replace(company, world=replace(company.world, scenario=asked))


def punctual(name: str = "baseline", **how: Any) -> Company:
    """A company whose closes are entered on their day, so that a replay knows them on it."""
    return changed(generate(name, **how), entered_late=0.0)
