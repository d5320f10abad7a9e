"""Metrics of existing customers: how they are served, and how they use what they bought."""
