"""Example companies of a few rows, to check a formula by hand."""

from revkit.examples.examples import example

__all__ = ["example"]
