"""Prices: how often intervals hold the truth, and how often tests find what is not there."""
