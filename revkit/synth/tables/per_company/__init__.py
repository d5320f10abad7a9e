"""Tables that exist once per company, built from totals over all chunks."""
