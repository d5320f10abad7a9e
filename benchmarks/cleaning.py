"""Cleaning benchmark: how many of the cells that data.clean() changes get their clean value.

Companies are generated with dirt, whose key has the clean value of every changed cell. Printed is
for each level and kind of error how many cells were changed, the share of these that are now as
in the clean company (precision; the goal is 95 %), and the share of the planted ones that are
(recall). Rows left out are right when they are the second entries, or the deals without an amount;
a pair of entries that is merged into the second is wrong here, though it is one entry again.

    python -m benchmarks.cleaning [--companies 3] [--accounts 400] [--months 24]
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict

import pandas as pd

import revkit as rk

KINDS = {
    "due_on_unreadable": "day first",
    "expected_close_on_unreadable": "expected day first",
    "spelling": "other spelling",
    "spelling_likely": "other spelling",
    "currency_unlike_others": "other currency",
    "stage_back": "stage back",
    "twin": "twice",
    "won_without_amount": "won without amount",
}
"""The kind of error that each mend is for, in the order in which they are made."""

Cell = tuple[str, str, str]


def scored(company, log: pd.DataFrame, kind: str) -> Counter:
    """Count the cells and rows of a kind: planted, changed or left out, and rightly so.

    Second entries repeat the errors of the first, and are no errors of their own in the key: what
    is changed there counts on neither side.
    """
    key = pd.DataFrame(company.key.to_pylist())
    added = {(row.table, row.row) for row in key[key["dirty"] == "added"].itertuples()}
    there = key[(key["kind"] == kind) & key["column"].notna()]
    clean = {(row.table, row.row, row.column): row.clean for row in there.itertuples()}
    done = log[log["rule"].map(KINDS) == kind]
    cells = done[done["column"].notna()]
    after = {
        (row.table, row.key, row.column): row.after
        for row in cells.itertuples()
        if (row.table, row.key) not in added
    }
    gone = {(row.table, row.key) for row in done[done["column"].isna()].itertuples()}
    if kind == "won without amount":
        away = {(table, row) for table, row, _ in clean}
        clean = {}
    else:
        away = {(r.table, r.row) for r in key[(key["kind"] == kind)].itertuples()} & added
    return Counter(
        planted=len(clean), changed=len(after),
        right=sum(clean.get(cell) == value for cell, value in after.items()),
        rows=len(away), gone=len(gone), rightly=len(gone & away),
    )  # fmt: skip


def main() -> None:
    """Print precision and recall by level and kind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cleaning")
    parser.add_argument("--companies", type=int, default=3)
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--months", type=int, default=24)
    order = parser.parse_args()
    for level in ("light", "heavy"):
        sums: dict[str, Counter] = defaultdict(Counter)
        for seed in range(1, order.companies + 1):
            made = rk.generate(accounts=order.accounts, months=order.months, seed=seed, dirt=level)
            given = rk.Dataset(currency=made.world.scenario.currency, **made.tables)
            _, log = given.clean(*KINDS)
            for kind in dict.fromkeys(KINDS.values()):
                sums[kind] += scored(made, log, kind)
        print(f"\n{level:<20}{'cells':>8}{'changed':>9}{'precision':>11}{'recall':>9}", end="")
        print(f"{'rows':>7}{'left out':>10}{'precision':>11}{'recall':>9}")
        for kind, n in sums.items():
            parts = [(n["right"], n["changed"], n["planted"]), (n["rightly"], n["gone"], n["rows"])]
            shares = [
                (f"{right / done:.1%}" if done else "", f"{right / there:.1%}" if there else "")
                for right, done, there in parts
            ]
            print(
                f"{kind:<20}{n['planted']:>8}{n['changed']:>9}{shares[0][0]:>11}{shares[0][1]:>9}"
                f"{n['rows']:>7}{n['gone']:>10}{shares[1][0]:>11}{shares[1][1]:>9}",
                flush=True,
            )


if __name__ == "__main__":
    main()
