"""Kernels of a report: forked from one warm process where that is safe, started anew elsewhere."""

from revkit.report.kernels.warm import Warm

__all__ = ["Warm"]
