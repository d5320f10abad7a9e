"""Sources: files, DuckDB, PostgreSQL and Spark, opened as a Dataset."""

from __future__ import annotations

from revkit.sources.load import load

__all__ = ["load"]
