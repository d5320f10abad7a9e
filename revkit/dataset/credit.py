"""Credit for deals that several reps share: who has which part of each, after the filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from revkit.dimensions import DimensionPath, attach
from revkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

SPLITS = "opportunity_splits"
MONEY = ("amount", "created_amount")
"""Columns of deals that go by share; everything else counts once for each rep."""


ROUNDING = 0.005
"""How far the shares of a deal may be from 1: thirds written as .333."""


def check_shares(splits: ir.Table) -> None:
    """Refuse splits of deals whose shares do not add up to 1.

    Raises
    ------
    DataError
        When those of a deal do not, with three examples.
    """
    sums = splits.group_by("opportunity_id").aggregate(shares=splits.share.sum())
    odd = sums.filter((sums.shares - 1).abs() > ROUNDING)
    if rows := int(odd.count().to_pyarrow().as_py()):
        raise DataError.refused(
            "the shares of a deal do not add up to 1",
            table=SPLITS,
            rows=rows,
            examples=odd.order_by("opportunity_id").limit(3).to_pyarrow().to_pylist(),
            remedy="Give each deal shares that do, or leave out its rows.",
        )


def already_split(splits: ir.Table, hired_later: ir.Table) -> Any:
    """Return the splits of deals none of whose reps was hired later: those were not split yet."""
    later = splits.semi_join(hired_later, "rep_id").select("opportunity_id").distinct()
    return splits.anti_join(later, "opportunity_id")


def behind_rep(path: DimensionPath | None, table: str) -> DimensionPath | None:
    """Return the rest of a path from a table of deals through their rep, from the splits on.

    None where a path does not lead through the rep of a deal: ``account.rep.team`` does not.
    """
    steps = () if path is None else path.steps
    if steps and steps[0].relation == "opportunity" and table != "opportunities":
        steps = steps[1:]
    if path is None or (steps[0].relation != "rep" if steps else path.column != "rep_id"):
        return None
    return DimensionPath(steps, path.column)


def with_credit(
    deals: ir.Table,
    splits: ir.Table,
    paths: Mapping[str, DimensionPath],
    lookup: Callable[[str], ir.Table],
) -> Any:
    """Return deals with dimensions of their reps: a row for each group that has a part of it.

    Parameters
    ----------
    deals
        With ``opportunity_id`` and the columns of ``paths`` as the deals' own rep gives them.
    splits
        The table of that name, filtered as the deals are.
    paths
        By column, the path from the splits to the dimension.
    lookup
        Returns a table by its name.
    """
    import ibis
    from ibis import _

    parts: Any = splits
    for column, path in paths.items():
        parts = attach(parts, path, lookup, column)
    parts = parts.group_by(["opportunity_id", *paths]).aggregate(__share=_.share.sum())
    whole = ibis.window(group_by="opportunity_id")
    parts = parts.mutate(__share=parts["__share"] / parts["__share"].sum().over(whole))
    parts = parts.rename({"__split": "opportunity_id", **{f"__{name}": name for name in paths}})
    joined = deals.left_join(parts, deals.opportunity_id == parts["__split"])
    shared = joined["__split"].notnull()
    values = {name: shared.ifelse(joined[f"__{name}"], joined[name]) for name in paths}
    values |= _by_share(joined, joined["__share"])
    return joined.mutate(**values).drop("__split", "__share", *[f"__{name}" for name in paths])


def narrowed_by_credit(
    deals: Any, splits: ir.Table, keeps: Sequence[Callable[[ir.Table], ir.Table]], own: ir.Table
) -> Any:
    """Return the deals of which some rep that a filter keeps has a part, with that part of them.

    Parameters
    ----------
    deals
        All rows.
    splits
        The table of that name, unfiltered.
    keeps
        The filters, as functions of splits.
    own
        The rows that the filters keep by their own rep; those without splits count.
    """
    from ibis import _

    kept = splits
    for keep in keeps:
        kept = keep(kept)
    parts = kept.group_by("opportunity_id").aggregate(__share=_.share.sum())
    parts = parts.rename(__kept="opportunity_id")
    shared = deals.join(parts, deals.opportunity_id == parts["__kept"])
    shared = shared.mutate(**_by_share(shared, shared["__share"])).drop("__kept", "__share")
    split = splits.select(__split=splits.opportunity_id).distinct()
    alone = own.left_join(split, own.opportunity_id == split["__split"])
    alone = alone.filter(alone["__split"].isnull()).drop("__split")
    return shared.select(*deals.columns).union(alone.select(*deals.columns))


def _by_share(rows: Any, share: Any) -> dict[str, Any]:
    """Return the money of rows by their share; all of it where there is none."""
    amounts: Iterable[str] = [name for name in MONEY if name in rows.columns]
    return {name: rows[name] * share.fill_null(1.0) for name in amounts}
