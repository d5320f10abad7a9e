"""The interval of a value: which method, which variance, and the two ends."""
