"""The companies: every world, six scenarios, another language, hardly any data, a single table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import revkit as rk

ACCOUNTS = 900
"""Accounts of a company; the scenarios' own numbers are for causes to be found, not for this."""

SEED = 7


@dataclass(frozen=True)
class Asked:
    """A company by name, and the language of its pages."""

    make: Callable[[], rk.Dataset]
    language: str = "en"


def _of(scenario: str, **how: object) -> Callable[[], rk.Dataset]:
    asked = {"accounts": ACCOUNTS, "seed": SEED, **how}
    return lambda: rk.generate(scenario, **asked).data  # type: ignore[arg-type]


def _only(table: str) -> Callable[[], rk.Dataset]:
    """Return a company whose other tables nobody exported, nor the columns that lead to them."""

    def make() -> rk.Dataset:
        whole = rk.generate("baseline", accounts=ACCOUNTS, seed=SEED)
        frame = whole.data.table(table).to_pandas()
        return rk.Dataset(**{table: frame}, as_of=whole.as_of, currency="EUR")

    return make


KEYS = ("account_id", "lead_id", "opportunity_id", "subscription_id")


def _few(accounts: int, months: int) -> Callable[[], rk.Dataset]:
    """Return a company of the few accounts with most deals, which has existed for some months."""

    def make() -> rk.Dataset:
        whole = rk.generate("baseline", accounts=200, seed=SEED, months=months)
        tables = {name: whole.data.table(name).to_pandas() for name in whole.data.tables}
        deals = tables["opportunities"]["account_id"].value_counts()
        kept = {"account_id": set(deals.index[:accounts])}
        for key, table in zip(KEYS[1:], ("leads", "opportunities", "subscriptions"), strict=True):
            own = tables[table]
            kept[key] = set(own.loc[own["account_id"].isin(kept["account_id"]), key])
        for name, rows in tables.items():
            for key in (key for key in KEYS if key in rows):
                rows = rows[rows[key].isin(kept[key]) | rows[key].isna()]
            tables[name] = rows
        return rk.Dataset(**tables, as_of=whole.as_of, currency="EUR")

    return make


COMPANIES: Mapping[str, Asked] = {
    "self-serve": Asked(_of("self-serve")),
    "enterprise-only": Asked(_of("enterprise-only")),
    "marketplace": Asked(_of("marketplace")),
    "price-rise-smb": Asked(_of("price-rise-smb")),
    "channel-rot": Asked(_of("channel-rot")),
    "broken-handoff": Asked(_of("broken-handoff")),
    "rep-leaves": Asked(_of("rep-leaves")),
    "pricing-page-test": Asked(_of("pricing-page-test")),
    "onboarding-overload": Asked(_of("onboarding-overload")),
    "italian": Asked(_of("decoy-only", locale="it_IT"), "it"),
    "tiny": Asked(_few(accounts=3, months=2)),
    "deals": Asked(_only("opportunities")),
    "subscriptions": Asked(_only("subscriptions")),
}
"""By name; the first three are worlds, the next six scenarios."""
