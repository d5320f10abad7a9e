"""What a report says anew of periods that the last one had shown as complete.

Each report keeps its headline numbers and the dated rows of deals and subscriptions beside its
pages. A number that has changed although its period was over has been restated: rows were entered,
changed or removed since. That is no movement of the business, and it is told apart from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revkit.language import language
from revkit.schema import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from revkit.dataset import Dataset

NUMBERS, ROWS = ".revkit-results.parquet", ".revkit-rows.parquet"
"""Files beside the pages."""

MOST = 200_000
"""Rows kept at most: of a larger company the numbers are compared, and no rows named."""

SHOWN = 5
"""Keys named in a sentence."""

NEAR = 1e-9
"""Relative difference below which two values are the same."""

DATED = {
    "opportunities": (("created_on", ()), ("closed_on", ("is_won", "amount"))),
    "subscriptions": (("started_on", ("mrr",)), ("ended_on", ("mrr",))),
}
"""By table the days by which its rows count, with what else they count by."""

NUMBERED = ["metric", "period", "value", "complete"]
COLUMNS = ["table", "key", "day", "state", "kind"]
"""Of the rows that are kept; a deal's kind, where it has one, tells whose numbers it is in."""

READS = {"opportunities": "opportunities", "subscriptions": "subscriptions",
         "movements": "subscriptions"}  # fmt: skip
"""By the table of a metric the one whose rows are kept."""


@dataclass(frozen=True)
class Since:
    """The date of the last report, and what of it was restated: a sentence a metric."""

    as_of: str
    restated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Results:
    """The results that a report keeps for the next one.

    Parameters
    ----------
    numbers
        ``metric``, ``period``, ``value``, ``complete``: the headline numbers by period.
    rows
        ``table``, ``key``, ``day``, ``state``, ``kind``: dated rows; None where there are too many.
    about
        ``as_of``, and what makes two reports comparable: period, filter, policy.
    """

    numbers: pd.DataFrame
    rows: pd.DataFrame | None
    about: Mapping[str, str]

    @classmethod
    def of(
        cls, frames: Mapping[str, pd.DataFrame], data: Dataset, about: Mapping[str, str]
    ) -> Results:
        """Take the results of headline metrics, and the rows of the company behind them."""
        import pandas as pd

        parts = [
            frame[["period", "value", "complete"]].assign(metric=name)
            for name, frame in frames.items()
        ]
        numbers = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=NUMBERED)
        numbers["period"] = pd.to_datetime(numbers["period"])
        return cls(numbers[NUMBERED], _rows(data), {**about, "as_of": data.as_of.isoformat()})

    def files(self) -> dict[str, bytes]:
        """Return it as Parquet files by name."""
        import pyarrow as pa

        table = pa.Table.from_pandas(self.numbers, preserve_index=False)
        files = {NUMBERS: _parquet(table.replace_schema_metadata(dict(self.about)))}
        if self.rows is not None:
            files[ROWS] = _parquet(pa.Table.from_pandas(self.rows, preserve_index=False))
        return files


