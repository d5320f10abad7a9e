"""Tables of a company as known on the last day."""
