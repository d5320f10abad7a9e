"""Targets: the measures that a plan shares with them, and the company's own."""
