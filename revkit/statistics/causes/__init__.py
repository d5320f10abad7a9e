"""Causes of a change: which group of cases moved, in its outcomes or in its share of them."""
