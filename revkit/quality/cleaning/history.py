"""Mends of the history of deals: a stage set back, where the rows around it tell the true one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from revkit.quality.cleaning.cells import Change
from revkit.quality.company import Company
from revkit.quality.process import HISTORY, placed_history, stages_of_deals

if TYPE_CHECKING:
    import ibis.expr.types as ir

OTHERS = ("amount", "expected_close_on", "forecast_category", "rep_id")

FEW, MOST = 20, 0.05
"""Rows that change the same columns from which on they tell whether the stage moves with them, and
the share of exceptions up to which they do."""


def stage_back(company: Company) -> Iterator[Change]:
    """Yield the stages that a deal is set back to, each with the one that it is in.

    It is the stage of the row before or the next one, and is told by the row after (which has the
    former, too, or is two stages on), or by what else the row changes: other deals whose row
    changes the same columns move on, or stay, in 95 of 100.
    """
    import ibis

    if not (company.has(HISTORY, "stage") and "stages" in company.tables):
        return
    stages = stages_of_deals(company)
    rows = _steps(company, stages)
    back = rows.is_open & (rows.position < rows.highest)
    # one slip alone: the row before is the furthest that the deal has been
    slips = rows.filter(back, rows.was == rows.highest)
    usual = _moving(rows.filter(~back.fill_null(False), rows.is_open, rows.was.notnull()))
    slips = slips.left_join(usual, slips.changes == usual["__changes"])
    ahead = slips.stays_open & (slips.comes >= slips.was)
    on = ahead.ifelse(slips.comes - slips.was, ibis.null("int64"))
    stays, moves = slips.moving <= MOST, slips.moving >= 1 - MOST
    place = ibis.cases(
        (on == 0, slips.was),
        (on == 2, slips.was + 1),
        (stays.fill_null(False), slips.was),
        (moves.fill_null(False), slips.was + 1),
        else_=ibis.null("int64"),
    )
    slips = slips.mutate(place=place)
    one = stages.filter(stages.is_open).group_by("__pipeline", "position")
    true = one.aggregate(true=stages.stage.min(), several=stages.stage.nunique())
    true = true.filter(true.several == 1)
    true = true.select(__of="__pipeline", __position="position", true="true")
    told = slips.inner_join(
        true, [slips["__pipeline"] == true["__of"], slips.place == true["__position"]]
    )
    key = company.key(HISTORY, told)
    yield Change(HISTORY, "stage", told.select(key=key, before="stage", after="true"))


def _steps(company: Company, stages: ir.Table) -> Any:
    """Return the rows of history with the positions around each, and what it changes."""
    import ibis

    rows = placed_history(company, stages)
    order = [rows.changed_at, rows.seq]
    deal = ibis.window(group_by=rows.opportunity_id, order_by=order)
    before = ibis.window(group_by=rows.opportunity_id, order_by=order, preceding=(None, 1))
    changes: Any = ibis.literal("")
    for name in OTHERS:
        if name in company.loaded(HISTORY):
            same = rows[name].identical_to(rows[name].lag().over(deal))
            changes = changes.concat(same.ifelse("", f"{name} "))
    return rows.mutate(
        highest=rows.is_open.ifelse(rows.position, ibis.null("int64")).max().over(before),
        was=rows.position.lag().over(deal),
        comes=rows.position.lead().over(deal),
        stays_open=rows.is_open.lead().over(deal).fill_null(False),
        changes=changes,
    )


def _moving(rows: Any) -> ir.Table:
    """Return, by the columns that rows change, the share of them whose stage moves on."""
    moved = (rows.position > rows.was).ifelse(1.0, 0.0).mean()
    found = rows.group_by("changes").aggregate(moving=moved, rows=rows.count())
    usual: ir.Table = found.filter(found.rows >= FEW).select(__changes="changes", moving="moving")
    return usual
