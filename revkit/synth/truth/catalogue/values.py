"""Values of the catalogue's metrics by month, from figures summed over chunks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from revkit.synth.kernel.processes import map_chunks
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import simulate
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_company.totals import Totals, chunk_totals
from revkit.synth.truth.catalogue.contracts import contract_figures, contract_values
from revkit.synth.truth.catalogue.customers import customer_figures, customer_values
from revkit.synth.truth.catalogue.deals import deal_figures, deal_values
from revkit.synth.truth.catalogue.economics import economic_values, money_figures
from revkit.synth.truth.catalogue.forecasts import forecast_figures, forecast_values
from revkit.synth.truth.catalogue.funnel import lead_figures, lead_values
from revkit.synth.truth.catalogue.marketing import marketing_values, touch_figures
from revkit.synth.truth.catalogue.months import Values, month_edges, months_of
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.catalogue.people import activity_figures, people_values, staff_figures
from revkit.synth.truth.catalogue.pipeline import pipeline_figures, pipeline_values
from revkit.synth.truth.catalogue.recurring import recurring_figures, recurring_values
from revkit.synth.truth.figures import Figures, sum_figures


@dataclass(frozen=True)
class ChunkFigures:
    """Counts the figures of each chunk of a company, and its part of the company's totals."""

    world: World

    def __call__(self, chunk: int) -> tuple[Figures, Totals]:
        made = simulate(self.world, self.roster, chunk)
        part = Part(self.world, self.roster, chunk, made)
        return part_figures(part), chunk_totals(self.world, self.roster, made)

    @cached_property
    def roster(self) -> Roster:
        """People who sell."""
        return Roster(self.world)


def catalogue_values(world: World, workers: int = 1) -> Values:
    """Compute the value of each metric that the simulation knows, for each month shown.

    Money is in the company's currency, and every metric in the unit of the catalogue; NaN where a
    metric has no value.
    """
    work = ChunkFigures(world)
    parts = map_chunks(work, world.chunks, workers)
    found, sums = next(parts)
    for more, others in parts:
        found, sums = sum_figures([found, more]), sums + others
    found |= staff_figures(world, work.roster, sums) | money_figures(world, work.roster, sums)
    return metric_values(world, found)


def part_figures(part: Part) -> Figures:
    """Count the figures of one chunk, which add up over chunks."""
    return {
        **recurring_figures(part),
        **contract_figures(part),
        **lead_figures(part),
        **deal_figures(part),
        **pipeline_figures(part),
        **activity_figures(part),
        **forecast_figures(part),
        **touch_figures(part),
        **customer_figures(part),
    }


def metric_values(world: World, f: Figures) -> Values:
    """Form every metric from figures of the whole company."""
    edges = month_edges(world)
    ends = edges[1:]
    return {
        **recurring_values(f, edges),
        **contract_values(f, months_of(ends) - months_of(edges[:1])),
        **lead_values(f),
        **deal_values(f, ends - 1 - world.start),
        **pipeline_values(f),
        **people_values(f),
        **forecast_values(f),
        **marketing_values(f),
        **customer_values(f, np.diff(edges)),
        **economic_values(f),
    }
