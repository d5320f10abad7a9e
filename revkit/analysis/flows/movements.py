"""Movements: the bridge of recurring revenue from one period to the next."""

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
from revkit.analysis.writing.formatting import Quantity, period_of, quantity
from revkit.analysis.writing.unfinished import names_unfinished
from revkit.catalogue.measure import Measured
from revkit.dataset.argument import company
from revkit.errors import DimensionError
from revkit.language import message

if TYPE_CHECKING:
    from revkit.dataset import Dataset

GAINS = {"new": "new_mrr", "expansion": "expansion_mrr", "reactivation": "reactivation_mrr"}
LOSSES = {"contraction": "contraction_mrr", "churn": "churned_mrr"}
MONEY = ("opening", *GAINS, *LOSSES, "transfer", "net", "fx", "closing")


def _transferred(movement: str) -> Metric:
    """Return the metric of what moved between groups of accounts that made some movement."""

    def found(movements: TableName) -> Formula:
        return Total(movements).where(_.movement == movement).of(_.transferred)

    found.__name__ = f"transferred_{movement}"
    return Metric(
        Definition(
            found, title="Transferred MRR", title_it="MRR trasferito", owner="RevOps",
            unit="money/month", better="neither", sampled=False,
        )
    )  # fmt: skip


TRANSFERRED = {name: _transferred(name) for name in (*GAINS, *LOSSES, "transfer")}
"""What moved between groups of one account, by the movement of the account."""

MOVEMENTS = {
    "new": message("new"), "expansion": message("expansion"),
    "reactivation": message("reactivation"), "contraction": message("contraction"),
    "churn": message("churn"),
    "fx": message("fx"),
}  # fmt: skip
"""Names of the movements within a sentence."""


def bridge(
    data: Dataset,
    *,
    by: str | Sequence[str] | None = None,
    period: str | None = "month",
    start: Any = None,
    end: Any = None,
    **options: Any,
) -> pd.DataFrame:
    """Break the change of MRR in each period down into its movements.

    Parameters
    ----------
    data
        A company with subscriptions.
    by
        Dimensions of the account or of its subscriptions, such as ``segment``, ``cohort`` or
        ``product``: each group has its own rows, which add up to those of the whole.
    period, start, end, options
        As of any metric. ``period=None``: one row over all recorded days, or from ``start``.

    Returns
    -------
    pandas.DataFrame
        One row a period and group: the `by` columns, period (none with ``period=None``),
        opening, new, expansion, reactivation, contraction, churn (the last two as positive
        sizes), net, closing (money a month), complete. Opening plus net is closing. Within net
        are also, with `by`, transfer: what moved between groups of one account; and under a policy
        of spot rates, fx: what these moved.

    Raises
    ------
    DimensionError
        When nothing has the dimension, or accounts change it by themselves: tenure and size.

    Notes
    -----
    An account that gains 50 with one product and loses 20 with another in the same period (under
    ``netting="event"``: on the same day) has expanded by 30, and 20 moved from this to that: by
    product they are transfer, which adds up to 0 over all groups. Where several groups gain, each
    has its share of what was gained, and likewise with losses. What moves to another account is
    lost there and new here: where two were merged, give both one `account_id`.

    Examples
    --------
    >>> rows = bridge(example("retention"), start="2026-03-01")
    >>> rows[["opening", "new", "expansion", "contraction", "churn", "closing"]]
       opening     new  expansion  contraction  churn  closing
    0  10000.0  1000.0     1800.0        600.0  900.0  11300.0
    """
    company(data, "rk.bridge")
    names = GAINS | LOSSES | ({"fx": "fx_movement_mrr"} if data.policy.fx == "spot" else {})
    how = dict(options, by=by, period=period, start=start, end=end)
    apart = {} if by is None else TRANSFERRED
    found = Measured.of(data, ["mrr", *names.values(), *apart.values()], **how).frames
    closing = found["mrr"]
    keys = list(closing.columns[: closing.columns.get_loc("value")])
    for dimension in {"tenure", "size"} & {*keys}:
        raise DimensionError.moving(dimension, where="rk.bridge")
    frame = closing[[*keys, "value", "complete"]].rename(columns={"value": "closing"})
    for name, metric in names.items():
        moved = found[metric][[*keys, "value", "complete"]].rename(
            columns={"value": name, "complete": "whole"}
        )
        frame = frame.merge(moved, on=keys, how="left") if keys else frame.join(moved)
        whole = frame.pop("whole")
        frame.loc[whole.isna(), name] = 0.0  # a group without such a movement
        frame["complete"] &= whole.fillna(value=True).astype(bool)
    if apart:
        frame = _without_transfers(frame, found, keys)
    # Months that are not on record have no change.
    gained, lost = (frame[[*one]].sum(axis=1, min_count=1) for one in (GAINS, LOSSES))
    frame["net"] = gained - lost
    frame["net"] += frame.get("fx", 0.0) + frame.get("transfer", 0.0)
    frame["opening"] = frame["closing"] - frame["net"]
    money = [name for name in MONEY if name in frame]
    frame = frame[[*keys, *money, "complete"]]
    frame.attrs = dict(closing.attrs) | {
        "units": dict.fromkeys(money, "money"), "begun_late": found["new_mrr"].attrs["begun_late"]
    }  # fmt: skip
    return frame


