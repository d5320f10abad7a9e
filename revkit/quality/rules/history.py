"""The history of deals: stages set back or passed over, rows in which nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from revkit.language import message
from revkit.quality.company import Company, counted, first_keys
from revkit.quality.effects import NOTICED, percent
from revkit.quality.finding import Effect, Finding
from revkit.quality.process import HISTORY, placed_history, stages_of_deals

if TYPE_CHECKING:
    import ibis.expr.types as ir

FIELDS = ("stage", "amount", "expected_close_on", "forecast_category", "rep_id")
SELDOM = 0.1
"""The share of steps forward that pass a stage over, up to which deals go one stage at a time."""

BACK = message("set back to an earlier stage")
BACK_MEND = message(
    "Correct the stage where it was a slip; where deals do go back, leave it: each entry counts."
)
SAME = message("in which nothing changes")
SAME_MEND = message("A change of the stage may be lost here: compare with the CRM's own history.")
LOST = message("in an earlier stage than the next row lets expect: a step is missing")


def history_findings(company: Company) -> Iterator[Finding]:
    """Yield what is odd in the order of the history of deals."""
    if not (company.has(HISTORY, "stage") and "stages" in company.tables):
        return
    rows = _steps(company)
    if rows is None:
        return
    back = rows.is_open & (rows.position < rows.highest)
    same = rows.seen & rows.unchanged
    slips = rows.is_open & (rows.next_position > rows.position + 1) & rows.next_open
    ahead = rows.is_open & rows.next_open & (rows.next_position > rows.position)
    usual = (
        rows.aggregate(skipped=slips.ifelse(1, 0).sum(), forward=ahead.ifelse(1, 0).sum())
        .to_pyarrow()
        .to_pylist()[0]
    )
    orderly = (usual["skipped"] or 0) <= SELDOM * (usual["forward"] or 0)
    lost = rows.seen & slips & ~back & rows.worth_a_step if orderly else None
    for rule, bad, what, mend, severity in (
        ("stage_back", back, BACK, BACK_MEND, "serious"),
        ("nothing_changed", same & ~back, SAME, SAME_MEND, "minor"),
        ("step_missing", lost, LOST, SAME_MEND, "minor"),
    ):
        if bad is not None:
            yield from _finding(company, rows, rule, bad, what, mend, severity)


def _steps(company: Company) -> ir.Table | None:
    """Return each row of history with its position, the highest before, and what comes next."""
    import ibis

    names = [name for name in FIELDS if name in company.loaded(HISTORY)]
    rows = placed_history(company, stages_of_deals(company))
    order = [rows.changed_at, rows.seq]
    deal = ibis.window(group_by=rows.opportunity_id, order_by=order)
    before = ibis.window(group_by=rows.opportunity_id, order_by=order, preceding=(None, 1))
    unchanged: Any = ibis.literal(True)
    for name in names:
        unchanged &= rows[name].identical_to(rows[name].lag().over(deal))
    moved = [
        ~rows[name].identical_to(rows[name].lag().over(deal))
        for name in ("amount", "forecast_category")
        if name in names
    ]
    worth: Any = ibis.literal(False)
    for one in moved:
        worth |= one
    open_position = rows.is_open.ifelse(rows.position, ibis.null("int64"))
    return rows.mutate(
        highest=open_position.max().over(before),
        previous=rows.stage.lag().over(deal),
        seen=rows.stage.lag().over(deal).notnull(),
        unchanged=unchanged,
        worth_a_step=worth,
        next_position=rows.position.lead().over(deal),
        next_open=rows.is_open.lead().over(deal),
    )


def _finding(
    company: Company, rows: ir.Table, rule: str, bad: Any, what: str, mend: str, severity: str
) -> Iterator[Finding]:
    """Yield the finding of a rule, if some row breaks it."""
    found = counted(rows, {"bad": bad})
    if not found["bad"]:
        return
    flagged = company.flagged(HISTORY, rows, bad, rows.stage)
    effect = _again(company, rows, bad) if rule == "stage_back" else Effect()
    yield Finding(
        rule=rule,
        table=HISTORY,
        column="stage",
        what=company.words.gettext(what),
        bad=found["bad"],
        rows=found["rows"],
        severity=severity if found["bad"] >= NOTICED * found["rows"] else "minor",
        examples=first_keys(flagged),
        effect=effect,
        mend=company.words.gettext(mend),
        flagged=flagged,
    )


def _again(company: Company, rows: ir.Table, bad: Any) -> Effect:
    """Return how many entries of a stage are none, for the stage that has most of them."""
    enters = ~rows.stage.identical_to(rows.previous)
    by_stage = rows.group_by("stage").aggregate(
        entries=enters.ifelse(1, 0).sum(),
        again=(enters & bad.fill_null(False)).ifelse(1, 0).sum(),
    )
    worst = by_stage.order_by(by_stage.again.desc(), by_stage.stage).limit(1).to_pyarrow()
    stage, entries, again = worst.to_pylist()[0].values()
    words, fewer = company.words, entries - again
    if not again:
        return Effect()
    return Effect(
        words.ngettext(
            "{stage} has {entries} entry instead of {fewer}, {percent} too many",
            "{stage} has {entries} entries instead of {fewer}, {percent} too many",
            entries,
            stage=stage,
            entries=words.count(entries),
            fewer=words.count(fewer),
            percent=percent(again / fewer, words) if fewer else "∞",
        )
    )
