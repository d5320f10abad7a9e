"""Tables as Parquet or CSV files, chunk by chunk, with content hashes."""
