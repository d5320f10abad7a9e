"""Metrics of the sales team: what it did, won and lost, and what it said it would win."""
