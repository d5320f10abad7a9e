"""The algebra of metrics: totals, stocks and quantiles of tables, and the formulas over them."""

from revkit.algebra.formula.leaves import Cohort, Median, Quantile, Stock, Total
from revkit.algebra.formula.nodes import Formula, Length, TableName
from revkit.algebra.metric import Metric
from revkit.algebra.registry import METRICS, metric

__all__ = [
    "METRICS",
    "Cohort",
    "Formula",
    "Length",
    "Median",
    "Metric",
    "Quantile",
    "Stock",
    "TableName",
    "Total",
    "metric",
]
