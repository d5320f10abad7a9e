"""One company's tables: loaded lazily, as known at the end of a day, filtered by ``where``."""

from revkit.dataset.dataset import Dataset

__all__ = ["Dataset"]
