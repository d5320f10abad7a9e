"""Exports benchmark: files of a company loaded, checked and measured, beside DuckDB and Polars.

See :mod:`benchmarks.exports.__main__`.
"""
