"""Numbers of a mapping: as text writes them, for an interval, in the unit of their currency."""

from revkit.sources.mapping.numbers.units import Units
from revkit.sources.mapping.numbers.written import (
    in_major_units,
    in_whole_minor_units,
    months,
    read_numbers,
    signs_agree,
    written_numbers,
)

__all__ = [
    "Units",
    "in_major_units",
    "in_whole_minor_units",
    "months",
    "read_numbers",
    "signs_agree",
    "written_numbers",
]
