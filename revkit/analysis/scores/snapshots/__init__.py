"""Snapshots of deals, customers and leads: what was known of each on a day, and what came of it."""