def _without_transfers(
    frame: pd.DataFrame, found: dict[str, pd.DataFrame], keys: list[str]
) -> pd.DataFrame:
    """Take what moved between groups of one account out of each movement, into ``transfer``."""
    frame["transfer"] = 0.0
    for name, metric in TRANSFERRED.items():
        part = found[metric.name][[*keys, "value"]].rename(columns={"value": "part"})
        frame = frame.merge(part, on=keys, how="left")
        moved = frame.pop("part").fillna(0.0)
        frame["transfer"] += moved
        if name in GAINS:
            frame[name] = (frame[name] - moved).clip(lower=0.0)
        elif name in LOSSES:
            frame[name] = (frame[name] + moved).clip(lower=0.0)
    return frame


def whole(movements: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return a bridge as it is, refusing one by groups.

    Raises
    ------
    DimensionError
        When several rows share a period.
    """
    columns = (*GAINS, *LOSSES, "net")
    check.result(movements, "movements", where, columns=columns, source="rk.bridge")
    if by := [name for name in movements.columns if name not in ("period", "complete", *MONEY)]:
        raise DimensionError.not_whole(where, by=by)
    return movements


@names_unfinished
def growth(movements: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say what the last complete period gained and lost, and what was the largest part of each.

    Parameters
    ----------
    movements
        What :func:`bridge` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    movements = whole(movements, "rk.say.growth")
    rows = movements[movements["complete"].astype(bool)]
    what = quantity(movements, language)
    words = what.words
    if rows.empty:
        return Finding(
            words.gettext("There is no complete period of recurring revenue yet."), quiet=True
        )
    row = rows.iloc[-1]
    label = words.gettext("the whole range")
    if "period" in row:
        label = period_of(movements, row["period"], words)
    way = "grew" if row["net"] > 0 else "shrank" if row["net"] < 0 else "stayed"
    values = {
        "net": what.text(abs(row["net"])),
        "period": label,
        "closing": what.text(row["closing"]),
        "parts": _largest_parts(row, what),
    }
    return Finding(words.gettext(GREW[way], **values))


GREW = {
    "grew": message("MRR grew by {net} in {period}, to {closing}: {parts}."),
    "shrank": message("MRR shrank by {net} in {period}, to {closing}: {parts}."),
    "stayed": message("MRR stayed at {closing} in {period}: {parts}."),
}


def _largest_parts(row: pd.Series[Any], what: Quantity) -> str:
    """Return the largest gain and the largest loss; what there was none of is said to be none."""
    words = what.words
    gained, lost = max(GAINS, key=lambda name: row[name]), max(LOSSES, key=lambda name: row[name])
    gain = {"gain": words.gettext(MOVEMENTS[gained]), "gained": what.text(row[gained])}
    loss = {"loss": words.gettext(MOVEMENTS[lost]), "lost": what.text(row[lost])}
    if row[gained] > 0 and row[lost] > 0:
        return words.gettext(
            "the largest gain was {gain} ({gained}), the largest loss {loss} ({lost})",
            **gain,
            **loss,
        )
    if row[gained] > 0:
        return words.gettext("the largest gain was {gain} ({gained}), nothing was lost", **gain)
    if row[lost] > 0:
        return words.gettext("nothing was gained, the largest loss was {loss} ({lost})", **loss)
    return words.gettext("nothing was gained, nothing was lost")


@names_unfinished
def sources(movements: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say how much of the MRR gained came from accounts that were there already.

    Parameters
    ----------
    movements
        What :func:`bridge` returned; its complete periods are added up.
    language
        "en" or "it"; the default one when omitted.
    """
    movements = whole(movements, "rk.say.sources")
    rows = movements[movements["complete"].astype(bool)]
    what = quantity(movements, language)
    words = what.words
    gained, lost = float(rows[[*GAINS]].sum().sum()), float(rows[[*LOSSES]].sum().sum())
    if gained <= 0:
        return Finding(
            words.gettext("No recurring revenue was gained in these periods."), quiet=True
        )
    grown = float(rows["expansion"].sum())
    values = {
        "share": words.percent(f"{grown / gained * 100:.0f}"),
        "count": words.count(len(rows)),
        "grown": what.text(grown),
        "gained": what.text(gained),
        "lost": what.text(lost),
    }
    if values["grown"] == values["lost"]:
        return Finding(
            words.ngettext(
                "Expansion brought {share} of the MRR gained over {count} period ({grown} of "
                "{gained}), as much as was lost to contraction and churn.",
                "Expansion brought {share} of the MRR gained over {count} periods ({grown} of "
                "{gained}), as much as was lost to contraction and churn.",
                len(rows),
                **values,
            )
        )
    if grown > lost:
        return Finding(
            words.ngettext(
                "Expansion brought {share} of the MRR gained over {count} period ({grown} of "
                "{gained}), more than was lost to contraction and churn ({lost}).",
                "Expansion brought {share} of the MRR gained over {count} periods ({grown} of "
                "{gained}), more than was lost to contraction and churn ({lost}).",
                len(rows),
                **values,
            )
        )
    return Finding(
        words.ngettext(
            "Expansion brought {share} of the MRR gained over {count} period ({grown} of "
            "{gained}), less than was lost to contraction and churn ({lost}).",
            "Expansion brought {share} of the MRR gained over {count} periods ({grown} of "
            "{gained}), less than was lost to contraction and churn ({lost}).",
            len(rows),
            **values,
        )
    )
