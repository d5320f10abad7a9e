"""The interval of a value: the method, the variance, the two ends."""
