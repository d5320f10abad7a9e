"""Forecasts of metrics and of the open pipeline, and how good such forecasts have been."""
