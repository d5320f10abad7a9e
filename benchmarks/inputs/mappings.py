"""Inputs with a mapping whose text is changed, and calls with odd arguments."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.inputs.company import company
from benchmarks.inputs.judge import Input
from benchmarks.inputs.written import as_csv

FOREIGN = {
    "opportunity_id": "Deal", "account_id": "Customer", "rep_id": "Seller", "kind": "Nature",
    "created_on": "Opened", "expected_close_on": "Hoped", "closed_on": "Shut", "is_won": "Outcome",
    "amount": "Worth", "currency": "Money", "probability": "Chance", "discount": "Rebate",
}  # fmt: skip
MAPPING = """date_format: "%d/%m/%Y"
currency: EUR
tables:
  opportunities:
    source: deals
    columns:
      opportunity_id: Deal
      account_id: Customer
      rep_id: Seller
      kind: {from: Nature, words: {NB: new, UP: expansion, RE: renewal}}
      created_on: Opened
      expected_close_on: Hoped
      closed_on: {from: Shut, where: Over}
      is_won: {from: Outcome, words: {"Yes": true, "No": false, "": null}}
      amount: Worth
      currency: Money
      probability: {from: Chance, percent: true}
      discount: {from: Rebate, percent: true}
    keep: []
"""
SCALARS = [
    *("no", "yes", "on", "1", "2025", "0", "1e400", ".nan", "~", "''", "[]", "{}", "[a, b]"),
    *("{a: b}", "2025-01-01", "2025-13-45", "007", "12:30", "*a", "&a x", "- x", "? x"),
    *("!!python/name:os.system", "'", '"', "a: b: c", "%", "@x", "`", "!", "|", ">", "x" * 5000),
]


def _deals(folder: Path) -> Path:
    """Write the company with its deals as a foreign export."""
    tables = company()
    deals = tables.pop("opportunities").copy()
    deals["kind"] = deals["kind"].map({"new": "NB", "expansion": "UP", "renewal": "RE"})
    deals["is_won"] = deals["is_won"].map({True: "Yes", False: "No"})
    deals["Over"] = deals["closed_on"].notna().map({True: "TRUE", False: "FALSE"})
    deals["probability"] = deals["probability"] * 100
    deals["discount"] = deals["discount"].map(lambda share: f"{share * 100:.6g} %")
    for name in ("created_on", "expected_close_on", "closed_on"):
        deals[name] = deals[name].map(lambda day: f"{day:%d/%m/%Y}", na_action="ignore")
    as_csv({"deals": deals.rename(columns=FOREIGN)})(folder)
    for name in ("accounts", "reps"):
        frame = tables[name].rename(columns={"name": "label"})
        for column in frame.columns[[c.endswith("_on") for c in frame.columns]]:
            frame[column] = frame[column].map(lambda day: f"{day:%d/%m/%Y}", na_action="ignore")
        as_csv({name: frame})(folder)
    return folder


def inputs() -> Iterator[Input]:
    """Yield the inputs."""
    table = "opportunities"
    yield Input("mapping", "as it is", table, write=_deals, mapping=MAPPING)
    lines = MAPPING.splitlines()
    for at, line in enumerate(lines):
        key, _, value = line.partition(": ")
        changes = {
            "twice": [line, line],
            "gone": [],
            "deeper": ["  " + line],
            "a tab": ["\t" + line],
            "in capitals": [line.upper()],
            "misspelt": [line.replace(key.strip(), key.strip()[:-1] + "x")],
        }
        if value:
            changes |= {f"{scalar[:12]!r}": [f"{key}: {scalar}"] for scalar in SCALARS}
        for name, instead in changes.items():
            text = "\n".join([*lines[:at], *instead, *lines[at + 1 :]]) + "\n"
            loose = name == "gone" or value != ""  # another mapping, right in its own way
            yield Input(
                "mapping", f"line {at + 1} {name}", table, write=_deals, mapping=text, any=loose
            )
    chance = random.Random(11)  # noqa: S311 (no secret hangs on it)
    for number in range(120):
        at = chance.randrange(len(MAPPING))
        letter = chance.choice("{}[]:,'\"\n \t#&*!|>%@`-?0aA\\")
        text = MAPPING[:at] + letter + MAPPING[at + 1 :]
        yield Input("mapping", f"letter {number}", table, write=_deals, mapping=text, any=True)
    yield from arguments()


ODD: list[Any] = [
    *(None, "", " ", 0, 1, -1, 1.5, True, float("nan"), "2025-13-01", "tomorrow", [], {}, ()),
    *(b"x", object(), ["a", 1], "x" * 10_000, "9999-12-31", "0001-01-01"),
]
LOADS = ("as_of", "policy", "currency", "set_aside", "ignore")
CALLS = ("period", "start", "end", "by", "trailing", "level", "compare")


def arguments() -> Iterator[Input]:
    """Yield calls with an argument that is none."""
    odd = partial(Input, "argument", table="opportunities", tables=company(), any=True)
    for value in ODD:
        shown = f"{str(value)[:20]!r}"
        for name in LOADS:
            yield odd(name=f"Dataset({name}={shown})", options={name: value})
        for name in CALLS:
            yield odd(name=f"win_rate({name}={shown})", call=_asking(name, value))
        yield odd(name=f"where(kind={shown})", call=_where(value))
        yield odd(name=f"replay({shown})", call=_replayed(value))


def _asking(name: str, value: Any) -> Any:
    """Return a function that asks for a win rate with an argument."""

    def call(data: Any) -> Any:
        import revkit as rk

        return rk.metrics.win_rate(data, **{name: value})

    return call


def _where(value: Any) -> Any:
    """Return a function that narrows a company by a value."""
    return lambda data: repr(data.where(kind=value))


def _replayed(value: Any) -> Any:
    """Return a function that replays a company to a day."""
    return lambda data: repr(data.replay(value))
