"""Every sentence builder by one name: a result in, a sentence that claims no more than it shows."""

from revkit.analysis.findings import change as change
from revkit.analysis.findings import contrast as contrast
from revkit.analysis.findings import largest as largest
from revkit.analysis.findings import level as level
from revkit.analysis.findings import year as year
from revkit.analysis.flows import growth as growth
from revkit.analysis.flows import narrowest as narrowest
from revkit.analysis.flows import sources as sources
from revkit.analysis.forecast import track_record as track_record
from revkit.analysis.upsell import widest_gap as widest_gap

__all__ = [
    "change",
    "contrast",
    "growth",
    "largest",
    "level",
    "narrowest",
    "sources",
    "track_record",
    "widest_gap",
    "year",
]
