"""Metrics that no formula can say: one value per account or group, then an index of them."""
