"""All sentence builders under one name: each takes a result and returns a finding."""

from revkit.analysis.ceiling import affordable as affordable
from revkit.analysis.ceiling import ceiling as ceiling
from revkit.analysis.durations import ended as ended
from revkit.analysis.durations import lasted as lasted
from revkit.analysis.durations import unequal as unequal
from revkit.analysis.flows.cohorts import kept as kept
from revkit.analysis.flows.cohorts import paid_back as paid_back
from revkit.analysis.flows.funnel import narrowest as narrowest
from revkit.analysis.flows.movements import growth as growth
from revkit.analysis.flows.movements import sources as sources
from revkit.analysis.flows.steps import matured as matured
from revkit.analysis.flows.waterfall import outcome as outcome
from revkit.analysis.forecasts.accuracy import track_record as track_record
from revkit.analysis.lifetime import simple_worth as simple_worth
from revkit.analysis.lifetime import worth as worth
from revkit.analysis.pipelines.calibration import chances as chances
from revkit.analysis.pipelines.calls import earliness as earliness
from revkit.analysis.pipelines.rep_calls import callers as callers
from revkit.analysis.prices.discounts import leakage as leakage
from revkit.analysis.whitespace import widest_gap as widest_gap
from revkit.analysis.writing.comparisons import change as change
from revkit.analysis.writing.comparisons import largest as largest
from revkit.analysis.writing.comparisons import level as level
from revkit.analysis.writing.comparisons import year as year
from revkit.analysis.writing.contrasts import contrast as contrast
from revkit.analysis.writing.steps import step as step

__all__ = [
    "affordable",
    "callers",
    "ceiling",
    "chances",
    "change",
    "contrast",
    "earliness",
    "ended",
    "growth",
    "kept",
    "largest",
    "lasted",
    "leakage",
    "level",
    "matured",
    "narrowest",
    "outcome",
    "paid_back",
    "simple_worth",
    "sources",
    "step",
    "track_record",
    "unequal",
    "widest_gap",
    "worth",
    "year",
]
