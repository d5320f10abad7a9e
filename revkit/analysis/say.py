"""All sentence builders under one name: each takes a result and returns a finding."""

from revkit.analysis.flows.funnel import narrowest as narrowest
from revkit.analysis.flows.movements import growth as growth
from revkit.analysis.flows.movements import sources as sources
from revkit.analysis.flows.waterfall import outcome as outcome
from revkit.analysis.forecasts.accuracy import track_record as track_record
from revkit.analysis.lifetime import simple_worth as simple_worth
from revkit.analysis.lifetime import worth as worth
from revkit.analysis.whitespace import widest_gap as widest_gap
from revkit.analysis.writing.comparisons import change as change
from revkit.analysis.writing.comparisons import largest as largest
from revkit.analysis.writing.comparisons import level as level
from revkit.analysis.writing.comparisons import year as year
from revkit.analysis.writing.contrasts import contrast as contrast
from revkit.analysis.writing.steps import step as step

__all__ = [
    "change",
    "contrast",
    "growth",
    "largest",
    "level",
    "narrowest",
    "outcome",
    "simple_worth",
    "sources",
    "step",
    "track_record",
    "widest_gap",
    "worth",
    "year",
]
