"""Tables as files: Parquet or CSV, chunk by chunk, with checksums of what they hold."""
