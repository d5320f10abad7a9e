"""Defaults and conclusions for notebook pages: what a cell needs and a script does not."""

from revkit.analysis.around import Around as Around
from revkit.analysis.around import around as around
from revkit.analysis.defaults import breakdown as breakdown
from revkit.analysis.defaults import new_business as new_business
from revkit.analysis.defaults import since as since
from revkit.analysis.events import events as events
from revkit.analysis.moved import moved as moved
from revkit.analysis.writing.finding import so as so
from revkit.widgets import Explorer as Explorer
from revkit.widgets import explore as explore

__all__ = [
    "Around", "Explorer", "around", "breakdown", "events", "explore", "moved", "new_business",
    "since", "so",
]  # fmt: skip
