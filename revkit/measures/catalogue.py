"""The catalogue: every metric that is defined, the kit's own and the user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args

from revkit.errors import FormulaError, ParameterError, TableError
from revkit.measures.metric import Metric, Owner

if TYPE_CHECKING:
    import pandas as pd

METRICS: dict[str, Metric] = {}


def metric(**about: Any) -> Callable[[Callable[..., Any]], Metric]:
    """Define a metric from its formula and enter it in the catalogue.

    Parameters
    ----------
    title, title_it
        Its name for readers, in English and Italian.
    owner
        SalesOps, RevOps or both.
    unit
        share, ratio, count, money, money/month, money/day, days, minutes, months or points.
    better
        higher, lower or neither.
    rows
        A dimension that is always in the result.
    trailing
        Periods of its window where the call does not say.
    kind, formula, sampled
        ``kind="table"`` for what no formula can say: a function of the call and the tables that
        returns the values by group and period; ``formula`` then says in words what it computes,
        ``sampled`` whether it has an interval.
    company_wide
        Tables that such a function takes whole, whatever the company is narrowed to.

    Returns
    -------
    Metric
        In place of the function, whose positional parameters name tables and whose
        keyword-only ones are options.

    Raises
    ------
    FormulaError
        When another module has defined a metric of that name.
    """

    def define(definition: Callable[..., Any]) -> Metric:
        made = Metric(definition, **about)
        former = METRICS.get(made.name)
        if former is not None and former.__module__ != made.__module__:
            raise FormulaError.twice(made.name, module=former.__module__)
        METRICS[made.name] = made
        return made

    return define


def known() -> dict[str, Metric]:
    """Return every metric by its name, sorted."""
    import revkit.metrics  # noqa: F401 - defining the kit's metrics enters them here

    return dict(sorted(METRICS.items()))


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

    from revkit.measures.card import reference

    rows = [
        {
            "name": name,
            "title": made.title,
            "title_it": made.title_it,
            "owner": made.owner,
            "unit": made.unit,
            "better": made.better,
            "additive": additive(made),
            "interval": made.interval,
            "formula": made.words,
            "tables": ", ".join(made.tables),
            "reference": reference(made),
            "module": made.__module__,
        }
        for name, made in _chosen(owner, table).items()
    ]
    columns = (
        "name", "title", "title_it", "owner", "unit", "better", "additive", "interval", "formula",
        "tables", "reference", "module",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _chosen(owner: str | None, table: str | None) -> dict[str, Metric]:
    from revkit.derived import DERIVED, needs
    from revkit.schema import TABLES

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
        and (table is None or any(table in (used, *needs(used)) for used in made.tables))
    }


def additive(made: Metric) -> bool:
    """Return whether values add up over groups to the total: sums do, quotients don't."""
    from revkit.measures.shape import linear

    if made.kind == "table":
        return False
    return linear(made.formula()) is not None and not any(
        leaf.different is not None for leaf in made.formula().leaves()
    )
