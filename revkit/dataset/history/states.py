"""States of deals: each opportunity as its history says that it was at the end of a day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from revkit.periods import local_day
from revkit.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

TRACKED = ("amount", "expected_close_on", "forecast_category", "rep_id")
"""Columns of opportunities whose past values are in opportunity_history."""


def with_stage(
    rows: Any, stages: ir.Table, *, by_pipeline: bool, columns: Iterable[str], prefix: str = ""
) -> Any:
    """Add columns of a deal's stage to rows that have a ``stage``.

    Parameters
    ----------
    rows
        With ``stage`` and, where two pipelines may share a stage, ``pipeline``; they stay one for
        one, since the stages of a pipeline are unique.
    stages
        The table of that name; the columns are null in rows whose stage it lacks.
    by_pipeline
        Whether ``stages`` tells pipelines apart.
    columns, prefix
        The columns of ``stages`` to add, and what to put before their names.
    """
    steps = stages.filter(stages.object == "opportunity")
    keys = ["pipeline", "stage"] if by_pipeline else ["stage"]
    here = {key: f"__stage_{key}" for key in keys}
    steps = steps.select(
        **{ours: steps[key] for key, ours in here.items()},
        **{f"{prefix}{column}": steps[column] for column in columns},
    )
    joined = rows.left_join(steps, [rows[key] == steps[ours] for key, ours in here.items()])
    return joined.drop(*here.values())


def as_recorded(
    deals: ir.Table,
    history: ir.Table,
    tracked: Iterable[str],
    timezone: str,
    *,
    stages: ir.Table | None,
    by_pipeline: bool,
    past: bool,
    later: ir.Table | None = None,
) -> Any:
    """Return opportunities in the state that their history gives them.

    The columns of a closed deal are those at the end of the day it closed, so that a later edit
    changes nothing that was won then; those of an open deal are the last ones. A deal whose last
    stage is closed, but which has no closing date yet, closed on the day it entered that stage; one
    that was reopened after its closing date is open again.

    Parameters
    ----------
    deals, history
        The tables as known at the end of the day.
    tracked
        Those of :data:`TRACKED` that the history was loaded with.
    stages
        Tells which stages are closed; without it only the deals' own dates do.
    past
        Whether more is known than on that day: the deals' probabilities are then of another time.
    later
        The rows of the history after that day.
    """
    import ibis

    own = deals.select(
        deal=deals.opportunity_id,
        shut=deals.closed_on,
        **({"pipeline": deals.pipeline} if by_pipeline else {}),
    )
    rows = history.select(
        "opportunity_id", "changed_at", "seq", "stage", *tracked,
        day=local_day(history.changed_at, timezone),
    )  # fmt: skip
    rows = rows.join(own, rows.opportunity_id == own.deal)
    chance = ibis.null("float64")
    if stages is not None:
        columns = ["is_closed", "is_won", "probability"]
        rows = with_stage(rows, stages, by_pipeline=by_pipeline, columns=columns, prefix="stage_")
        chance = rows.stage_probability
        if later is not None:
            to_come = later.select("opportunity_id", "stage")
            to_come = to_come.join(own.drop("shut"), to_come.opportunity_id == own.deal)
            to_come = with_stage(to_come, stages, by_pipeline=by_pipeline, columns=["is_closed"])
            later = to_come.filter(to_come.is_closed).select("opportunity_id").distinct()
        deals = _closed_by_history(deals, rows, later)
        rows = rows.drop("shut")
        own = deals.select(closer=deals.opportunity_id, shut=deals["__valued_on"])
        rows = rows.join(own, rows.opportunity_id == own.closer)
    rows = rows.mutate(chance=chance).filter(rows.shut.isnull() | (rows.day <= rows.shut))
    latest = ibis.window(
        group_by=rows.opportunity_id, order_by=[ibis.desc(rows.changed_at), ibis.desc(rows.seq)]
    )
    ranked = rows.mutate(place=ibis.row_number().over(latest))
    state = ranked.filter(ranked.place == 0).select(
        __deal=ranked.opportunity_id,
        __chance=ranked.chance,
        **{f"__{column}": ranked[column] for column in tracked},
    )
    joined = deals.left_join(state, deals.opportunity_id == state["__deal"])
    found = joined["__deal"].notnull()
    then = {
        name: found.ifelse(joined[f"__{name}"], joined[name]) if name in deals.columns
        else joined[f"__{name}"]  # which the history alone tells
        for name in tracked
    }  # fmt: skip
    if past:
        then["probability"] = found.ifelse(joined["__chance"], joined.probability)
    joined = joined.mutate(**then)
    return joined.select(*[name for name in joined.columns if not name.startswith("__")])


def _closed_by_history(deals: Any, rows: Any, later: Any) -> Any:
    """Return deals with the closing and outcome that their stages tell, and ``__valued_on``.

    ``__valued_on`` is the day at whose end a closed deal had its final columns: the day of closing
    or, where it was entered later, the day on which the history closed it.

    Parameters
    ----------
    later
        The deals that the history closes after the day, None without any. Those that it has not
        closed by then are open.
    """
    import ibis

    closed, opened = rows.stage_is_closed.fill_null(False), (~rows.stage_is_closed).fill_null(False)
    order = [rows.changed_at, rows.seq]
    journey = ibis.window(group_by=rows.opportunity_id, order_by=order)
    earlier = ibis.window(group_by=rows.opportunity_id, order_by=order, preceding=(None, 1))
    backwards = ibis.window(
        group_by=rows.opportunity_id, order_by=[ibis.desc(rows.changed_at), ibis.desc(rows.seq)]
    )
    marked = rows.mutate(
        enters=closed & ~closed.lag().over(journey).fill_null(False),
        reopens=opened & (closed.ifelse(1, 0).max().over(earlier) == 1).fill_null(False),
        ends=closed & (ibis.row_number().over(backwards) == 0),
    )
    won = marked.ends & marked.stage_is_won.fill_null(False)
    facts = marked.group_by("opportunity_id").aggregate(
        __entered_on=marked.day.max(where=marked.enters),
        __reopened_on=marked.day.max(where=marked.reopens),
        __ends=marked.ends.ifelse(1, 0).max(),
        __won=won.ifelse(1, 0).max(),
    )
    facts = facts.rename(__of="opportunity_id")
    joined = deals.left_join(facts, deals.opportunity_id == facts["__of"])
    if later is not None:
        to_come = later.rename(__later="opportunity_id")
        joined = joined.left_join(to_come, joined.opportunity_id == to_come["__later"])
    reopened = (joined["__reopened_on"] > joined.closed_on).fill_null(False)
    ends = (joined["__ends"] == 1).fill_null(False)
    if later is not None:
        reopened |= joined["__later"].notnull() & ~ends
    entered = ends.ifelse(joined["__entered_on"], ibis.null("date"))
    closing = reopened.ifelse(entered, ibis.coalesce(joined.closed_on, entered))
    told = reopened | joined.closed_on.isnull()
    outcome = (told & closing.notnull()).ifelse(joined["__won"] == 1, joined.is_won)
    still_open = reopened & closing.isnull()
    of_closing = TABLES["opportunities"].dependents["closed_on"]
    shown = {"is_won": outcome} | {n: joined[n] for n in of_closing[1:] if n in joined.columns}
    hidden = {n: still_open.ifelse(ibis.null(v.type()), v) for n, v in shown.items()}
    return joined.mutate(
        closed_on=closing,
        **hidden,
        __valued_on=closing.notnull().ifelse(
            ibis.greatest(closing, ibis.coalesce(entered, closing)), ibis.null("date")
        ),
    ).drop(*[n for n in joined.columns if n.startswith("__")])
