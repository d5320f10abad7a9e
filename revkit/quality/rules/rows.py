"""Rules about the rows of one table: those that a row breaks by itself, counted in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from revkit.dataset.validation.closings import HALVES, halves
from revkit.language import message
from revkit.quality.company import Company, counted, first_keys
from revkit.quality.effects import LOST, UNOWNED, USUAL, WAITING, WITHOUT, How, grave, measured
from revkit.quality.finding import Effect, Finding
from revkit.quality.rules.owners import left
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

Condition = Callable[["ir.Table", Company], Any]


@dataclass(frozen=True)
class RowRule:
    """A rule that each row keeps or breaks by itself.

    Parameters
    ----------
    name, table, column
        Its name, and where; ``column`` is what the finding shows.
    needs
        The columns that it needs.
    broken
        Returns the condition of the rows that break it.
    severity
        Where no effect is measured.
    what, mend, line
        The words: see :class:`Finding`.
    among
        Returns the condition of the rows that could break it; None for all.
    effect
        Returns what the rows do, given the table and their condition.
    then
        Whether rows are taken as they were at the as-of date: what is open now may be closed later.
    """

    name: str
    table: str
    column: str
    needs: tuple[str, ...]
    broken: Condition
    severity: str
    what: str
    mend: str
    line: str = ""
    among: Condition | None = None
    effect: Callable[[Company, ir.Table, Any], Effect] | None = None
    then: bool = False


def _won(row: ir.Table, company: Company) -> Any:
    return row.is_won


def _open(row: ir.Table, company: Company) -> Any:
    return row.is_won.isnull() & row.closed_on.isnull()


def _of_somebody_gone(row: ir.Table, company: Company) -> Any:
    return row.rep_id.notnull() & row.rep_id.isin(left(company))


def _without(
    metric: str, table: str, how: How = WITHOUT
) -> Callable[[Company, ir.Table, Any], Effect]:
    """Return the effect on a metric of leaving rows out."""

    def effect(company: Company, expr: ir.Table, bad: Any) -> Effect:
        return measured(company, metric, {table: expr.filter(~bad.fill_null(False))}, how)

    return effect


def _usual_amount(company: Company, expr: ir.Table, bad: Any) -> Effect:
    """Return how far the won amount is off, if these deals are as large as the others."""
    usual = expr.amount.mean(where=expr.is_won & expr.amount.notnull()).as_scalar()
    filled = expr.mutate(amount=bad.fill_null(False).ifelse(usual, expr.amount))
    return measured(company, "won_amount", {"opportunities": filled}, USUAL)


def _halves(row: ir.Table, company: Company) -> tuple[Any, Any]:
    """Return the deals closed without an outcome, and those lost without a day; none if known."""
    values = {"closed_on": row.closed_on, "is_won": row.is_won}
    undecided, undated = halves(row, values, company.store.process.closed)
    noted = company.noted_rules("opportunities")
    return (
        undecided & ("closed_without_outcome" in noted),
        undated & ("lost_without_closed_on" in noted),
    )


def _lost(company: Company, expr: ir.Table, bad: Any) -> Effect:
    """Return how far the win rate is off, if these deals are lost."""
    bad, day = bad.fill_null(False), company.as_of
    lost = expr.mutate(
        is_won=bad.ifelse(False, expr.is_won),
        closed_on=bad.ifelse(expr.closed_on.fill_null(day), expr.closed_on),
    )
    return measured(company, "win_rate", {"opportunities": lost}, LOST)


def _no_owner(table: str, severity: str, metric: str) -> RowRule:
    """Return the rule that a row has an owner."""
    return RowRule(
        "no_owner",
        table,
        "rep_id",
        ("rep_id",),
        lambda row, company: row.rep_id.isnull(),
        severity,
        message("without an owner"),
        message("Give them an owner in the CRM; in results by rep they are in (missing)."),
        effect=_without(metric, table, UNOWNED) if metric else None,
    )


RULES = (
    RowRule(
        "won_without_amount",
        "opportunities",
        "amount",
        ("amount", "is_won", "closed_on"),
        lambda row, company: row.is_won & row.amount.isnull(),
        "serious",
        message("won without an amount"),
        message("Fill in what was sold, in the CRM; sums leave these deals out."),
        among=_won,
        effect=_usual_amount,
    ),
    RowRule(
        "closed_without_outcome",
        "opportunities",
        "closed_on",
        ("is_won", "closed_on"),
        lambda row, company: _halves(row, company)[0],
        "serious",
        message("closed, and neither won nor lost"),
        message(
            "Say which are won, in is_won. Where they are open, closed_on is only planned: "
            "closed_on: {from: CloseDate, where: IsClosed}. Where they are rightly neither:"
        ),
        f"ignore: [{HALVES}]",
        among=lambda row, company: row.closed_on.notnull(),
        effect=_lost,
    ),
    RowRule(
        "lost_without_closed_on",
        "opportunities",
        "is_won",
        ("is_won", "closed_on"),
        lambda row, company: _halves(row, company)[1],
        "serious",
        message("not won by is_won, and without closed_on"),
        message(
            "Where they are lost, fill in the day. Where they are open, leave is_won empty: "
            "is_won: {from: IsWon, where: IsClosed}. Where it rightly says so of open ones:"
        ),
        f"ignore: [{HALVES}]",
        among=lambda row, company: ~row.is_won,
        effect=_lost,
    ),
    RowRule(
        "overdue",
        "opportunities",
        "expected_close_on",
        ("expected_close_on", "is_won", "closed_on"),
        lambda row, company: _open(row, company) & (row.expected_close_on < company.as_of),
        "minor",
        message("open, and past their expected day"),
        message("Close them, or move the expected day."),
        among=_open,
        effect=_without("pipeline_open", "opportunities", WAITING),
        then=True,
    ),
    RowRule(
        "no_day",
        "subscriptions",
        "ended_on",
        ("started_on", "ended_on"),
        lambda row, company: row.started_on == row.ended_on,
        "minor",
        message("that end on the day they start, and count nothing"),
        message("Leave them out, or correct ended_on: it is the day after the last one paid."),
    ),
    *(
        _no_owner(table, "minor", metric)
        for table, metric in (
            ("accounts", ""),
            ("leads", "leads"),
            ("opportunities", "won_amount"),
        )
    ),
    RowRule(
        "owner_left",
        "opportunities",
        "rep_id",
        ("rep_id", "is_won", "closed_on"),
        lambda row, company: _open(row, company) & _of_somebody_gone(row, company),
        "minor",
        message("open, of an owner who has left"),
        message("Give them to somebody who is there."),
        among=_open,
        effect=_without("pipeline_open", "opportunities", WAITING),
        then=True,
    ),
    RowRule(
        "owner_left",
        "accounts",
        "rep_id",
        ("rep_id",),
        _of_somebody_gone,
        "minor",
        message("of an owner who has left"),
        message("Give them to somebody who is there."),
    ),
)


def row_findings(company: Company, table: str) -> Iterator[Finding]:
    """Yield the findings of a table's own rules, all of one state counted in one query."""
    rules = [rule for rule in RULES if rule.table == table and company.has(table, *rule.needs)]
    for then in (False, True):
        of_state = [rule for rule in rules if rule.then == then]
        if of_state:
            expr = company.known(table) if then else company.table(table)
            yield from _findings(company, table, expr, of_state)


