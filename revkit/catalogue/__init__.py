"""The catalogue of metrics: find one, measure many at once, write their documentation."""

from revkit.algebra.registry import metric
from revkit.catalogue.catalogue import catalog, find, known
from revkit.catalogue.measure import measure

__all__ = ["catalog", "find", "known", "measure", "metric"]
