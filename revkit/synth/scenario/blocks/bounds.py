"""Bounds that the values of a scenario must keep."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt, MinLen

Share = Annotated[float, Ge(0), Le(1)]
"""Share, or a probability from 0 to 1."""

Chance = Annotated[float, Gt(0), Lt(1)]
"""Probability with odds: above 0 and below 1."""

Amount = Annotated[float, Ge(0)]
Positive = Annotated[float, Gt(0)]
Shift = float
"""Shift of a logarithm."""

Word = Annotated[str, MinLen(1)]

Days = Annotated[int, Ge(0)]
"""Whole number of days."""

Span = tuple[Amount, Amount]
"""Least value and width of a uniform range."""
