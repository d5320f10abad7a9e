"""Timings and simulations, run by hand: ``make bench``."""
