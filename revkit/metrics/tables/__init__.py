"""Metrics that no formula can express: a value per account or group, then one figure of them."""
