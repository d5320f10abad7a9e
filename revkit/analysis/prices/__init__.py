"""Prices: what to ask, what a test showed, what a change of price did, and who pays list price."""
