"""Errors: the exceptions that revkit raises, and all their messages.

::

    RevkitError
    ├── TableError      (LookupError)        a table that is not loaded, or not in the schema
    ├── ColumnError     (LookupError)        a column that a table lacks
    ├── DimensionError  (LookupError)        an unknown dimension, or a value no row has
    ├── PeriodError     (ValueError)         an invalid period, date, time zone or range
    ├── FormulaError    (ValueError)         an invalid metric formula, or an unknown metric
    ├── ParameterError  (ValueError)         a parameter misspelt or of the wrong type
    │   └── ScenarioError                    a scenario that cannot be read
    ├── FolderError     (FileExistsError)    a folder that cannot be written without loss
    ├── WriteError      (OSError)            a folder that could not be written in the end
    ├── PriceError      (ValueError)         a survey, test or change of prices that cannot be read
    ├── DataError       (ValueError)         values that break the schema, counted and shown
    ├── CurrencyError   (ValueError)         money in currencies that cannot be added up
    ├── MappingError    (ValueError)         an invalid mapping file
    ├── SourceError     (FileNotFoundError)  no readable file or folder at a path
    ├── EngineError     (ConnectionError)    a database that cannot be reached or used
    ├── AlertError      (ValueError)         rules of alerts that cannot be read
    ├── BrandError      (ValueError)         a brand that cannot be read
    └── ReportError     (RuntimeError)       a report that could not be built

Each class has a constructor for every message. A message says where the problem is, what was
needed, what was found and what to do, in that order.
"""

from revkit.errors.base import Reason, RevkitError, did_you_mean, first_lines, listed, nearest
from revkit.errors.calls import FormulaError, PeriodError
from revkit.errors.engines import EngineError
from revkit.errors.files import SourceError
from revkit.errors.mappings import MappingError
from revkit.errors.outputs import AlertError, BrandError, FolderError, ReportError, WriteError
from revkit.errors.parameters import ParameterError
from revkit.errors.prices import PriceError
from revkit.errors.scenarios import ScenarioError
from revkit.errors.tables import ColumnError, DimensionError, TableError
from revkit.errors.untold import UNTOLD
from revkit.errors.values import CurrencyError, DataError

__all__ = [
    "UNTOLD",
    "AlertError",
    "BrandError",
    "ColumnError",
    "CurrencyError",
    "DataError",
    "DimensionError",
    "EngineError",
    "FolderError",
    "FormulaError",
    "MappingError",
    "ParameterError",
    "PeriodError",
    "PriceError",
    "Reason",
    "ReportError",
    "RevkitError",
    "ScenarioError",
    "SourceError",
    "TableError",
    "WriteError",
    "did_you_mean",
    "first_lines",
    "listed",
    "nearest",
]
