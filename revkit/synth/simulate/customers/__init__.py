"""Customers: their contracts, month by month, and what they come to."""
