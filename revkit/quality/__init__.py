"""Quality of a company's rows: the doubts about them, and what each does to the metrics."""

from revkit.quality.check import check
from revkit.quality.cleaning import Cleaned, clean
from revkit.quality.finding import SEVERITIES, Finding
from revkit.quality.result import Check

__all__ = ["SEVERITIES", "Check", "Cleaned", "Finding", "check", "clean"]
