"""Targets of one kind: those in force, without former versions, and which of them repeat others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.derived.reps.managers import managers
from revkit.errors import DataError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset

HOLDER = ("rep_id", "segment", "measure")
"""Whose target it is, and of what."""

SPAN = ("starts_on", "ends_on")


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
    """Add ``is_rollup``: a manager's target or forecast, while reports have such, too."""
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


def refuse_overlaps(rows: Any, noun: str, general: str) -> None:
    """Refuse targets that would be summed with others of the same days.

    Parameters
    ----------
    rows
        Targets of one kind in their last versions, with ``is_rollup``.
    noun
        What one is called: quota or plan.
    general
        What to do with one of everybody beside those of reps.

    Raises
    ------
    DataError
        When those of one holder and measure overlap, as a year's and its quarters' do; when reps
        have some, and so has the company or a segment; when segments have some, and so have all.
    """
    import ibis
    from ibis import _

    lasting = rows.filter(_.starts_on < _.ends_on, _.amount.notnull())
    order = [lasting.starts_on, lasting.ends_on, lasting.target_id]
    earlier = ibis.window(group_by=list(HOLDER), order_by=order, preceding=(None, 1))
    reach = lasting.mutate(reach=lasting.ends_on.max().over(earlier))
    _refuse(
        reach.filter(reach.starts_on < reach.reach),
        f"a {noun} overlaps another one of the same rep, segment and measure",
        "Keep one grain, the quarters or the year, or submitted_on where one replaces another.",
    )
    _refuse(
        _beside(
            lasting.filter(_.rep_id.isnull()), lasting.filter(_.rep_id.notnull(), ~_.is_rollup)
        ),
        f"a {noun} of no rep overlaps those of reps",
        general,
    )
    of_all = lasting.filter(_.rep_id.isnull(), _.segment.isnull())
    _refuse(
        _beside(of_all, lasting.filter(_.rep_id.isnull(), _.segment.notnull())),
        f"a {noun} of no segment overlaps those of segments",
        "Keep the segments, which add up to the whole, or leave them out.",
    )


def _beside(general: Any, parts: Any) -> Any:
    """Return the targets that overlap some of the same measure among others."""
    parts = parts.select(what="measure", begins="starts_on", ends="ends_on").distinct()
    both = general.join(parts, general.measure == parts.what)
    both = both.filter(both.begins < both.ends_on, both.starts_on < both.ends)
    return both.drop("what", "begins", "ends").distinct()


def _refuse(found: Any, what: str, remedy: str) -> None:
    """Refuse rows, where there are some, with three of them."""
    rows = int(found.count().to_pyarrow().as_py())
    if rows:
        shown = found.select("target_id", "rep_id", "segment", "measure", *SPAN, "amount")
        examples = shown.order_by("target_id").limit(3).to_pyarrow().to_pylist()
        raise DataError.refused(what, table="targets", rows=rows, examples=examples, remedy=remedy)
