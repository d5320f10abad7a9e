"""Validation: columns read as their declared type, and the rules that rows must keep."""

from revkit.dataset.validation.check import Checked, examine
from revkit.dataset.validation.keys import check_periods, paid_again, unique
from revkit.dataset.validation.problem import Problem, refuse
from revkit.dataset.validation.reading import NO, YES, Reading, fill, read
from revkit.dataset.validation.rules import rules_to_set_aside
from revkit.dataset.validation.vocabulary import Vocabulary

__all__ = [
    "NO",
    "YES",
    "Checked",
    "Problem",
    "Reading",
    "Vocabulary",
    "check_periods",
    "examine",
    "fill",
    "paid_again",
    "read",
    "refuse",
    "rules_to_set_aside",
    "unique",
]
