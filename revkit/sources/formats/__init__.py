"""Formats of files: CSV of every dialect, Excel, JSON, Parquet, and zip archives of them.

By their endings, in any case: .csv, .tsv and .tab; .xlsx, .xlsm, .xlsb, .xls and .ods; .json,
.jsonl and .ndjson; .parquet. Those of CSV and JSON may be compressed: .csv.gz.
"""