def kept(folder: Path) -> Results | None:
    """Return what the last report in a folder kept; None where there is none to be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(folder / NUMBERS)
        rows = pq.read_table(folder / ROWS) if (folder / ROWS).exists() else None
    except (OSError, pa.ArrowException):
        return None
    if not {*NUMBERED} <= {*table.column_names}:
        return None
    if rows is not None and not {*COLUMNS} <= {*rows.column_names}:
        rows = None
    about = {
        name.decode(): text.decode()
        for name, text in (table.schema.metadata or {}).items()
        if name != b"pandas"
    }
    return Results(table.to_pandas(), None if rows is None else rows.to_pandas(), about)


def restated(
    before: Results, now: Results, frames: Mapping[str, pd.DataFrame]
) -> tuple[str, ...] | None:
    """Return a sentence for each metric of which a complete period has another value now.

    Parameters
    ----------
    frames
        The results of today, for titles and units.

    Returns
    -------
    tuple of str
        Empty where nothing was restated; None where the two reports cannot be compared, since they
        are by another period, filter or policy.
    """
    if {**before.about, "as_of": ""} != {**now.about, "as_of": ""}:
        return None
    both = before.numbers.merge(now.numbers, on=["metric", "period"], suffixes=("_then", ""))
    both = both[both["complete_then"].astype(bool) & both["complete"].astype(bool)]
    gap = (both["value"] - both["value_then"]).abs()
    other = both["value"].isna() != both["value_then"].isna()
    both = both[(gap > NEAR * both["value_then"].abs().clip(lower=NEAR)) | other]
    return tuple(
        _sentence(rows.sort_values("period"), frames[str(name)], _changed(before, now, str(name)))
        for name, rows in both.groupby("metric", sort=False)
        if name in frames
    )


def _sentence(rows: pd.DataFrame, result: pd.DataFrame, changed: pd.DataFrame) -> str:
    """Tell the newest period that was restated, how many earlier ones, and the rows of both."""
    from revkit.analysis.writing.formatting import period_of, quantity

    words, what, last = language(), quantity(result), rows.iloc[-1]
    text = words.gettext(
        "{title} of {period} was {then} and is {now}.",
        title=what.title,
        period=period_of(result, last["period"], words),
        then=what.text(last["value_then"]),
        now=what.text(last["value"]),
    )
    earlier = len(rows) - 1
    if earlier:
        text += " " + words.ngettext(
            "So has {count} earlier period changed.",
            "So have {count} earlier periods changed.",
            earlier,
            count=words.count(earlier),
        )
    keys = _within(changed, rows, result)
    if keys:
        named = words.list(keys[:SHOWN])
        more = len(keys) - SHOWN
        text += " " + words.ngettext(
            "{count} row of {table} was entered, changed or removed since: {keys}.",
            "{count} rows of {table} were entered, changed or removed since: {keys}.",
            len(keys),
            count=words.count(len(keys)),
            table=changed["table"].iloc[0],
            keys=f"{named}, …" if more > 0 else named,
        )
    return text


def _within(changed: pd.DataFrame, rows: pd.DataFrame, result: pd.DataFrame) -> list[str]:
    """Return the keys of changed rows dated in the periods that were restated."""
    import pandas as pd

    begins = pd.DatetimeIndex(pd.to_datetime(result["period"]).unique()).sort_values()
    at = begins.searchsorted(pd.DatetimeIndex(changed["day"]), side="right") - 1
    inside = (at >= 0) & begins[at.clip(min=0)].isin(pd.DatetimeIndex(rows["period"]))
    return sorted(changed.loc[inside, "key"].astype(str).unique())


def _changed(before: Results, now: Results, metric: str) -> pd.DataFrame:
    """Return the dated rows that only one of two reports has, of the table that a metric reads."""
    import pandas as pd

    from revkit.analysis.defaults import OF_DEALS
    from revkit.catalogue import find

    tables = [READS[name] for name in find(metric).tables if name in READS]
    if before.rows is None or now.rows is None or not tables:
        return pd.DataFrame(columns=COLUMNS)
    then, today = (one.rows[one.rows["table"] == tables[0]] for one in (before, now))  # type: ignore[index]
    both = then.merge(today, on=COLUMNS, how="outer", indicator=True)
    changed = both.loc[both["_merge"] != "both", COLUMNS]
    return changed[changed["kind"].isin(["", "new"])] if metric in OF_DEALS else changed


def _rows(data: Dataset) -> pd.DataFrame | None:
    """Return the dated rows of a company; None where there are more than are kept."""
    import pandas as pd

    parts = []
    for table, days in DATED.items():
        if table not in data.tables:
            continue
        has = data.columns(table)
        (key,) = TABLES[table].key
        for day, others in days:
            if day not in has:
                continue
            chosen = [name for name in others if name in has]
            kind = ["kind"] if "kind" in has and table == "opportunities" else []
            asked = data.table(table).select(key, day, *chosen, *kind)
            dated = asked.filter(asked[day].notnull())
            if dated.count().execute() > MOST:
                return None
            parts.append(_part(dated.execute(), table, (key, day), chosen))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _part(
    frame: pd.DataFrame, table: str, names: tuple[str, str], others: Sequence[str]
) -> pd.DataFrame:
    import pandas as pd

    key, day = names
    state = frame[list(others)].astype(str).agg("|".join, axis=1) if others else ""
    return pd.DataFrame(
        {
            "table": table,
            "key": frame[key].astype(str),
            "day": pd.to_datetime(frame[day]).dt.normalize().astype("datetime64[ms]"),
            "state": f"{day}|" + state if len(frame) else "",
            "kind": frame["kind"].astype(str) if "kind" in frame else "",
        }
    ).sort_values(["key", "day"])


def _parquet(table: Any) -> bytes:
    import pyarrow.parquet as pq

    out = BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
