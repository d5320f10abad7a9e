"""Validation: columns read as their declared type, and the rules that rows must keep."""

from revkit.dataset.validation.check import check
from revkit.dataset.validation.keys import check_periods, unique
from revkit.dataset.validation.problem import Problem
from revkit.dataset.validation.reading import Reading, fill, read
from revkit.dataset.validation.references import check_reference
from revkit.dataset.validation.rules import rules_to_set_aside
from revkit.dataset.validation.vocabulary import Vocabulary

__all__ = [
    "Problem",
    "Reading",
    "Vocabulary",
    "check",
    "check_periods",
    "check_reference",
    "fill",
    "read",
    "rules_to_set_aside",
    "unique",
]
