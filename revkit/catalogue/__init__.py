"""The one place that knows every metric: look one up, ask several at once, document them."""

from revkit.algebra.registry import metric
from revkit.catalogue.catalogue import catalog, find, known
from revkit.catalogue.measure import measure

__all__ = ["catalog", "find", "known", "measure", "metric"]
