"""Bounds that the values of a scenario must keep."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt, MinLen

Share = Annotated[float, Ge(0), Le(1)]
"""Of something, or a chance that may be none or sure."""

Chance = Annotated[float, Gt(0), Lt(1)]
"""A chance that has odds."""

Amount = Annotated[float, Ge(0)]
Positive = Annotated[float, Gt(0)]
Shift = float
"""Of a logarithm."""

Word = Annotated[str, MinLen(1)]

Days = Annotated[int, Ge(0)]
"""A whole number of days."""

Span = tuple[Amount, Amount]
"""The least, and the most on top of it: draws are spread evenly between the two."""

Shares = tuple[Share, ...]
