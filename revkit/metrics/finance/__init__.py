"""Metrics of money: billed, owed, deferred and committed, and what growth costs."""
