"""The sales process: the stages of each pipeline, and the history of deals placed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.quality.company import Company

if TYPE_CHECKING:
    import ibis.expr.types as ir

HISTORY = "opportunity_history"


def stages_of_deals(company: Company) -> ir.Table:
    """Return the stages of deals: ``__pipeline``, ``stage``, ``position`` and ``is_open``.

    The pipeline is empty where nothing tells pipelines apart.
    """
    import ibis

    stages = company.table("stages").filter(lambda row: row.object == "opportunity")
    pipeline: Any = stages.pipeline if _by_pipeline(company) else ibis.literal("")
    stages = stages.mutate(__pipeline=pipeline)
    found: ir.Table = stages.group_by("__pipeline", "stage").aggregate(
        position=stages.position.min(), is_open=~stages.is_closed.any()
    )
    return found


def placed_history(company: Company, stages: ir.Table) -> Any:
    """Return the history of deals with ``__pipeline``, ``position`` and ``is_open`` of each row."""
    import ibis

    rows: Any = company.table(HISTORY)
    if _by_pipeline(company):
        deals = company.table("opportunities")
        deals = deals.select(__deal=deals.opportunity_id, __pipeline=deals.pipeline)
        rows = rows.left_join(deals, rows.opportunity_id == deals["__deal"]).drop("__deal")
    else:
        rows = rows.mutate(__pipeline=ibis.literal(""))
    steps = stages.select(
        __of="__pipeline", __stage="stage", position="position", is_open="is_open"
    )
    same = [rows["__pipeline"] == steps["__of"], rows.stage == steps["__stage"]]
    return rows.left_join(steps, same).drop("__of", "__stage")


def _by_pipeline(company: Company) -> bool:
    return company.has("stages", "pipeline") and company.has("opportunities", "pipeline")
