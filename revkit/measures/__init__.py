"""The algebra: totals, stocks and quantiles of tables, and the metrics made of them."""

from revkit.measures.catalogue import METRICS, catalog, metric
from revkit.measures.formula import Formula, Length, TableName
from revkit.measures.measure import measure
from revkit.measures.metric import Metric
from revkit.measures.totals import Cohort, Median, Quantile, Stock, Total

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
    "catalog",
    "measure",
    "metric",
]
