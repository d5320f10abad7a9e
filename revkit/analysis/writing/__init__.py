"""Numbers, sentences and tables as a reader sees them."""
