"""Every way revkit refuses, and every sentence it says when it does.

::

    RevkitError
    ├── TableError      (LookupError)        a table that is not loaded, or that nobody knows
    ├── ColumnError     (LookupError)        a table lacks a column
    ├── DimensionError  (LookupError)        a dimension, or a value of one, that is not there
    ├── PeriodError     (ValueError)         a period, a date or a range that makes no sense
    ├── FormulaError    (ValueError)         a metric whose formula says nothing
    ├── ParameterError  (ValueError)         a parameter misspelt or of the wrong kind
    ├── DataError       (ValueError)         values that cannot be right, counted and shown
    ├── CurrencyError   (ValueError)         money that cannot be added up
    ├── MappingError    (ValueError)         a mapping file that cannot be followed
    ├── SourceError     (FileNotFoundError)  nothing readable at a path
    ├── EngineError     (ConnectionError)    a database that cannot be reached, or says no
    └── ReportError     (RuntimeError)       a report that could not be made

Each message says where, what was needed, what was found and what to do, in that order.
"""

from revkit.errors.base import RevkitError, did_you_mean, listed, nearest
from revkit.errors.calls import FormulaError, ParameterError, PeriodError
from revkit.errors.engines import EngineError
from revkit.errors.files import MappingError, ReportError, SourceError
from revkit.errors.tables import ColumnError, DimensionError, TableError
from revkit.errors.values import CurrencyError, DataError

__all__ = [
    "ColumnError",
    "CurrencyError",
    "DataError",
    "DimensionError",
    "EngineError",
    "FormulaError",
    "MappingError",
    "ParameterError",
    "PeriodError",
    "ReportError",
    "RevkitError",
    "SourceError",
    "TableError",
    "did_you_mean",
    "listed",
    "nearest",
]
