"""Errors that say what a company does not tell, or what a call cannot ask."""

from __future__ import annotations

from revkit.errors.calls import FormulaError, PeriodError
from revkit.errors.parameters import ParameterError
from revkit.errors.tables import ColumnError, DimensionError, TableError

UNTOLD = (TableError, ColumnError, DimensionError, PeriodError, FormulaError, ParameterError)
"""Errors that leave one of several things out; others are faults to be mended."""
