"""Validation: columns read as their declared type, and the rules that rows must keep."""

from revkit.dataset.validation.check import check
from revkit.dataset.validation.keys import check_periods, paid_again, unique
from revkit.dataset.validation.problem import Problem
from revkit.dataset.validation.reading import NO, YES, Reading, fill, read
from revkit.dataset.validation.rules import rules_to_set_aside
from revkit.dataset.validation.vocabulary import Vocabulary

__all__ = [
    "NO",
    "YES",
    "Problem",
    "Reading",
    "Vocabulary",
    "check",
    "check_periods",
    "fill",
    "paid_again",
    "read",
    "rules_to_set_aside",
    "unique",
]
