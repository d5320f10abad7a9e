"""Twins: accounts, people and events that were entered twice under two keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from revkit.language import message
from revkit.quality.company import Company, as_text, first_keys
from revkit.quality.effects import NOTICED, grave, measured
from revkit.quality.finding import Effect, Finding
from revkit.quality.rules.words.names import bare, without_form, without_forms
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

TWIN = "twin"
AGREE = ("country", "industry", "region", "segment")
"""Columns in which two accounts of one name agree, or lack a value, if they are one."""

MOST = 50
"""Rows of one name up to which it is looked at: above, it is a placeholder such as Unknown."""

SAME: Mapping[str, tuple[str, ...]] = {
    "opportunities": ("account_id", "kind", "product_id", "created_on", "amount"),
    "invoices": ("account_id", "invoice_id", "issued_on", "amount", "is_recurring"),
    "activities": (
        "rep_id", "kind", "occurred_at", "account_id", "lead_id", "opportunity_id",
    ),
    "tickets": ("account_id", "opened_at", "severity"),
    "touches": ("lead_id", "opportunity_id", "campaign_id", "touched_at"),
    "spend": ("spent_on", "function", "category", "channel", "campaign_id", "motion", "amount"),
}  # fmt: skip
"""By table, columns in which two rows agree only if they are one event."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "opportunities": ("account_id", "created_on", "amount"),
    "invoices": ("account_id", "issued_on", "amount"),
    "activities": ("rep_id", "occurred_at"),
    "tickets": ("account_id", "opened_at"),
    "touches": ("campaign_id", "touched_at"),
    "spend": ("spent_on", "function", "amount"),
}
"""By table, those of them that must have a value."""

METRICS = {"opportunities": "won_amount", "invoices": "billings", "leads": "leads"}

NAMED = message("with the name of another one, but for its spelling")
MAILED = message("with the e-mail address of an earlier one")
BILLED = message("it seems, entered twice: of the same account, day and amount as an earlier one")
EQUAL = {
    "opportunities": BILLED,
    "invoices": BILLED,
    "activities": message("it seems, entered twice: of the same rep, kind and time as an earlier "
                          "one"),
    "tickets": message("it seems, entered twice: of the same account and time as an earlier one"),
    "touches": message("it seems, entered twice: of the same campaign, person and time as an "
                       "earlier one"),
    "spend": message("it seems, entered twice: of the same day, purpose and amount as an earlier "
                     "one"),
}  # fmt: skip
"""By table, what two rows of one event have in common, in a reader's words."""

MEND = message(
    "Merge each with the entry to keep, whose key is in the column “proposed” beside it."
)
MORE = message("{count} {table} are counted where there are {fewer}")


