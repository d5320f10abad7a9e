"""Reasons: what raises a score and what lowers it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.scores.features import label, value
from revkit.language import Language, message

if TYPE_CHECKING:
    from revkit.analysis.scores.models import Model

LEAST = 0.1
"""Log-odds below which a feature is no reason."""
MOST = 3
"""Reasons that are told on each side."""

RAISES = message("Raises it: {reasons}.")
LOWERS = message("Lowers it: {reasons}.")
USUAL = message("Nothing about it is out of the ordinary.")


def contributions(model: Model, rows: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Return by how much each feature moves a row's log-odds from those with its usual value.

    Parameters
    ----------
    model
        What is explained.
    rows
        What is scored.
    past
        The rows the model learned from, whose median, or mix of values, is the usual one.
    """
    design, matrix = model.design, model.design.matrix(rows)
    usual, variants = design.usual(past), [matrix]
    for places in design.places.values():
        other = matrix.copy()
        other[:, places] = usual[places]
        variants.append(other)
    told = model.of_matrix(np.vstack(variants)).reshape(len(variants), len(rows))
    moved = (told[0] - told[1:]).T
    return pd.DataFrame(moved, index=rows.index, columns=list(design.places))


def sentence(
    moved: pd.Series[Any], values: pd.Series[Any], words: Language, currency: str | None
) -> str:
    """Say what raises a score and what lowers it, the strongest first."""
    order = moved.abs().sort_values(ascending=False, kind="stable").index
    said = []
    for text, sign in ((RAISES, 1.0), (LOWERS, -1.0)):
        names = [name for name in order if sign * moved[name] >= LEAST][:MOST]
        parts = [f"{label(name, words)} ({value(name, values[name], words, currency)})"
                 for name in names]  # fmt: skip
        if parts:
            said.append(words.gettext(text, reasons=", ".join(parts)))
    return " ".join(said) or words.gettext(USUAL)
