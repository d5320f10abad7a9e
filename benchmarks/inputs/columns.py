"""Inputs whose columns are dropped, doubled, renamed, or of another type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from benchmarks.inputs.company import company
from benchmarks.inputs.judge import Input, frames
from benchmarks.inputs.written import as_csv, as_parquet
from revkit.schema import TABLES

SPELLINGS = {
    "title": lambda name: name.title(),
    "upper": lambda name: name.upper(),
    "camel": lambda name: "".join(w.title() if n else w for n, w in enumerate(name.split("_"))),
    "words": lambda name: name.replace("_", " ").title(),
    "dashes": lambda name: name.replace("_", "-"),
    "blanks": lambda name: f" {name} ",
}
LOOK_ALIKES = {
    "code": lambda name: f"{name}_code",
    "own": lambda name: f"{name}__c",
    "misspelt": lambda name: name[:-2] + name[-1] + name[-2] if len(name) > 4 else name + "s",
    "doubled": lambda name: name[0] + name,
    "short": lambda name: name.removesuffix("_on").removesuffix("_at") + "_date",
}
Convert = Callable[[pd.Series], pd.Series]


def _mapped(change: Callable[[Any], Any]) -> Convert:
    """Return a function that changes every value that is there."""
    return lambda c: c.map(lambda value: None if pd.isna(value) else change(value)).astype(object)


def _days(column: pd.Series) -> pd.Series:
    """Return dates as timestamps."""
    return pd.to_datetime(column, format="ISO8601")


ANY: dict[str, Convert] = {
    "text": _mapped(str),
    "object": lambda c: c.astype(object),
    "category": lambda c: c.astype("category"),
    "bytes": _mapped(lambda value: str(value).encode()),
    "list": lambda c: c.map(lambda value: [value]),
    "dict": lambda c: c.map(lambda value: {"value": value}),
    "mixed": lambda c: c.astype(object).where(c.index % 2 == 0, "?"),
    "null": lambda c: pd.Series([None] * len(c), dtype=object),
}
DATES: dict[str, Convert] = {
    "moment": _days,
    "moment in seconds": lambda c: _days(c).astype("datetime64[s]"),
    "zoned": lambda c: _days(c).dt.tz_localize("Asia/Tokyo"),
    "period": lambda c: _days(c).dt.to_period("M"),
    "number": lambda c: _days(c).astype("int64"),
    "delta": lambda c: _days(c) - pd.Timestamp("2024-01-01"),
    "german": _mapped(lambda value: f"{value:%d.%m.%Y}"),
}
NUMBERS: dict[str, Convert] = {
    "decimal": _mapped(lambda value: Decimal(str(value))),
    "int": lambda c: c.astype(int),
    "float32": lambda c: c.astype("float32"),
    "Float64": lambda c: c.astype("Float64"),
    "complex": lambda c: c.astype(complex),
    "money text": _mapped(lambda value: f"€ {value:,.2f}"),
}
YES_NO: dict[str, Convert] = {
    "yes": _mapped({True: "yes", False: "no"}.get),
    "one": _mapped({True: 1, False: 0}.get),
    "TRUE": _mapped({True: "TRUE", False: "FALSE"}.get),
}


def conversions(type: str) -> dict[str, Convert]:
    """Return the other types that a column of a type may come in."""
    if type == "timestamp":  # the same moments, where a day has no moment of its own
        return {**ANY, **DATES, "zoned": lambda c: _days(c).dt.tz_localize("UTC")}
    if type == "date":
        return {**ANY, **DATES}
    if type in ("id", "text"):
        return ANY
    return {**ANY, **(YES_NO if type == "bool" else NUMBERS)}


def inputs() -> Iterator[Input]:
    """Yield the inputs."""
    for table, frame in company().items():
        for column in frame.columns:
            yield from dropped(table, frame, column)
            yield from doubled(table, frame, column)
            yield from renamed(table, frame, column)
            yield from retyped(table, frame, column)


def dropped(table: str, frame: pd.DataFrame, column: str) -> Iterator[Input]:
    """A column that is absent means its default."""
    declared = TABLES[table].columns[column]
    value = declared.default if declared.default is not None else None
    filled = frame.copy()
    filled[column] = value
    like = frames(**{table: filled}) if declared.optional and column != "currency" else None
    name = f"{table} without {column}"
    yield Input(
        "column dropped", name, table, frames(**{table: frame.drop(columns=column)}), like=like
    )


def doubled(table: str, frame: pd.DataFrame, column: str) -> Iterator[Input]:
    """A column that is there twice, with other values."""
    other = frame[column].sample(frac=1, random_state=1).reset_index(drop=True)
    twice = pd.concat([frame, other], axis=1)
    yield Input("column twice", f"{table}.{column} frame", table, frames(**{table: twice}))
    written = as_csv(frames(**{table: twice}))
    yield Input("column twice", f"{table}.{column} csv", table, write=written)
    spelled = frame.assign(**{column.upper(): other})
    yield Input("column twice", f"{table}.{column.upper()}", table, frames(**{table: spelled}))
    if column.upper() != column:
        written = as_parquet(frames(**{table: spelled}))
        yield Input("column twice", f"{table}.{column.upper()} parquet", table, write=written)


def renamed(table: str, frame: pd.DataFrame, column: str) -> Iterator[Input]:
    """A column in another spelling, or under a name that only resembles it."""
    for label, spell in SPELLINGS.items():
        other = frames(**{table: frame.rename(columns={column: spell(column)})})
        yield Input("spelling", f"{table}.{spell(column)}", table, other)
        if label in ("title", "words"):
            yield Input("spelling", f"{table}.{spell(column)} csv", table, write=as_csv(other))
    for label, resemble in LOOK_ALIKES.items():
        if label == "short" and not TABLES[table].columns[column].dated:
            continue
        other = frames(**{table: frame.rename(columns={column: resemble(column)})})
        yield Input("look-alike", f"{table}.{resemble(column)}", table, other)


def retyped(table: str, frame: pd.DataFrame, column: str) -> Iterator[Input]:
    """The same values in another type."""
    declared = TABLES[table].columns[column]
    for label, convert in conversions(declared.type).items():
        free = declared.type == "text" and not declared.words
        if label == "mixed" and free:
            continue  # a label may be any text
        if label == "null" and (declared.optional or declared.nullable):
            continue  # says that it is not known, which is another company
        given = frames(**{table: frame.assign(**{column: convert(frame[column])})})
        yield Input("type", f"{table}.{column} as {label}", table, given)
        if label in ("text", "moment", "decimal", "float32", "category"):
            yield Input(
                "type", f"{table}.{column} as {label} parquet", table, write=as_parquet(given)
            )
