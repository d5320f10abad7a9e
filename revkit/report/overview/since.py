"""Numbers of periods that the last report showed as complete and that read otherwise now.

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

from revkit.language import Language, language, message
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
    "opportunities": (("created_on", ()), ("closed_on", ("is_won", "amount", "created_on"))),
    "subscriptions": (("started_on", ("mrr",)), ("ended_on", ("mrr",))),
}
"""By table the days by which its rows count, with what else they count by."""

ASKED = frozenset({"is_won", "amount", "created_on"})
"""Columns of deals that count only for metrics whose formula names them."""

NUMBERED = ["metric", "period", "value", "complete"]
COLUMNS = ["table", "key", "day", "by", "kind", "is_won", "amount", "created_on", "mrr"]
"""Of the rows that are kept: by which day, a deal's kind, and what else they count by."""

FATES = {
    "entered": message("entered"), "changed": message("changed"), "removed": message("removed"),
}  # fmt: skip
"""Names of the changes of a row since."""

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
        Dated rows, with what they count by; None where there are too many.
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
    told = (
        _sentence(rows.sort_values("period"), frames[str(name)], _changed(before, now, str(name)))
        for name, rows in both.groupby("metric", sort=False)
        if name in frames
    )
    return tuple(filter(None, told))


def _sentence(rows: pd.DataFrame, result: pd.DataFrame, changed: pd.DataFrame) -> str | None:
    """Tell the period that was restated most, the other ones, and the rows of all.

    None where no value is written otherwise than it was.
    """
    from revkit.analysis.writing.formatting import period_of, quantity

    words, what = language(), quantity(result)
    seen = [
        what.text(then) != what.text(now)
        for then, now in zip(rows["value_then"], rows["value"], strict=True)
    ]
    rows = rows[seen]
    if rows.empty:
        return None
    gap = (rows["value"] - rows["value_then"]).abs().fillna(float("inf"))
    most = rows.iloc[int(gap.to_numpy().argmax())]
    text = words.gettext(
        "{title}, {period}: {then} then, {now} now.",
        title=what.title,
        period=period_of(result, most["period"], words),
        then=what.text(most["value_then"]),
        now=what.text(most["value"]),
    )
    others = [period for period in rows["period"] if period != most["period"]]
    if others:
        named = [period_of(result, period, words) for period in others[-SHOWN:]]
        more = ["…"] if len(others) > SHOWN else []
        text += " " + words.gettext("Others: {periods}.", periods=", ".join([*more, *named]))
    return f"{text} {_rows_behind(changed, rows, result, words)}"


def _rows_behind(
    changed: pd.DataFrame, rows: pd.DataFrame, result: pd.DataFrame, words: Language
) -> str:
    """Tell which rows of the restated periods were entered, changed or removed."""
    inside = _within(changed, rows, result)
    parts = []
    for fate, title in FATES.items():
        keys = sorted(set(inside.loc[inside["fate"] == fate, "key"].astype(str)))
        if keys:
            named = ", ".join([*keys[:SHOWN], *(["…"] if len(keys) > SHOWN else [])])
            parts.append(f"{words.count(len(keys))} {words.gettext(title)} ({named})")
    if not parts:
        return words.gettext("The rows behind it are not kept.")
    return words.gettext(
        "Rows of {table}: {changes}.", table=inside["table"].iloc[0], changes=words.list(parts)
    )


def _within(changed: pd.DataFrame, rows: pd.DataFrame, result: pd.DataFrame) -> pd.DataFrame:
    """Return the changed rows dated in the periods that were restated."""
    import pandas as pd

    begins = pd.DatetimeIndex(pd.to_datetime(result["period"]).unique()).sort_values()
    at = begins.searchsorted(pd.DatetimeIndex(changed["day"]), side="right") - 1
    inside = (at >= 0) & begins[at.clip(min=0)].isin(pd.DatetimeIndex(rows["period"]))
    return changed[inside]


def _changed(before: Results, now: Results, metric: str) -> pd.DataFrame:
    """Return the dated rows that only one of two reports has, of the table that a metric reads.

    Only by what its formula names: a new amount changes no rate of won deals.
    """
    import pandas as pd

    from revkit.analysis.defaults import OF_DEALS
    from revkit.catalogue import find

    asked = find(metric)
    tables = [READS[name] for name in asked.tables if name in READS]
    if before.rows is None or now.rows is None or not tables:
        return pd.DataFrame(columns=[*COLUMNS, "fate"])
    unread = [name for name in ASKED if name not in asked.words]
    then, today = (
        one.rows[one.rows["table"] == tables[0]].assign(**dict.fromkeys(unread, ""))
        for one in (before, now)
        if one.rows is not None
    )
    keys_then, keys_today = set(then["key"]), set(today["key"])
    if metric in OF_DEALS:
        then, today = (one[one["kind"].isin(["", "new"])] for one in (then, today))
    both = then.merge(today, on=COLUMNS, how="outer", indicator="side")
    changed = both[both["side"] != "both"]
    known, stays = changed["key"].isin(keys_then), changed["key"].isin(keys_today)
    fate = known.map({True: "changed", False: "entered"}).where(stays, "removed")
    return changed[COLUMNS].assign(fate=fate)


def _rows(data: Dataset) -> pd.DataFrame | None:
    """Return the dated rows of a company; None where there are more than are kept."""
    import pandas as pd

    parts = []
    for table, days in DATED.items():
        if table not in data.tables:
            continue
        has = data.columns(table)
        key = TABLES[table].key[0]  # a subscription may have a row for each of its terms
        for day, others in days:
            if day not in has:
                continue
            chosen = [name for name in ("kind", *others) if name in has and name != day]
            asked = data.table(table).select(key, day, *chosen)
            dated = asked.filter(asked[day].notnull())
            if dated.count().execute() > MOST:
                return None
            parts.append(_part(dated.execute(), table, (key, day), chosen))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _part(
    frame: pd.DataFrame, table: str, names: tuple[str, str], others: Sequence[str]
) -> pd.DataFrame:
    """Return the rows of a table by one of its days, every value as text."""
    import pandas as pd

    key, day = names
    part = pd.DataFrame(
        {"table": table, "key": frame[key], "day": pd.to_datetime(frame[day]).dt.normalize(),
         "by": day, **{name: frame[name] for name in others}}
    )  # fmt: skip
    part = part.reindex(columns=COLUMNS).sort_values(["key", "day"])
    texts = [name for name in COLUMNS if name != "day"]
    part[texts] = part[texts].astype(object).where(part[texts].notna(), "").astype(str)
    return part.astype({"day": "datetime64[ms]"})


def _parquet(table: Any) -> bytes:
    import pyarrow.parquet as pq

    out = BytesIO()
    pq.write_table(table, out)
    return out.getvalue()