def _findings(
    company: Company, table: str, expr: ir.Table, rules: Sequence[RowRule]
) -> Iterator[Finding]:
    """Yield the findings of rules on the rows of a table."""
    bad = [rule.broken(expr, company) for rule in rules]
    among = [None if rule.among is None else rule.among(expr, company) for rule in rules]
    asked = {f"bad_{n}": condition for n, condition in enumerate(bad)}
    asked |= {f"of_{n}": condition for n, condition in enumerate(among) if condition is not None}
    found = counted(expr, asked)
    for n, rule in enumerate(rules):
        if not found[f"bad_{n}"]:
            continue
        flagged = company.flagged(table, expr, bad[n], expr[rule.column])
        effect = Effect() if rule.effect is None else _effect(company, rule, expr, bad[n])
        words = company.words
        yield Finding(
            rule=rule.name,
            table=table,
            column=rule.column,
            what=words.gettext(rule.what),
            bad=found[f"bad_{n}"],
            rows=found.get(f"of_{n}", found["rows"]),
            severity=grave(rule.severity, effect),
            examples=first_keys(flagged),
            effect=effect,
            mend=words.gettext(rule.mend),
            line=rule.line,
            flagged=flagged,
        )


def _effect(company: Company, rule: RowRule, expr: ir.Table, bad: Any) -> Effect:
    """Return what the rows do that break a rule: they are told by their keys in what is loaded."""
    assert rule.effect is not None
    if not rule.then:
        return rule.effect(company, expr, bad)
    (key,) = TABLES[rule.table].key
    loaded = company.table(rule.table)
    return rule.effect(company, loaded, loaded[key].isin(expr.filter(bad.fill_null(False))[key]))
