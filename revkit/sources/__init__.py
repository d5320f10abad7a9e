"""Sources: from files and databases to a Dataset."""

from __future__ import annotations

from revkit.sources.load import load

__all__ = ["load"]
