"""Validation: columns read as their declared type, and the rules that rows must keep."""

from revkit.dataset.validation.reading import Reading, fill, read
from revkit.dataset.validation.rules import Problem, problems, refuse, rules_to_set_aside

__all__ = ["Problem", "Reading", "fill", "problems", "read", "refuse", "rules_to_set_aside"]
