"""Quotas: those in force, without former versions, and which of them repeat others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.reps.managers import managers
from revkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

HOLDER = ("rep_id", "segment", "measure")
"""Whose quota it is, and of what."""

SPAN = ("starts_on", "ends_on")


def quotas(data: Dataset) -> ir.Table:
    """Return one row per quota in force.

    Of the rows for one rep, segment, measure and span, the one submitted last counts.

    Parameters
    ----------
    data
        A company with ``targets``; ``reps`` say who manages whom.

    Returns
    -------
    ibis Table
        The columns of ``targets``, and ``is_rollup``: a manager's quota while reports have quotas
        of the same measure, which it repeats.

    Raises
    ------
    DataError
        When quotas of one holder and measure overlap, as a year's and its quarters' do; when reps
        have quotas, and so has the company or a segment over the same days.
    """
    found = current_quotas(data)
    _refuse_overlaps(found)
    return found


def planned_quotas(data: Dataset) -> ir.Table:
    """Return :func:`quotas` with those of periods to come, unless submitted after the as-of date.

    Raises
    ------
    DataError
        As :func:`quotas`.
    """
    found = _current(data.planned("targets"), data)
    _refuse_overlaps(found)
    return found


def current_quotas(data: Dataset) -> ir.Table:
    """Return :func:`quotas` without refusing those that overlap."""
    return _current(data.table("targets"), data)


def _current(targets: ir.Table, data: Dataset) -> ir.Table:
    """Return the last version of each quota among some targets."""
    return with_rollups(last_versions(targets.filter(targets.kind == "quota")), data)


def last_versions(targets: ir.Table) -> ir.Table:
    """Return targets of one kind without those that were submitted anew for the same span."""
    import ibis
    from ibis import _

    order = [
        ibis.desc(targets.submitted_on.notnull().ifelse(1, 0)), ibis.desc(targets.submitted_on)
    ]  # fmt: skip
    versions = ibis.window(group_by=[*HOLDER, *SPAN], order_by=order)
    latest = targets.mutate(version=ibis.rank().over(versions)).filter(_.version == 0)
    return latest.drop("version")


def with_rollups(rows: ir.Table, data: Dataset) -> ir.Table:
    """Add ``is_rollup``: a manager's quota or forecast, while reports have such, too."""
    import ibis

    if "reps" not in data:
        return rows.mutate(is_rollup=ibis.literal(False))
    people = managers(data)
    own = rows.select("target_id", "rep_id", "measure", *SPAN)
    of_reports = rows.select(report="rep_id", what="measure", begins="starts_on", ends="ends_on")
    led = own.join(people, own.rep_id == people.boss)
    led = led.filter(led.since < led.ends_on, led.starts_on < led["until"])
    covered = led.join(of_reports, ["report"])
    covered = covered.filter(
        covered.measure == covered.what,
        covered.begins < covered.ends_on,
        covered.starts_on < covered.ends,
        covered.since < covered.ends,
        covered.begins < covered["until"],
    )
    repeated = covered.select(repeated="target_id").distinct()
    joined = rows.left_join(repeated, rows.target_id == repeated.repeated)
    return joined.mutate(is_rollup=joined.repeated.notnull()).drop("repeated")


def _refuse_overlaps(rows: Any) -> None:
    """Refuse quotas that overlap others of the same holder, or of everybody."""
    import ibis
    from ibis import _

    lasting = rows.filter(_.starts_on < _.ends_on, _.amount.notnull())
    shown = ["rep_id", "measure", *SPAN, "amount"]
    order = [lasting.starts_on, lasting.ends_on, lasting.target_id]
    earlier = ibis.window(group_by=list(HOLDER), order_by=order, preceding=(None, 1))
    reach = lasting.mutate(reach=lasting.ends_on.max().over(earlier))
    _refuse(
        reach.filter(reach.starts_on < reach.reach).select("target_id", *shown),
        "a quota overlaps another one of the same rep and measure",
        "Keep one grain, the quarters or the year, or submitted_on where one replaces another.",
    )
    of_reps = lasting.filter(lasting.rep_id.notnull(), ~lasting.is_rollup)
    of_reps = of_reps.select(what="measure", begins="starts_on", ends="ends_on").distinct()
    general = lasting.filter(lasting.rep_id.isnull())
    both = general.join(of_reps, general.measure == of_reps.what)
    both = both.filter(both.begins < both.ends_on, both.starts_on < both.ends)
    _refuse(
        both.select("target_id", *shown).distinct(),
        "a quota of no rep overlaps those of reps",
        "Write kind=plan for what the company or a segment plans, or leave it out.",
    )


def _refuse(found: Any, what: str, remedy: str) -> None:
    """Refuse rows, where there are some, with three of them."""
    rows = int(found.count().to_pyarrow().as_py())
    if rows:
        examples = found.order_by("target_id").limit(3).to_pyarrow().to_pylist()
        raise DataError.refused(what, table="targets", rows=rows, examples=examples, remedy=remedy)
