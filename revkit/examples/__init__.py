"""Companies small enough to work through by hand."""

from revkit.examples.examples import example

__all__ = ["example"]
