"""Three companies that every metric must get right: a made-up one, one by hand, an awkward one.

The first has every table of the schema and enough rows for intervals. The second puts the examples
of the docs side by side, each beside the others' rows. The third is what exports look like.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa

import revkit as rk
from revkit.schema import TABLES
from tests.engines import company

EXAMPLES = ("economics", "pipeline", "team", "leads", "billing", "support")
TYPES = dict.fromkeys(("money", "rate", "number", "share"), pa.float64()) | {
    "date": pa.date32(), "timestamp": pa.timestamp("us"), "bool": pa.bool_(), "count": pa.int64(),
}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """Tables of the declared types, the day as of which they are known, and a day before."""

    name: str
    tables: dict[str, pa.Table] = field(repr=False, compare=False)
    as_of: date
    past: date

    def data(self, tables=None, as_of=None):
        return rk.Dataset(
            as_of=as_of or self.as_of, currency="EUR", **(self.tables if tables is None else tables)
        )


@cache
def made():
    """A generated company of 300 accounts over 14 months, and the tables that nobody generates."""
    tables, as_of = company.tables(accounts=300, months=14, seed=3)
    targets, reps = (tables[name].to_pylist() for name in ("targets", "reps"))
    carrying = sorted({row["rep_id"] for row in targets if row["kind"] == "quota"})[::2]
    for row in reps:  # half of those who carry a quota were hired as it began
        if row["rep_id"] in carrying:
            row["hired_on"] = date(as_of.year - 1, 1, 1 + carrying.index(row["rep_id"]))
    for row in targets:
        row["amount"] /= 1 + 9 * (row["rep_id"] in carrying)
    burn = [
        row | {"line": "cash_burn", "amount": row["amount"] / 3 - 500}
        for row in tables["finance"].to_pylist()
        if row["line"] == "opex"
    ]
    booked = [row for row in tables["finance"].to_pylist() if row["line"] != "cash_burn"]
    staff = [row | {"line": "employees", "amount": 40.0} for row in burn]
    regimes, activities = (tables[name].to_pylist() for name in ("subscriptions", "activities"))
    for row in activities:
        if row["activity_id"].startswith("first"):
            row["kind"] = "call"
    tried = {row["account_id"]: row for row in reversed(regimes)}
    trials = [
        row
        | {"subscription_id": f"trial-{n}", "status": "trialing", "term_ends_on": None}
        | {"started_on": row["started_on"] - timedelta(14), "ended_on": row["started_on"]}
        | {"cancel_requested_on": None, "churn_reason": None, "renewed_from": None}
        for n, row in enumerate(tried.values())
        if n % 3
    ]
    idle = sorted({row["account_id"] for row in tables["accounts"].to_pylist()} - tried.keys())
    for row, account in zip(trials[::4], idle, strict=False):  # tried, and never came
        row["account_id"] = account
    tables |= {
        "activities": typed("activities", activities),
        "subscriptions": typed("subscriptions", regimes + trials),
        "targets": typed("targets", targets),
        "reps": typed("reps", reps),
        "finance": typed("finance", booked + burn + staff),
    }
    return Company("made", tables, as_of, date(as_of.year - 1, 12, 31))


@cache
def hand():
    """The examples of the docs as one company, each with ids of its own."""
    rows: dict[str, list] = {}
    for name in EXAMPLES:
        data = rk.example(name)
        for table in data.tables:
            here = data.table(table).to_pyarrow().to_pylist()
            rows.setdefault(table, []).extend(_own_ids(table, row, name) for row in here)
    for table, key in (("finance", ("month", "line")), ("stages", ("object", "stage"))):
        rows[table] = list({tuple(row[k] for k in key): row for row in rows[table]}.values())
    for row in rows["targets"]:  # a company's quota beside those of another's reps is its plan
        if row["kind"] == "quota" and row["rep_id"] is None:
            row["kind"] = "plan"
    tables = {name: typed(name, here) for name, here in rows.items()}
    return Company("hand", tables, date(2026, 3, 31), date(2026, 2, 28))


def _own_ids(table, row, name):
    ids = {c.name for c in TABLES[table].columns.values() if c.type == "id"}
    return {k: f"{name}-{v}" if k in ids and v is not None else v for k, v in row.items()}


def typed(name, rows):
    """An Arrow table of the declared types from rows; what a row does not say is null."""
    declared = TABLES[name].columns
    columns = list(dict.fromkeys(column for row in rows for column in row))
    kinds = {column: TYPES.get(declared[column].type, pa.string()) for column in columns}
    return pa.table(
        {c: pa.array([row.get(c) for row in rows], kinds[c]) for c in columns},
    )


def read(file, **words):
    """The tables written in a file, each under its name: lines of cells divided by bars."""
    text = (Path(__file__).parents[2] / "data" / file).read_text(encoding="utf-8")
    for word, said in words.items():
        text = text.replace(word, said)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    starts = [number for number, line in enumerate(lines) if not line.startswith(" ")]
    ends = [*starts[1:], len(lines)]
    return {
        lines[start].rstrip(":"): written(lines[start].rstrip(":"), lines[start + 1 : end])
        for start, end in zip(starts, ends, strict=True)
    }


def written(name, lines):
    """An Arrow table from its lines, the names of the columns first; an empty cell is null."""
    names, *cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    declared = TABLES[name].columns
    rows = [
        {n: _value(declared[n].type, text) for n, text in zip(names, row, strict=True)}
        for row in cells
    ]
    return typed(name, rows)


def _value(kind, text):
    if not text:
        return None
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "timestamp":
        return datetime.fromisoformat(text)
    if kind == "bool":
        return text == "yes"
    if kind == "count":
        return int(text)
    return float(text) if kind in ("money", "rate", "number", "share") else text


@cache
def awkward():
    """Nulls, ties, regimes of a day or none, deals reopened or sold for nothing, plans ahead."""
    return Company("awkward", read("laws_awkward.txt"), date(2026, 3, 17), date(2026, 1, 31))


@cache
def edge(day):
    """A company in which all of a spring happens on one day."""
    tables = read("laws_edges.txt", DAY=day.isoformat())
    return Company(f"edge of {day}", tables, date(2026, 4, 30), date(2026, 2, 28))


def edges():
    """The company of both sides of a month's end, made when its law asks for the days."""
    return edge(date(2026, 3, 31))


COMPANIES = {"made": made, "hand": hand, "awkward": awkward, "edges": edges}
