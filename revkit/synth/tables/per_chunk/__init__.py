"""Tables built for each chunk of accounts."""
