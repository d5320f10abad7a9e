"""Discounts: what list prices would have brought, what was given away, by whom and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.algebra.evaluate.outcomes import may_hang_on_the_end, one_sided
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.frames.headings import dimension_name
from revkit.dataset.argument import company, reached
from revkit.derived.opportunities.closed_deals import ABOVE, BANDS
from revkit.dimensions import MISSING, attach, placed, resolve
from revkit.errors import DimensionError
from revkit.language import language as spoken
from revkit.language import message
from revkit.statistics.intervals import ratio, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from revkit.dataset import Dataset

WHERE = "rk.discount_leakage"
FEW = 10
"""Won deals below which a group's discount says little of it."""

BAND = "discount_band"
NAMES = (*(label for _, label in BANDS), ABOVE)
GIVES = (message("less than others"), message("more than others"))


def discount_leakage(
    data: Dataset, *, by: str = "band", start: Any = None, end: Any = None, level: float = 0.95
) -> pd.DataFrame:
    """Return the money given away as discounts, by band of discount, rep or another dimension.

    Parameters
    ----------
    data
        A company with opportunities that say their ``discount`` (a share of the list price).
    by
        ``band``, or a dimension of opportunities such as ``rep``, ``segment`` or ``product``.
    start, end
        First day of closing, and the day after the last; all on record when omitted.
    level
        Confidence of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row a group, bands in order and else the most given first: the `by` column; ``deals``
        won; ``list`` (what they cost at list price), ``paid``, ``given`` (list less paid);
        ``discount`` (given over list) with ``low`` and ``high``; ``likely``, the discount drawn
        towards that of all by as much as chance explains the group's; ``gives`` ("more than
        others" or "less than others" where the interval, for all groups at once, leaves out the
        discount of all); ``win_rate`` of closed deals, ``win_low`` and ``win_high``; ``small``
        below 10 won deals. By band there is no ``low`` to ``gives``: a band is its discount.

    Notes
    -----
    The win rate by band does not say what a discount does. It is given to close deals, so deals
    near to closing have one, and to those that would not close otherwise.

    Examples
    --------
    >>> import revkit as rk
    >>> deals = {"opportunity_id": ["a", "b"], "created_on": "2026-01-05", "is_won": True}
    >>> deals |= {"closed_on": "2026-02-01", "amount": [900.0, 400.0], "discount": [0.1, 0.2]}
    >>> found = discount_leakage(rk.Dataset(opportunities=pd.DataFrame(deals)))
    >>> found[["discount_band", "list", "given"]].to_numpy().tolist()
    [['0–10 %', 1000.0, 100.0], ['10–20 %', 500.0, 100.0]]
    """
    company(data, WHERE)
    reached(data, "opportunities", WHERE)
    check.text(by, "by", WHERE, example="rep")
    check.fraction(level, "level", WHERE)
    for column in ("discount", "amount", "closed_on", "is_won"):
        if column not in data.columns("opportunities"):
            raise data.lacks("opportunities", column)
    name = BAND if by == "band" else by
    deals = _closed(data, name, start, end)
    won = deals[deals["won"] & deals["paid"].notna() & (deals["discount"] < 1)]
    rate = _win_rates(deals, name, level)
    found = rate.join(_given(won, name, level)).reset_index(names=name)
    found = found.assign(
        deals=found["deals"].fillna(0).astype(int), gives=found["gives"].fillna(""),
        small=found["small"].isna() | found["small"].eq(True),
    )  # fmt: skip
    if by == "band":
        found = found.set_index(name).reindex([one for one in NAMES if one in {*found[name]}])
        found = found.reset_index(names=name)
    else:
        found = found.sort_values(["given", name], ascending=[False, True], ignore_index=True)
    columns = [name, "deals", "list", "paid", "given", "discount"]
    columns += [] if by == "band" else ["low", "high", "likely", "gives"]
    frame = found[[*columns, "win_rate", "win_low", "win_high", "small"]].copy()
    frame.attrs = _attrs(data, won, by, level)
    return frame


