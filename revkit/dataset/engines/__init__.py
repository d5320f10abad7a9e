"""Engines that run the queries of a company: DuckDB in this process, and what all of them share."""
