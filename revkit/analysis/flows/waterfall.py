"""The waterfall of the pipeline: from what was due as a period began to what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from ibis import _

from revkit import arguments as check
from revkit.algebra.definition import Definition
from revkit.algebra.formula.leaves import Total
from revkit.algebra.formula.nodes import Formula, TableName
from revkit.algebra.metric import Metric
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of
from revkit.analysis.writing.unfinished import names_unfinished
from revkit.catalogue.measure import Measured
from revkit.dataset.argument import company
from revkit.errors import DimensionError
from revkit.language import language as spoken
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

GAINS = ("created", "reopened", "pulled_in", "amount_up")
LOSSES = ("amount_down", "pushed_out", "won", "lost")


def pipeline_moved(pipeline_moves: TableName) -> Formula:
    """Return the change of the due pipeline, by movement."""
    return Total(pipeline_moves, at="moved_on").of(_.amount)


MOVED = Metric(
    Definition(
        pipeline_moved, title="Pipeline moved", title_it="Pipeline spostata", owner="both",
        unit="money", better="neither", rows="movement", sampled=False,
    )
)  # fmt: skip


def waterfall(
    data: Dataset,
    *,
    by: str | Sequence[str] | None = None,
    period: str = "quarter",
    start: Any = None,
    end: Any = None,
) -> pd.DataFrame:
    """Break down what became of the pipeline that was due in each period.

    Parameters
    ----------
    data
        A company with opportunities that have ``expected_close_on``, and best with their history.
    by
        Dimensions of a deal, as of the day: ``rep``, ``segment``, ``stage``. What changed from
        one to another is in ``transferred``.
    period
        day, week, month, quarter or year.
    start, end
        As of any metric.

    Returns
    -------
    pandas.DataFrame
        One row a period and group, in money: the `by` columns, period, opening (open and due in
        the period as it began), created, reopened, pulled_in (due date moved into the period, or
        won before it), amount_up, amount_down, pushed_out (due date moved out of it), won, lost
        (the last four as positive sizes), transferred (with `by`), closing (still open and due),
        complete. Opening plus and less the others is closing.

    Notes
    -----
    Deals that are overdue as a period begins are due in an earlier one. A deal without an amount
    counts 0 until it has one: then the amount is in amount_up. Without history the dates and
    amounts are today's, so nothing is seen to be moved or changed.

    Raises
    ------
    ParameterError
        With ``period=None``: what is due is due in a period.

    Examples
    --------
    >>> rows = waterfall(example("pipeline"), start="2026-01-01")
    >>> rows[["opening", "created", "pushed_out", "won", "lost", "closing"]]
       opening  created  pushed_out      won  lost  closing
    0   9500.0  18500.0      4000.0  19000.0   0.0   6500.0
    """
    company(data, "rk.waterfall")
    check.text(period, "period", "rk.waterfall", example="quarter")  # due is due in a period
    how = {"by": by, "period": period, "start": start, "end": end}
    long = Measured.of(data, [MOVED], **how).frames["pipeline_moved"]
    keys = [*long.columns[: long.columns.get_loc("value")].drop("movement")]
    wide = long.pivot_table(index=keys, columns="movement", values="value", aggfunc="sum")
    complete = long.groupby(keys)["complete"].all()
    names = [*("opening", *GAINS, *LOSSES), *(["transferred"] if by is not None else [])]
    rows = wide.reindex(columns=names).fillna(0.0)
    rows["closing"] = rows.sum(axis=1)
    rows[[*LOSSES]] = rows[[*LOSSES]].abs()
    rows = rows.round(2).assign(complete=complete).reset_index().rename_axis(columns=None)
    rows.attrs = dict(long.attrs) | {
        "units": dict.fromkeys((*names, "closing"), "money"),
        "titles": TITLES,
    }
    return rows


TITLES = {
    "opening": message("Due at the start"),
    "created": message("Created"),
    "reopened": message("Reopened"),
    "pulled_in": message("Pulled in"),
    "amount_up": message("Amount up"),
    "amount_down": message("Amount down"),
    "pushed_out": message("Pushed out"),
    "won": message("Won"),
    "lost": message("Lost"),
    "transferred": message("Transferred"),
    "closing": message("Still open at its end"),
}


@names_unfinished
def outcome(moves: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say what became of the pipeline that was due in the last complete period.

    Parameters
    ----------
    moves
        What :func:`waterfall` returned, for one group.
    language
        "en" or "it"; the default one when omitted.

    Raises
    ------
    DimensionError
        When several rows share a period.
    """
    columns = ("period", "opening", *GAINS, *LOSSES, "closing", "complete")
    check.result(moves, "moves", "rk.say.outcome", columns=columns, source="rk.waterfall")
    if moves["period"].duplicated().any():
        by = [*moves.columns[: moves.columns.get_loc("period")]]
        raise DimensionError.not_whole("rk.say.outcome", by=by)
    words = spoken(language)
    rows = moves[moves["complete"].astype(bool)]
    due = rows[["opening", *GAINS]].sum(axis=1)
    if rows.empty or due.iloc[-1] <= 0:
        return Finding(words.gettext("No pipeline was due in a complete period."), quiet=True)
    row, total = rows.iloc[-1], float(due.iloc[-1])
    money = Quantity("", "", "money", moves.attrs["currency"], words=words)
    return Finding(
        words.gettext(
            "Of {due} due in {period} ({opening} at its start), {won} was won ({share}), {lost} "
            "lost and {pushed} pushed out; {closing} was still open at its end.",
            due=money.text(total),
            period=period_of(moves, row["period"], words),
            opening=money.text(row["opening"]),
            won=money.text(row["won"]),
            share=words.percent(f"{row['won'] / total * 100:.0f}"),
            lost=money.text(row["lost"]),
            pushed=money.text(row["pushed_out"]),
            closing=money.text(row["closing"]),
        )
    )