def _closed(data: Dataset, name: str, start: Any, end: Any) -> pd.DataFrame:
    """Return closed deals with a known discount: group, won, discount, paid, list."""
    from ibis import _

    from revkit.periods import day

    table = data.table("opportunities")
    if name != BAND:
        path = resolve(name, "opportunities", data.specs)
        table = attach(table, path, data.lookup, "__of")
    else:
        table = table.mutate(__of=_.discount.cast("string"))
    kept = [_.closed_on.notnull(), _.is_won.notnull(), _.discount.notnull()]
    kept += [] if start is None else [_.closed_on >= day(start, name="start")]
    kept += [] if end is None else [_.closed_on < day(end, name="end")]
    table = table.filter(*kept)
    rows: pd.DataFrame = table.select(
        group="__of",
        won=table.is_won.ifelse(1, 0),
        discount=table.discount.cast("float64"),
        paid=table.amount.cast("float64"),
    ).execute()
    rows = rows.astype({"won": bool, "discount": float, "paid": float})
    if name == BAND:
        rows["group"] = _bands(rows["discount"])
    elif may_hang_on_the_end(path, "opportunities") and one_sided(
        rows["group"].notna().groupby(rows["won"]).mean()
    ):
        raise DimensionError.one_outcome(name, where=WHERE)
    rows["group"] = rows["group"].astype(object).where(rows["group"].notna(), MISSING)
    rows["list"] = rows["paid"] / (1 - rows["discount"]).where(rows["discount"] < 1)
    return rows


def _bands(discount: pd.Series[float]) -> pd.Series[Any]:
    tops = [top for top, _ in BANDS]
    at = np.searchsorted(tops[:-1], discount, side="left")
    at = np.where(discount >= tops[-1], len(BANDS), at)
    return pd.Series(np.array(NAMES, dtype=object)[at], discount.index)


def _win_rates(deals: pd.DataFrame, name: str, level: float) -> pd.DataFrame:
    told = deals.groupby("group")["won"].agg(["sum", "size"]).rename_axis(name)
    share = told["sum"].to_numpy(float) / told["size"].to_numpy(float)
    low, high = wilson(share, told["size"].to_numpy(float), level)
    values = {"closed": told["size"], "win_rate": share, "win_low": low, "win_high": high}
    return pd.DataFrame(values, index=told.index)


def _given(won: pd.DataFrame, name: str, level: float) -> pd.DataFrame:
    """Return sums of each group, the discount with its interval, and that drawn to all."""
    told = won.groupby("group").agg(
        deals=("paid", "size"), list=("list", "sum"), paid=("paid", "sum")
    ).rename_axis(name)  # fmt: skip
    told["given"] = told["list"] - told["paid"]
    told["discount"] = told["given"] / told["list"].where(told["list"] > 0)
    rest = won["list"] - won["paid"] - won["group"].map(told["discount"]) * won["list"]
    squares = (rest**2).groupby(won["group"]).sum().reindex(told.index)
    sizes = (won["list"] ** 2).groupby(won["group"]).sum().reindex(told.index)
    told_apart = (told["deals"] >= FEW) & (told.index != MISSING)
    variance = (squares / told["list"] ** 2).where(told_apart)
    several = max(int(variance.notna().sum()), 1)
    low, high = ratio(
        *(told["discount"].to_numpy(float), variance.to_numpy(float)),
        *(told["deals"].to_numpy(float), (told["list"] ** 2 / sizes).to_numpy(float)),
        1 - (1 - level) / several,
    )
    every = (won["list"].sum() - won["paid"].sum()) / (won["list"].sum() or np.nan)
    gaps = np.square(told["discount"] - every)[variance.notna()]
    between = max(0.0, float((gaps - variance.dropna()).mean())) if len(gaps) else 0.0
    kept = (between / (between + variance).where(lambda total: total > 0, 1.0)).fillna(0.0)
    gives = np.select([high < every, low > every], [*GIVES], default="")
    return told.assign(
        low=np.maximum(low, 0.0), high=np.minimum(high, 1.0),
        likely=every + kept * (told["discount"] - every), gives=gives, small=told["deals"] < FEW,
    )  # fmt: skip