def twin_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield the rows of a table that were entered before, under another key."""
    flagged = twins(company, table)
    if flagged is None:
        return
    named = {"accounts": ("name", NAMED), "leads": ("email", MAILED)}
    column, what = named[table] if table in named else (TABLES[table].key[0], EQUAL[table])
    yield from _finding(company, table, column, what, flagged)


def twins(company: Company, table: str) -> ir.Table | None:
    """Return the rows of a table that were entered before: their key, and that of the first.

    None where the table lacks the columns that tell.
    """
    if table == "accounts":
        return _accounts(company) if company.has(table, "name") else None
    if table == "leads":
        return _people(company) if company.has(table, "email") else None
    if table in SAME and company.has(table, *NEEDED[table]):
        return _events(company, table)
    return None


def _finding(
    company: Company, table: str, column: str, what: str, flagged: ir.Table
) -> Iterator[Finding]:
    """Yield the finding on some rows, if there are any."""
    bad = int(flagged.count().execute())
    if not bad:
        return
    expr = company.table(table)
    rows = int(expr.count().execute())
    keys = flagged.select(__twin=flagged.key).distinct()
    kept = expr.mutate(__key=company.key(table, expr))
    kept = kept.left_join(keys, kept["__key"] == keys["__twin"])
    kept = kept.filter(kept["__twin"].isnull()).select(*expr.columns)
    words, effect = company.words, Effect()
    if table in METRICS:
        effect = measured(company, METRICS[table], {table: kept})
    if not effect.text:
        fewer, count = words.count(rows - bad), words.count(rows)
        effect = Effect(words.gettext(MORE, count=count, table=table, fewer=fewer))
    severity = "serious" if bad >= NOTICED * rows else "minor"
    yield Finding(
        rule=TWIN,
        table=table,
        column=column,
        what=words.gettext(what),
        bad=bad,
        rows=rows,
        severity=grave(severity, effect),
        examples=first_keys(flagged),
        effect=effect,
        mend=words.gettext(MEND),
        flagged=flagged,
    )


def _people(company: Company) -> ir.Table:
    """Return the leads whose e-mail address an earlier one has."""
    leads = company.table("leads")
    rows = leads.filter(leads.email.notnull(), leads.email != "")
    return _after_the_first(rows, ["email"], "lead_id", [rows.created_at, rows.lead_id], rows.name)


def _events(company: Company, table: str) -> ir.Table:
    """Return the rows that are equal to one before in all that tells events apart."""
    expr = company.table(table)
    columns = [name for name in SAME[table] if name in company.loaded(table)]
    rows = expr.filter(*(expr[name].notnull() for name in NEEDED[table]))
    key = company.key(table, rows)
    rows = rows.mutate(__row=key)
    return _after_the_first(rows, columns, "__row", [rows["__row"]], rows["__row"])


def _after_the_first(
    rows: ir.Table, alike: list[str], key: str, order: list[Any], found: Any
) -> ir.Table:
    """Return the rows that agree with one before them, and the key of that one."""
    import ibis

    # few rows have a twin: the window is over these alone
    counts = rows.group_by(alike).aggregate(__rows=rows.count())
    several = counts.filter(counts["__rows"] > 1, counts["__rows"] <= MOST)
    several = several.rename({f"__{name}": name for name in alike})
    ours = rows.select(
        *alike,
        __own=key,
        __found=as_text(found),
        **{f"__by{n}": one for n, one in enumerate(order)},
    )
    both = ours.inner_join(
        several, [ours[name].identical_to(several[f"__{name}"]) for name in alike]
    )
    window = ibis.window(
        group_by=[both[name] for name in alike],
        order_by=[both[f"__by{n}"] for n in range(len(order))],
    )
    placed = both.mutate(
        __place=ibis.row_number().over(window), __first=both["__own"].first().over(window)
    )
    later = placed.filter(placed["__place"] > 0)
    return later.select(key=later["__own"], found=later["__found"], proposed=later["__first"])


def _accounts(company: Company) -> ir.Table:
    """Return the accounts that have the name of an earlier one, and nothing against it.

    Legal forms at the end may be missing in one of the names: Rossi and Rossi S.r.l.
    """
    accounts = company.table("accounts")
    agree = [name for name in AGREE if name in company.loaded("accounts")]
    day = accounts.created_on if "created_on" in accounts.columns else accounts.account_id
    rows = accounts.select(
        "account_id",
        "name",
        day=day,
        full=bare(accounts.name),
        **{name: accounts[name].lower() for name in agree},
    )
    rows = rows.mutate(short=without_form(rows.full), root=without_forms(rows.full))
    rows = rows.filter(rows.full.notnull(), rows.full != "")
    counts = rows.group_by("root").aggregate(__rows=rows.count())
    several = counts.filter(counts["__rows"] > 1, counts["__rows"] <= MOST)
    several = several.select(__root="root")
    some = rows.inner_join(several, rows.root == several["__root"]).drop("__root")
    other = some.view()
    same = (some.full == other.full) | (some.full == other.short) | (some.short == other.full)
    fits = [
        some[name].isnull() | other[name].isnull() | (some[name] == other[name]) for name in agree
    ]
    after = (some.day > other.day) | (
        (some.day == other.day) & (some.account_id > other.account_id)
    )
    pairs = some.join(other, [some.root == other.root, same, after, *fits], rname="{name}_other")
    return (
        pairs.group_by("account_id")
        .aggregate(found=pairs.name.min(), proposed=pairs.account_id_other.min())
        .select(key="account_id", found="found", proposed="proposed")
    )
