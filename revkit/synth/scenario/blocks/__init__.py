"""Blocks of a scenario: typed settings and their bounds."""
