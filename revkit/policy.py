"""How this company counts: which rows enter its numbers, never what a formula computes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from revkit.errors import PeriodError

Rows = Literal["exclude", "include"]


@dataclass(frozen=True)
class Policy:
    """The counting rules of one company, carried by its :class:`~revkit.dataset.Dataset`.

    Parameters
    ----------
    fiscal_year_start
        Month, 1 to 12, in which the fiscal year begins; quarters and years follow it.
    trials, paused, usage
        Whether subscription regimes in trial, paused, or priced by usage count towards MRR.

    Raises
    ------
    PeriodError
        When ``fiscal_year_start`` is no month.

    Examples
    --------
    >>> Policy(fiscal_year_start=4).fiscal_year_start
    4
    """

    fiscal_year_start: int = 1
    trials: Rows = "exclude"
    paused: Rows = "exclude"
    usage: Rows = "exclude"

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_year_start <= 12:
            raise PeriodError.no_fiscal_month(self.fiscal_year_start)
