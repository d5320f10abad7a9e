"""Exit codes of all commands."""

FAILED = 1
"""A notebook failed, or what was asked for could not be written."""

WRONG_USAGE = 2
"""Wrong usage, or data that cannot be read."""

TOLD = 3
"""Data that end too early, or an alert that is new."""
