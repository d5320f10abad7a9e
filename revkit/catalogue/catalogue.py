"""The catalogue: every metric that is defined, the kit's own and the user's, by its name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, get_args

from revkit.algebra.card import reference
from revkit.algebra.definition import Owner
from revkit.algebra.metric import Metric
from revkit.algebra.registry import METRICS, Metrics
from revkit.derived import DERIVED, required_tables
from revkit.errors import FormulaError, ParameterError, TableError
from revkit.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

sys.modules["revkit.metrics"].__class__ = Metrics  # where a user's own metric is found as well


def known() -> dict[str, Metric]:
    """Return every metric by its name, sorted."""
    return dict(sorted(METRICS.items()))


def find(name: str) -> Metric:
    """Return the metric of a name.

    Raises
    ------
    FormulaError
        When there is none, naming the nearest.
    """
    if name not in METRICS:
        raise FormulaError.unknown(name, known=known())
    return METRICS[name]


def catalog(owner: Owner | None = None, table: str | None = None) -> pd.DataFrame:
    """Return every metric with its definition.

    Parameters
    ----------
    owner
        Only what "SalesOps" or "RevOps" watches, or "both" of them; what both watch is in
        either.
    table
        Only what is counted from this table, itself or through one derived from it
        (``movements``, ``journeys``).

    Returns
    -------
    DataFrame
        One row per metric, sorted by name: ``name``, ``title``, ``title_it``, ``owner``,
        ``unit``, ``better``, ``additive`` (values add up over groups), ``interval`` (how its
        uncertainty is found), ``formula`` in words, ``tables``, ``reference``, ``module``.

    Raises
    ------
    ParameterError
        When there is no such owner.
    TableError
        When there is no such table.

    Examples
    --------
    >>> catalog().set_index("name").loc["mqls", "formula"]
    "lead_stages where stage is 'MQL' and is_first by entered"
    >>> {"cac", "mrr"} & set(catalog(owner="SalesOps", table="spend")["name"])
    {'cac'}
    """
    import pandas as pd

    rows = [
        {
            "name": name,
            "title": made.title,
            "title_it": made.title_it,
            "owner": made.owner,
            "unit": made.unit,
            "better": made.better,
            "additive": made.additive,
            "interval": made.interval,
            "formula": made.words,
            "tables": ", ".join(made.tables),
            "reference": reference(made),
            "module": made.module,
        }
        for name, made in _chosen(owner, table).items()
    ]
    columns = (
        "name", "title", "title_it", "owner", "unit", "better", "additive", "interval", "formula",
        "tables", "reference", "module",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _chosen(owner: str | None, table: str | None) -> dict[str, Metric]:
    owners = get_args(Owner)
    if owner is not None and owner not in owners:
        raise ParameterError.unknown(owner, where="catalog(owner=…)", known=owners)
    tables = [*TABLES, "movements", *DERIVED]
    if table is not None and table not in tables:
        raise TableError.unknown(table, known=tables)
    return {
        name: made
        for name, made in known().items()
        if (owner is None or made.owner in (owner, "both"))
        and (table is None or any(table in (used, *required_tables(used)) for used in made.tables))
    }
