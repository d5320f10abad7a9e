"""Example companies by name: ``rk.example("deals")``."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from revkit.errors import ParameterError
from revkit.examples.billing import BILLING
from revkit.examples.currencies import CURRENCIES
from revkit.examples.economics import ECONOMICS
from revkit.examples.pipeline import PIPELINE
from revkit.examples.support import SUPPORT
from revkit.examples.team import TEAM

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def example(name: str) -> Dataset:
    """Return a company of a few rows, to check a formula by hand.

    Parameters
    ----------
    name
        ``billing``: three customers with their contracts and the invoices of a quarter, one of them
        overdue. ``currencies``: three accounts that pay euros or dollars, counted in euros at spot;
        the rate changes in March. ``deals``: five opportunities of a quarter, three won, one lost,
        one open. ``economics``: ten accounts that pay 1,000 at the start of 2026; by March one has
        churned, one expanded and three are new; with finance and spend. ``leads``: five leads, four
        MQLs, two SQLs, one customer. ``pipeline``: five deals with their history, leads, touches
        and quota; four are due in March. ``retention``: three accounts that pay 900, 1,600 and
        7,500 at the start of March and 0, 1,000 and 9,300 at its end, and a new one. ``support``:
        two customers with five tickets and three months of usage. ``team``: three reps, of whom one
        was hired in October and one in January, with their quotas, deals and activities.

    Returns
    -------
    Dataset
        As of 2026-03-31.

    Raises
    ------
    ParameterError
        When there is no example of that name.

    Examples
    --------
    >>> example("deals").tables
    ('accounts', 'opportunities')
    """
    import pandas as pd

    from revkit.dataset import Dataset

    if not isinstance(name, str) or name not in _EXAMPLES:
        raise ParameterError.unknown_value(name, where="rk.example: name", known=_EXAMPLES)
    tables: dict[str, Any] = {
        table: pd.DataFrame(rows, columns=columns)
        for table, (columns, rows) in _EXAMPLES[name].items()
    }
    return Dataset(as_of="2026-03-31", **_counting(name), **tables)


def _counting(name: str) -> dict[str, Any]:
    """Return currency and policy of an example that does not count by the defaults."""
    from revkit.policy import Policy

    spot = {"currency": "EUR", "policy": Policy(fx="spot")}
    return spot if name == "currencies" else {}


def _day(month: int, day: int, year: int = 2026) -> date:
    """Return a day, of 2026 unless another year is given."""
    return date(year, month, day)


def _at(month: int, day: int) -> datetime:
    """Return nine o'clock on a day of 2026."""
    return datetime(2026, month, day, 9)  # noqa: DTZ001 - timestamps in tables are UTC without tzinfo


_ACCOUNTS = ["account_id", "name", "segment"]
_EXAMPLES: dict[str, dict[str, tuple[list[str], list[tuple[object, ...]]]]] = {
    "billing": BILLING,
    "economics": ECONOMICS,
    "pipeline": PIPELINE,
    "deals": {
        "accounts": (
            _ACCOUNTS,
            [("A1", "Alder", "SMB"), ("A2", "Birch", "SMB"), ("A3", "Cedar", "Enterprise")],
        ),
        "opportunities": (
            ["opportunity_id", "account_id", "created_on", "closed_on", "is_won", "amount"],
            [
                ("O1", "A1", _day(1, 1), _day(1, 21), True, 1500.0),
                ("O2", "A2", _day(1, 10), _day(2, 9), True, 2000.0),
                ("O3", "A3", _day(2, 1), _day(3, 13), True, 5500.0),
                ("O4", "A1", _day(2, 5), _day(3, 1), False, 3000.0),
                ("O5", "A3", _day(3, 2), None, None, 4000.0),
            ],
        ),
    },
    "leads": {
        "leads": (
            ["lead_id", "channel", "created_at", "disqualified_at"],
            [
                ("L1", "search", _at(1, 5), None),
                ("L2", "search", _at(1, 12), None),
                ("L3", "events", _at(2, 3), None),
                ("L4", "events", _at(2, 10), _at(3, 1)),
                ("L5", "search", _at(3, 4), _at(3, 20)),
            ],
        ),
        "lead_history": (
            ["lead_id", "entered_at", "stage"],
            [
                ("L1", _at(1, 5), "lead"),
                ("L1", _at(1, 8), "MQL"),
                ("L1", _at(1, 15), "SQL"),
                ("L1", _at(3, 2), "customer"),
                ("L2", _at(1, 12), "lead"),
                ("L2", _at(1, 20), "MQL"),
                ("L2", _at(2, 2), "SQL"),
                ("L3", _at(2, 3), "lead"),
                ("L3", _at(2, 9), "MQL"),
                ("L4", _at(2, 10), "lead"),
                ("L4", _at(2, 14), "MQL"),
                ("L4", _at(3, 1), "disqualified"),
                ("L5", _at(3, 4), "lead"),
                ("L5", _at(3, 20), "disqualified"),
            ],
        ),
        "opportunities": (
            ["opportunity_id", "lead_id", "created_on", "closed_on", "is_won", "amount"],
            [("O1", "L1", _day(1, 15), _day(3, 2), True, 1200.0)],
        ),
        "spend": (
            ["spend_id", "spent_on", "function", "category", "channel", "amount"],
            [
                ("S1", _day(1, 31), "marketing", "programs", "search", 30.0),
                ("S2", _day(2, 28), "marketing", "programs", "events", 20.0),
                ("S3", _day(3, 31), "marketing", "people", None, 400.0),
            ],
        ),
    },
    "retention": {
        "accounts": (
            _ACCOUNTS,
            [
                ("a", "Alder", "SMB"),
                ("b", "Birch", "SMB"),
                ("c", "Cedar", "Enterprise"),
                ("d", "Douglas", "SMB"),
            ],
        ),
        "subscriptions": (
            ["subscription_id", "account_id", "started_on", "ended_on", "mrr"],
            [
                ("s1", "a", _day(6, 1, 2025), _day(3, 15), 900.0),
                ("s2", "b", _day(7, 1, 2025), _day(3, 10), 1600.0),
                ("s2", "b", _day(3, 10), None, 1000.0),
                ("s3", "c", _day(9, 1, 2025), _day(3, 20), 7500.0),
                ("s3", "c", _day(3, 20), None, 9300.0),
                ("s4", "d", _day(3, 5), None, 1000.0),
            ],
        ),
        "spend": (
            ["spend_id", "spent_on", "function", "amount"],
            [
                ("S1", _day(1, 31), "sales", 4000.0),
                ("S2", _day(2, 28), "marketing", 2000.0),
                ("S3", _day(3, 31), "success", 1500.0),
            ],
        ),
    },
    "support": SUPPORT,
    "team": TEAM,
    "currencies": CURRENCIES,
}
