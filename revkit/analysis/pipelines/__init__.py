"""Forecasts from the pipeline: what open deals bring, what comes later, and who called it."""
