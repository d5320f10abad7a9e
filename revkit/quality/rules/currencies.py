"""Currencies unlike the others: of the same account, of its country, or of the whole table.

A customer may well pay in another currency, and no row tells whether it does: such rows are to be
looked at, and what they would be in the usual currency is measured nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from revkit.language import message
from revkit.quality.company import Company, first_keys
from revkit.quality.finding import Finding

if TYPE_CHECKING:
    import ibis.expr.types as ir

RULE = "currency_unlike_others"
TABLES = ("subscriptions", "invoices", "opportunities")
"""Tables with money of accounts."""

FEW, MOST = 20, 0.05
"""Rows of a country or a company from which on they tell the usual currency, and the share of rows
in another one up to which it is unusual."""

SOME = 2
"""Rows of an account in one currency up to which those of its country tell more."""

WHAT = message("in another currency than the other rows of the account, or of its country")
MEND = message(
    "It may be right. Look at the document; where it is wrong, correct the currency, or the amount "
    "if that was converted."
)


def currency_findings(company: Company) -> Iterator[Finding]:
    """Yield, by table, the rows whose currency is unlike that of the others around them."""
    for name, joined in unlike_others(company):
        yield from _finding(company, name, joined)


def unlike_others(company: Company) -> Iterator[tuple[str, ir.Table]]:
    """Yield tables with money, and the ``usual`` currency of rows that are in another one."""
    names = [name for name in TABLES if company.has(name, "account_id", "currency")]
    if not names:
        return
    every = _rows(company, names)
    kinds = every.currency.nunique().execute()
    if int(kinds) < 2:
        return
    usual = _usual(company, every)
    for name in names:
        expr = company.table(name)
        on = [expr.account_id == usual["__account"], expr.currency == usual["__currency"]]
        yield name, expr.left_join(usual, on)


def _rows(company: Company, names: list[str]) -> ir.Table:
    """Return account and currency of all rows with money."""
    import ibis

    parts = [
        company.table(name)
        .select("account_id", "currency")
        .filter(lambda row: row.currency.notnull())
        for name in names
    ]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def _counted(every: ir.Table, by: list[str], name: str) -> ir.Table:
    """Return how many rows each group has in each currency, and in all, and its usual currency.

    ``{name}``, ``{name}_all``, ``{name}_most`` (rows of the usual one) and ``{name}_usual``.
    """
    import ibis

    found = every.group_by([*by, "currency"]).aggregate(**{name: every.count()})
    group = [found[column] for column in by]
    order = [found[name].desc(), found.currency]
    usual = found.currency.first().over(ibis.window(group_by=group, order_by=order))
    return found.mutate(
        **{
            f"{name}_all": found[name].sum().over(ibis.window(group_by=group)),
            f"{name}_most": found[name].max().over(ibis.window(group_by=group)),
            f"{name}_usual": usual,
        }
    )


def _usual(company: Company, every: ir.Table) -> ir.Table:
    """Return the pairs of account and currency that are unusual, with the usual one.

    The other rows of the account tell it, where most of them are in one other currency; else
    those of its country, else those of the company.
    """
    import ibis

    country: Any = ibis.literal("")
    if company.has("accounts", "country"):
        accounts = company.table("accounts").select("account_id", "country")
        every = every.left_join(accounts, "account_id").select("account_id", "currency", "country")
        country = every.country.fill_null("")
    every = every.mutate(country=country, whole=ibis.literal(""))
    own = _counted(every, ["account_id", "country"], "own")
    for by in ("country", "whole"):
        there = _counted(every, [by], f"in_{by}")
        there = there.rename(__place=by, __in="currency")
        own = own.mutate(whole=ibis.literal(""))
        own = own.left_join(there, [own[by] == there["__place"], own.currency == there["__in"]])
        own = own.drop("__place", "__in")
    told = own.in_country_all >= FEW
    rows, of = (told.ifelse(own[f"in_country{end}"], own[f"in_whole{end}"]) for end in ("", "_all"))
    theirs = told.ifelse(own.in_country_usual, own.in_whole_usual)
    rare = (of >= FEW) & (rows <= MOST * of) & (own.currency != theirs)
    by_account = (own.own_usual != own.currency) & (own.own_most > own.own)
    # two rows of an account do not outvote those of all others around it
    by_account &= (own.currency != theirs) | (own.own_most > SOME)
    by_others = rare & (own.own_all - own.own <= own.own)
    unusual = own.filter(by_account | by_others)
    return unusual.select(
        __account="account_id",
        __currency="currency",
        usual=by_account.ifelse(own.own_usual, theirs),
    )


def _finding(company: Company, name: str, joined: Any) -> Iterator[Finding]:
    """Yield the finding on a table, if some of its rows are in an unusual currency."""
    expr = company.table(name)
    bad = joined.usual.notnull()
    flagged = company.flagged(name, joined, bad, joined.currency, joined.usual)
    count = int(flagged.count().execute())
    if not count:
        return
    yield Finding(
        rule=RULE,
        table=name,
        column="currency",
        what=company.words.gettext(WHAT),
        bad=count,
        rows=int(expr.count().execute()),
        severity="minor",
        examples=first_keys(flagged),
        mend=company.words.gettext(MEND),
        flagged=flagged,
    )
