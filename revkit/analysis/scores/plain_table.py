"""Plain table: its outcome, features, days and whose rows they are, as a model reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit.analysis.scores.design import words_of
from revkit.analysis.scores.evaluation import area
from revkit.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

WHERE = "rk.score_table"
HITS = ("true", "yes", "1", "1.0", "sì", "si")
"""Values that are the outcome, in any case, where none is named."""
TELLING = 0.99
"""AUC from which a single column is taken for the outcome itself."""
NUMBERS = 0.95
"""Share of a column's texts that must be numbers for it to be one."""
LARGEST = 1e100
"""Numbers beyond are taken for this one: squares of larger ones are none."""


def outcome(column: pd.Series[Any], name: str, hit: Any) -> NDArray[np.float64]:
    """Return 1 for the outcome, 0 for the other value, NaN where neither is known."""
    known = column.notna().to_numpy()
    given = column[known]
    texts = given.astype(str)
    found = sorted(texts.unique())
    is_hit = given == hit if hit is not None else texts.str.strip().str.lower().isin(HITS)
    if len(found) > 2 or (len(found) == 2 and is_hit.all()) or not is_hit.any():
        raise ParameterError.not_two(name, where=WHERE, found=found, parameter="hit")
    happened = np.full(len(column), np.nan)
    happened[known] = is_hit.to_numpy(dtype=np.float64)
    return happened


def features(frame: pd.DataFrame, names: list[str | None]) -> pd.DataFrame:
    """Return the features: truth values as numbers, texts of numbers too; no days."""
    found = {}
    for name in [one for one in frame.columns if one not in names]:
        column = frame[name].reset_index(drop=True)
        if _dated(column):
            continue
        if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
            found[str(name)] = _numbers(column)
            continue
        # Lists and the like are told apart by their text.
        text = column.astype(str).astype(object).where(column.notna(), None)
        number = pd.to_numeric(text, errors="coerce")
        given = text.notna() & text.ne("").fillna(value=False)
        share = number[given].notna().mean() if given.any() else 0.0
        found[str(name)] = _numbers(number) if share >= NUMBERS else text
    return pd.DataFrame(found, index=range(len(frame)))


def entities(frame: pd.DataFrame, key: str | None) -> NDArray[np.object_]:
    """Return whose each row is; rows without a key are each their own."""
    own = [f"\0{place}" for place in range(len(frame))]
    if key is None:
        return np.array(own, dtype=object)
    known = frame[key].notna()
    return np.where(known, frame[key].astype(str).astype(object), own)


def days(column: pd.Series[Any], name: str) -> Any:
    """Return the day of each row, of the last of a period; NaT where there is none."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return column.dt.end_time.dt.normalize().to_numpy()
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_localize(None).to_numpy()
    number = column.map(pd.api.types.is_number).astype(bool)
    read = pd.to_datetime(column.astype(object).mask(number), errors="coerce", format="ISO8601")
    other = (read.isna() & column.notna()).to_numpy()
    if other.any():
        found = column[other].iloc[0]
        raise ParameterError.no_days(name, where=WHERE, found=found, rows=int(other.sum()))
    return read.to_numpy()


def telling(rows: pd.DataFrame, happened: NDArray[np.float64], names: list[str]) -> list[str]:
    """Return the columns that by themselves tell who had the outcome, also by being filled in."""
    return [name for name in names if any(
        max(alone, 1 - alone) >= TELLING
        for alone in (area(happened, rank) for rank in _ranks(rows[name], happened))
    )]  # fmt: skip


def _ranks(column: pd.Series[Any], happened: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    found: list[NDArray[np.float64]] = [np.asarray(column.isna(), dtype=np.float64)]
    if pd.api.types.is_numeric_dtype(column):
        found.append(column.fillna(column.median()).to_numpy(dtype=np.float64))
    elif column.nunique() <= len(column) / 20:
        mean = pd.Series(happened).groupby(words_of(column).to_numpy()).transform("mean")
        found.append(mean.to_numpy(dtype=np.float64))
    return found


def _dated(column: pd.Series[Any]) -> bool:
    if isinstance(column.dtype, pd.PeriodDtype) or pd.api.types.is_datetime64_any_dtype(column):
        return True
    return pd.api.types.infer_dtype(column, skipna=True) in ("date", "datetime", "period")


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    number = column.astype(np.float64)
    return number.where(np.isfinite(number)).clip(-LARGEST, LARGEST)
