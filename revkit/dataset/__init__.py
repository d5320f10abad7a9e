"""One company's tables, reached lazily, as known on a day, narrowed as asked."""

from revkit.dataset.dataset import Dataset

__all__ = ["Dataset"]
