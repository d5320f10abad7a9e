"""Changes to a company whose effect on every metric is known beforehand.

Each takes the tables of a company (Arrow, by name) and returns others.
"""

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from revkit.schema import TABLES

RATE = 4.0
NOT_MONEY = {"targets": ("measure", {"leads"}), "finance": ("line", {"price_index", "employees"})}


def shuffled(tables):
    """Rows in another order, columns in reverse."""
    rng = np.random.default_rng(7)
    return {
        name: table.take(pa.array(rng.permutation(table.num_rows))).select(table.column_names[::-1])
        for name, table in tables.items()
    }


def renamed(tables):
    """Every id spelt backwards, so that ids sort another way."""
    return {
        name: _with(table, {c: _backwards(table[c]) for c in _of_type(name, table, {"id"})})
        for name, table in tables.items()
    }


def _backwards(column):
    return pa.array([None if v is None else f"x{v[::-1]}" for v in column.to_pylist()], pa.string())


def richer(tables):
    """The same company in a currency worth a quarter as much."""
    return {
        name: _with(
            table,
            {c: _scaled(name, table, c) for c in _of_type(name, table, {"money", "rate"})},
        )
        for name, table in tables.items()
    }


def _scaled(name, table, column):
    scaled = pc.multiply(table[column], RATE)
    if name not in NOT_MONEY:
        return scaled
    kind, words = NOT_MONEY[name]
    other = pc.is_in(table[kind], pa.array(sorted(words)))
    return pc.if_else(other, table[column], scaled)


def emptied(tables):
    """Every optional column there and saying nothing: null, or the value that its absence means."""
    return {name: _with(table, _nothing(name, table)) for name, table in tables.items()}


def _nothing(name, table):
    declared = TABLES[name].columns.values()
    return {
        c.name: pa.array([c.default if not c.nullable else None] * table.num_rows, _type(c, table))
        for c in declared
        if c.optional and c.name in table.column_names
    }


def _type(column, table):
    return table.schema.field(column.name).type


def absent(tables):
    """No optional column at all."""
    return {
        name: table.drop_columns(
            [
                c.name
                for c in TABLES[name].columns.values()
                if c.optional and c.name in table.schema.names
            ]
        )
        for name, table in tables.items()
    }


def nothing(tables):
    """The tables without a row."""
    return {name: table.slice(0, 0) for name, table in tables.items()}


def one_row(tables):
    """The first row of each table."""
    return {name: table.slice(0, 1) for name, table in tables.items()}


def one_account(tables, account):
    """One account with all that is its own, and what is nobody's."""
    return {
        name: table.filter(pc.equal(table["account_id"], account))
        if "account_id" in table.column_names
        else table
        for name, table in tables.items()
    }


def known_by(tables, day):
    """The company as it was written down on a day: another reading of the rules of replay.

    Rows known later are not there; actual dates after the day are null, with what hangs on them.
    """
    kept = {name: table.filter(_known(name, table, day)) for name, table in tables.items()}
    return {name: _as_then(name, table, day, kept) for name, table in kept.items()}


def _known(name, table, day):
    rows = table.select([c for c in TABLES[name].known_on if c in table.column_names]).to_pylist()
    if not rows:
        return pa.array([True] * table.num_rows)
    firsts = [next((v for v in row.values() if v is not None), None) for row in rows]
    month = TABLES[name].known_on == ("month",)
    return pa.array([v is None or _day(v, month) <= day for v in firsts], pa.bool_())


def _as_then(name, table, day, tables):
    declared = TABLES[name]
    rows = table.to_pylist()
    for row in rows:
        for column, value in list(row.items()):
            c = declared.columns.get(column)
            late = c is not None and c.actual and value is not None and _day(value) > day
            if not late or column in declared.known_on:
                continue
            request = row.get(declared.requested.get(column, ""))
            if request is not None and request <= day:
                continue
            row |= dict.fromkeys([column, *declared.dependents.get(column, ())])
        if name == "leads" and row.get("opportunity_id") is not None:
            unborn = row["opportunity_id"] not in _ids(tables)
            row["opportunity_id"] = None if unborn else row["opportunity_id"]
    defaults = {c.name: c.default for c in declared.columns.values() if c.default is not None}
    for row in rows:
        row |= {c: d for c, d in defaults.items() if c in row and row[c] is None}
    return pa.Table.from_pylist(rows, schema=table.schema)


def _ids(tables):
    return set(tables["opportunities"]["opportunity_id"].to_pylist())


def _day(value, month=False):
    found = value.date() if isinstance(value, datetime) else value
    if not month:
        return found
    return (found.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _of_type(name, table, types):
    declared = TABLES[name].columns
    return [c for c in table.column_names if c in declared and declared[c].type in types]


def _with(table, columns):
    for column, values in columns.items():
        table = table.set_column(table.column_names.index(column), column, values)
    return table