def _attrs(data: Dataset, won: pd.DataFrame, by: str, level: float) -> dict[Any, Any]:
    lacking = int(won["paid"].isna().sum())
    return {
        "currency": data.currency, "level": level, "by": by,
        "list": float(won["list"].sum()), "given": float((won["list"] - won["paid"]).sum()),
        "deals": len(won), "lacking": lacking,
        "units": {
            **dict.fromkeys(("list", "paid", "given"), "money"),
            **dict.fromkeys(("discount", "likely", "win_rate"), "share"),
        },
        "titles": {
            BAND: message("Discount"), "deals": message("Won deals"),
            "list": message("At list price"), "paid": message("Paid"),
            "given": message("Given away"), "discount": message("Share given away"),
            "likely": message("Likely discount"), "gives": message("Gives"),
            "win_rate": message("Win rate"),
        },
        "translated": ("gives",), "wrapped": ("discount", "given", "likely", "win_rate"),
        "notes": (spoken(None).gettext(_note(by)),),
    }  # fmt: skip


CONFOUNDED = message(
    "The win rate does not say what a discount does: it is given to deals that are near, and to "
    "those that would not close without."
)

UNLIKE = message(
    "Large deals get larger discounts: compare those who sell alike, as in "
    "data.where(segment='SMB')."
)


def leakage(table: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say how much was given away, where most of it went, and who gives more than others.

    Parameters
    ----------
    table
        What :func:`discount_leakage` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    columns = ("deals", "list", "given", "discount")
    check.result(table, "table", "rk.say.leakage", columns=columns, source=WHERE)
    words = spoken(language)
    at = table.attrs
    money = Quantity("", "", "money", at["currency"], words=words)
    share = Quantity("", "", "share", words=words)
    if not at["deals"] or not at["list"]:
        return Finding(words.gettext(NOBODY), quiet=True)
    said = [
        words.gettext(
            GIVEN, given=money.text(at["given"]), listed=money.text(at["list"]),
            share=share.text(at["given"] / at["list"]), n=counted(at["deals"], "won deals", words),
        )
    ]  # fmt: skip
    if at["given"] > 0:
        name = str(table.columns[0])
        known = placed(table, [name])
        if known["given"].sum() > 0:
            first = known.iloc[int(np.argmax(known["given"].fillna(0.0)))]
            part = first["given"] / at["given"]
            texts = WENT_IN if at["by"] == "band" else WENT_WITH
            text = texts[0] if part > HALF else texts[1]
            said.append(words.gettext(text, group=first[name], share=share.text(part)))
    if "gives" in table:
        more = _named(table, GIVES[1])
        if more:
            dimension = dimension_name(str(at["by"]), words)
            said.append(words.gettext(MORE, names=words.list(more), dimension=dimension))
    return Finding(" ".join(said), aside=words.gettext(_note(at["by"])))


def _note(by: str) -> str:
    return CONFOUNDED if by == "band" else UNLIKE


def _named(table: pd.DataFrame, gives: str) -> Sequence[str]:
    return [str(one) for one in table.loc[table["gives"] == gives, table.columns[0]]]


NOBODY = message("No won deal says its discount and its amount: nothing to add up.")
GIVEN = message("{given} was given away of {listed} at list price: {share}, over {n}.")
HALF = 0.5
WENT_WITH = (
    message("Most went with {group}: {share} of it."),
    message("The largest part went with {group}: {share} of it."),
)
WENT_IN = (
    message("Most went in discounts of {group}: {share} of it."),
    message("The largest part went in discounts of {group}: {share} of it."),
)
MORE = message("By {dimension}, {names} gave more than others by more than chance.")
