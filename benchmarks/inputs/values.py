"""Inputs with values and rows that cannot be: sentinels, blanks, unknown words, copies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from benchmarks.inputs.company import company
from benchmarks.inputs.judge import Input, frames
from benchmarks.inputs.written import as_csv, as_parquet
from revkit.schema import TABLES, ColumnSchema

DATES = [
    date(9999, 12, 31), date(2099, 12, 31), date(2205, 3, 1), date(1900, 1, 1), date(1, 1, 1),
    date(1970, 1, 1), date(1969, 12, 31), date(2012, 1, 1),
]  # fmt: skip
NUMBERS = [float("inf"), float("-inf"), 1e300, 1e19, -1e300, -5.0, 1e-300]
SHARES = [50.0, 100.0, -0.5, float("inf"), 1e300]
TEXTS = [
    "",
    "  ",
    "\0",
    "'; drop table x --",
    "x" * 100_000,
    "\U0001f4a9",
    "NULL",
    "nan",
    "(missing)",
]
WORDS = [
    str.upper,
    str.title,
    lambda word: f" {word} ",
    lambda word: word + "x",
    lambda word: "other?",
]


def inputs() -> Iterator[Input]:
    """Yield the inputs."""
    for table, frame in company().items():
        yield from rows(table, frame)
        for column in frame.columns:
            declared = TABLES[table].columns[column]
            yield from odd_values(table, frame, declared)
            yield from nulls(table, frame, declared)
            if declared.words:
                yield from words(table, frame, column)
    yield from orders()
    yield from currencies()


def _set(frame: pd.DataFrame, column: str, value: Any, at: int | slice = 0) -> pd.DataFrame:
    """Return a frame with one value, or all of a column, set."""
    values = frame[column].astype(object).tolist()
    for place in range(len(values))[at] if isinstance(at, slice) else [at]:
        values[place] = value
    return frame.assign(**{column: pd.Series(values, dtype=object)})


def odd_values(table: str, frame: pd.DataFrame, declared: ColumnSchema) -> Iterator[Input]:
    """One value that no company has."""
    column = declared.name
    if declared.type == "date":
        odd: list[Any] = DATES
    elif declared.type == "timestamp":
        odd = [datetime.combine(day, time()) for day in DATES]
    elif declared.type == "share":
        odd = SHARES
    elif declared.type in ("money", "rate", "number", "count"):
        odd = NUMBERS
    elif declared.type == "bool":
        odd = ["maybe", 2]
    else:
        odd = TEXTS
    label = declared.type in ("id", "text") and not (declared.key or declared.references)
    for value in odd:
        other = _set(frame, column, value)
        given = frames(**{table: other})
        free = label and not declared.words  # a label may be any text
        small = isinstance(value, float) and 0 <= value < 1e-9
        small |= declared.signed and value == -5.0  # a credit
        early = str(value)[:10] == "2012-01-01"
        name = f"{table}.{column} {str(value)[:30]!r}"
        yield Input("value", name, table, given, any=free or small or early)
        yield Input("value", f"{name} csv", table, write=as_csv(given), any=free or small or early)


def nulls(table: str, frame: pd.DataFrame, declared: ColumnSchema) -> Iterator[Input]:
    """Nulls where the schema allows none; two of them, and all."""
    if declared.nullable:
        return
    for label, at in (("one", 0), ("all", slice(None))):
        given = frames(**{table: _set(frame, declared.name, None, at)})
        yield Input("null", f"{table}.{declared.name} {label}", table, given)
        yield Input("null", f"{table}.{declared.name} {label} csv", table, write=as_csv(given))


def words(table: str, frame: pd.DataFrame, column: str) -> Iterator[Input]:
    """Words in another spelling, and words that nobody knows."""
    for change in WORDS:
        for at in (0, slice(None)):
            place = frame[column].iloc[0] if at == 0 else None
            values = frame[column].map(change) if place is None else None
            other = (
                frame.assign(**{column: values})
                if values is not None
                else _set(frame, column, change(place))
            )
            yield Input("word", f"{table}.{column} {change('a')}", table, frames(**{table: other}))


def rows(table: str, frame: pd.DataFrame) -> Iterator[Input]:
    """Copies, rows of other files, shuffles."""
    key = TABLES[table].key[0]
    types = {name: TABLES[table].columns[name].type for name in frame.columns}
    measure = next((name for name in frame.columns if types[name] in ("money", "rate")), None)
    total = {key: "Total", measure or frame.columns[-1]: "Total"}
    copies = {
        "row twice": pd.concat([frame, frame.iloc[:1]]),
        "all twice": pd.concat([frame, frame]),
        "key twice": pd.concat([frame, frame.iloc[:1].assign(**{key: frame[key].iloc[1]})]),
        "key in capitals": pd.concat(
            [frame, frame.iloc[:1].assign(**{key: frame[key].iloc[1].lower()})]
        ),
        "key with a blank": pd.concat(
            [frame, frame.iloc[:1].assign(**{key: frame[key].iloc[1] + " "})]
        ),
        "a row of nulls": pd.concat([frame, frame.iloc[:1].map(lambda _: None)]),
        "a row of totals": pd.concat([frame, frame.iloc[:1].assign(**total)]),
        "a second header": pd.concat(
            [frame, pd.DataFrame([list(frame.columns)], columns=frame.columns)]
        ),
        "shuffled": frame.sample(frac=1, random_state=2),
        "an index": frame.set_index(pd.Index(range(5, 5 + len(frame)))),
        "columns turned": frame[list(frame.columns)[::-1]],
        "no rows": frame.iloc[:0],
    }
    for name, other in copies.items():
        given = frames(**{table: other.reset_index(drop=name != "an index")})
        # ids of Salesforce differ by case alone
        harmless = name in ("no rows", "key in capitals")
        yield Input("rows", f"{table} {name}", table, given, any=harmless)
        yield Input("rows", f"{table} {name} csv", table, write=as_csv(given), any=harmless)
        yield Input("rows", f"{table} {name} parquet", table, write=as_parquet(given), any=harmless)
    for reference in sorted({"account_id", "rep_id"} - {key}):
        if reference in frame:
            for label, change in REFERENCES.items():
                given = frames(**{table: frame.assign(**{reference: frame[reference].map(change)})})
                yield Input("reference", f"{table}.{reference} {label}", table, given)


REFERENCES = {
    "spaces": lambda value: f"{value} ",
    "numbers": lambda value: f"{value[1:]}.0",
    "lower": str.lower,
    "unknown": lambda value: f"X{value}",
}


def orders() -> Iterator[Input]:
    """Dates out of their order, outcomes without a date."""
    frame = company()["opportunities"]
    first = frame.index == 0
    opened, closed, won = frame["created_on"], frame["closed_on"], frame["is_won"]
    changed = {
        "closed before created": {
            "created_on": closed.where(first, opened),
            "closed_on": opened.where(first, closed),
        },
        "won without a day": {"closed_on": closed.where(~first, None)},
        "closed without an outcome": {"is_won": won.where(~first, None)},
        "planned closes": {
            "closed_on": closed.fillna(frame["expected_close_on"]),
            "is_won": won.fillna(False),
        },
    }
    for name, columns in changed.items():
        given = frames(opportunities=frame.assign(**columns))
        yield Input("order", name, "opportunities", given)
        yield Input("order", f"{name} csv", "opportunities", write=as_csv(given))
    ends = {"subscriptions": "ended_on", "reps": "left_on", "targets": "ends_on"}
    starts = {"subscriptions": "started_on", "reps": "hired_on", "targets": "starts_on"}
    for table, end in ends.items():
        frame, start = company()[table], starts[table]
        turned = frame.assign(**{start: frame[end].fillna(frame[start]), end: frame[start]})
        yield Input("order", f"{table} turned", table, frames(**{table: turned}))
    whole = company()["subscriptions"]
    overlapping = whole.assign(subscription_id=whole["account_id"])
    yield Input(
        "order", "price periods that overlap", "subscriptions", frames(subscriptions=overlapping)
    )
    grains = company()["targets"]
    year = grains.iloc[:1].assign(target_id="T99", ends_on=date(2025, 7, 1), amount=2000.0)
    yield Input(
        "order", "quotas of two grains", "targets", frames(targets=pd.concat([grains, year]))
    )


def currencies() -> Iterator[Input]:
    """Amounts in a currency that is not the company's, not known, or not said."""
    for table in ("opportunities", "subscriptions", "spend"):
        frame = company()[table]
        for value in ("USD", "eur", " EUR", "€", None, "", "EURO"):
            given = frames(**{table: _set(frame, "currency", value)})
            yield Input("currency", f"{table} {value}", table, given)
            yield Input("currency", f"{table} {value} csv", table, write=as_csv(given))
            yield Input(
                "currency", f"{table} {value} said", table, given, options={"currency": "EUR"}
            )
