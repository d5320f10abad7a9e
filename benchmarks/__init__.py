"""Benchmarks: timings and simulations, run by hand (``make bench``)."""
