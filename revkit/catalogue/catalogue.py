"""The catalogue: every metric that is defined, revkit's own and the user's, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import revkit.metrics  # importing revkit's own metrics registers them
from revkit.algebra.cards.card import reference
from revkit.algebra.definition import Owner
from revkit.algebra.metric import Metric
from revkit.algebra.registry import METRICS, Metrics
from revkit.derived import DERIVED, required_tables
from revkit.errors import FormulaError, ParameterError, TableError
from revkit.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

revkit.metrics.__class__ = Metrics  # where a user's own metric is found as well


def known() -> dict[str, Metric]:
    """Return every metric by its name, sorted."""
    return dict(sorted(METRICS.items()))


def find(name: str) -> Metric:
    """Return a metric by its name.

    Raises
    ------
    FormulaError
        When there is none; the message names the nearest.
    """
    if not isinstance(name, str) or name not in METRICS:
        raise FormulaError.unknown(name, known=known())
    return METRICS[name]


def catalog(owner: Owner | None = None, table: str | None = None) -> pd.DataFrame:
    """Return every metric with its definition.

    Parameters
    ----------
    owner
        Only metrics watched by "SalesOps", "RevOps" or "both"; those that both watch are in all
        three.
    table
        Only metrics that read this table, directly or through one derived from it (``movements``,
        ``journeys``).

    Returns
    -------
    DataFrame
        One row per metric, sorted by name: ``name``, ``title``, ``title_it``, ``owner``,
        ``unit``, ``better``, ``additive`` (values add up over groups), ``interval`` (the method of
        its interval), ``formula`` in words, ``tables``, ``reference``, ``module``.

    Raises
    ------
    ParameterError
        When the owner is none of these.
    TableError
        When no table has that name.

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
            "title": metric.title,
            "title_it": metric.title_it,
            "owner": metric.owner,
            "unit": metric.unit,
            "better": metric.better,
            "additive": metric.additive,
            "interval": metric.interval,
            "formula": metric.words,
            "tables": ", ".join(metric.tables),
            "reference": reference(metric),
            "module": metric.module,
        }
        for name, metric in _chosen(owner, table).items()
    ]
    columns = (
        "name", "title", "title_it", "owner", "unit", "better", "additive", "interval", "formula",
        "tables", "reference", "module",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _chosen(owner: str | None, table: str | None) -> dict[str, Metric]:
    """Return the metrics of an owner and a table, checking both."""
    owners = get_args(Owner)
    if owner is not None and owner not in owners:
        raise ParameterError.unknown_value(owner, where="rk.catalog: owner", known=owners)
    tables = [*TABLES, "movements", *DERIVED]
    if table is not None and table not in tables:
        raise TableError.unknown(table, known=tables)
    return {
        name: metric
        for name, metric in known().items()
        if (owner is None or metric.owner in (owner, "both"))
        and (
            table is None or any(table in (used, *required_tables(used)) for used in metric.tables)
        )
    }
