"""The algebra: totals, stocks and quantiles of tables, and the metrics made of them."""

from revkit.measures.catalogue import METRICS, catalog, metric
from revkit.measures.formula import Cohort, Formula, Median, Quantile, Stock, TableName, Total
from revkit.measures.metric import Metric

__all__ = [
    "METRICS",
    "Cohort",
    "Formula",
    "Median",
    "Metric",
    "Quantile",
    "Stock",
    "TableName",
    "Total",
    "catalog",
    "metric",
]
