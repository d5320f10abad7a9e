"""Dashboard for colleagues: drop-downs and sliders in a browser, without code."""

from revkit.report.dashboard.serve import NOTEBOOK as NOTEBOOK
from revkit.report.dashboard.serve import prepared as prepared
from revkit.report.dashboard.serve import serve as serve

__all__ = ["NOTEBOOK", "prepared", "serve"]
