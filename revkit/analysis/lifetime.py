"""Lifetime value: what a customer is worth, by one law of churn, and why simpler ways differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.analysis.spells import at_risk, spells_of
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.catalogue.measure import Measured
from revkit.dataset.argument import company
from revkit.errors import DimensionError, ParameterError
from revkit.language import language as spoken
from revkit.language import message
from revkit.statistics import intervals
from revkit.statistics.lifetimes import MIN_FOR_AGES, ChurnLaw, fit
from revkit.statistics.survival import kaplan_meier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from revkit.dataset import Dataset

    Array = NDArray[np.float64]

SCALE = 1e6
"""Accounts that shares are taken to be of: so many that rates may differ by age."""


def fit_sbg(survival: Any) -> ChurnLaw:
    """Fit the shifted-beta-geometric law to shares that survive the first, second, … renewal.

    Parameters
    ----------
    survival
        S(1), S(2) and so on, falling, within 0 and 1. S(0) is 1 and left out.

    Returns
    -------
    ChurnLaw
        With ``alpha`` and ``beta``, ``survival(renewals)``, ``lifetime(discount)``,
        ``residual(payments, discount)`` and ``residual_after(renewals, discount)``.

    Raises
    ------
    ParameterError
        When shares rise, lie outside 0 to 1, or nobody leaves.

    References
    ----------
    .. [1] Fader and Hardie, *How to project customer retention*, 2007.

    Examples
    --------
    >>> high = fit_sbg([0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491])
    >>> round(high.alpha, 3), round(high.beta, 3)
    (0.668, 3.806)
    """
    shares = np.concatenate([[1.0], np.asarray(survival, dtype=np.float64)])
    falls = np.all(np.diff(shares) <= 0) and shares[-1] >= 0  # false of a missing one, too
    law = fit(-np.diff(shares) * SCALE, shares[:-1] * SCALE) if falls else None
    if law is None:
        raise ParameterError.unfit(
            "survival", survival, where="revkit.analysis.lifetime.fit_sbg",
            needed="falling shares of those that survive the first, second, … renewal",
            example="[0.631, 0.468, 0.382]",
        )  # fmt: skip
    return law


def lifetime_value(
    data: Dataset,
    *,
    by: str | Sequence[str] | None = None,
    margin: float | None = None,
    discount: float = 0.10,
    horizon: int = 36,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return what a new customer is worth: its gross profit over its expected lifetime.

    Parameters
    ----------
    data
        A company with subscriptions, and finance unless the margin is given.
    by
        Dimensions of the account.
    margin
        Gross margin as a share; of all that is booked when omitted.
    discount
        Discount rate a year.
    horizon
        Months counted in ``capped``.
    level
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row a group: the `by` columns; ``accounts`` (that ever paid), ``arpa`` (mean MRR of
        those that pay now), ``margin``, ``churn`` (a month, over all ages), ``alpha``, ``beta``;
        ``simple`` (ARPA × margin ÷ churn), ``discounting`` (what discounting takes off it),
        ``ageing`` (what is added because those that stay leave more and more seldom), ``value``,
        their sum, with ``low`` and ``high``; ``capped`` (the profit of the first `horizon` months
        by Kaplan–Meier, without any law; NaN where nobody was followed that far); ``small``.

    Notes
    -----
    ARPA stays what it is: neither expansion nor price rises are expected. Below 200 accounts
    that reached a renewal one churn rate is used for all ages, ``ageing`` is 0, the value may be
    up to 40 % too low, and ``small`` is True. :func:`revkit.metrics.clv` is another question: the
    value of today's customers, what they have paid included.

    Raises
    ------
    TableError
        Without finance, when no margin is given.

    Examples
    --------
    >>> worth = lifetime_value(example("economics"))
    >>> worth[["accounts", "small"]]
       accounts  small
    0        13   True
    """
    where = "rk.lifetime_value"
    company(data, where)
    names = check.dimensions(by, where)
    level = check.fraction(level, "level", where)
    yearly = check.number(discount, "discount", where, example=0.1)
    months = check.whole(horizon, "horizon", where, what="number of months", example=36)
    share = profit_share(data, margin, where)
    found = Measured.of(data, ["arpa"], by=names or None, period=None, level=level).frames["arpa"]
    spells = spells_of(data, "churn", names)
    paying = {tuple(row[name] for name in names): row for _, row in found.iterrows()}
    groups: Any = spells.groupby(names, sort=True) if names else [((), spells)]
    rows = []
    for label, group in groups:
        pays = paying.get(label)
        worth = _worth(group, pays, share, (1 + yearly) ** (1 / 12) - 1, months, level)
        rows.append(dict(zip(names, label, strict=True)) | worth)
    frame = pd.DataFrame(rows)
    frame.attrs = {
        "currency": data.currency,
        "horizon": months,
        "level": level,
        "titles": TITLES,
        "units": dict.fromkeys(MONEY, "money") | UNITS,
        "notes": tuple(map(str, data.notes_on(("subscriptions", "finance")))),
    }
    return frame


UNITS = {
    "arpa": "money/month", "margin": "share", "churn": "share", "alpha": "ratio", "beta": "ratio",
}  # fmt: skip
MONEY = ("simple", "discounting", "ageing", "value", "low", "high", "capped")
TITLES = {
    "arpa": message("ARPA"),
    "margin": message("Gross margin"),
    "simple": message("ARPA × margin ÷ churn"),
    "discounting": message("Discounting"),
    "ageing": message("Who stays, stays longer"),
    "value": message("Lifetime value"),
    "capped": message("Within the horizon"),
}


def worth(rows: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say what a new customer is worth, and what it pays a month.

    Parameters
    ----------
    rows
        What :func:`lifetime_value` returned, without `by`.
    language
        "en" or "it"; the default one when omitted.
    """
    row, money = _whole(rows, "rk.say.worth", language)
    words = money.words
    if row is None:
        return Finding(words.gettext("Too little is known to value a customer."), quiet=True)
    values = {
        "value": money.text(row["value"]),
        "level": words.level(rows.attrs["level"]),
        "span": money.span(row["low"], row["high"]),
        "accounts": counted(row["accounts"], "accounts", words),
        "arpa": money.text(row["arpa"]),
        "margin": words.percent(f"{row['margin'] * 100:.1f}"),
    }
    if not values["span"] or row["small"]:
        return Finding(
            words.gettext(
                "A new customer is worth about {value}: {arpa} a month at a gross margin of "
                "{margin}, over the months it is expected to stay. {accounts} are few for that, "
                "so read it with care.",
                **values,
            )
        )
    return Finding(
        words.gettext(
            "A new customer is worth {value} ({level} interval {span}, {accounts}): {arpa} a "
            "month at a gross margin of {margin}, over the months it is expected to stay.",
            **values,
        )
    )


def simple_worth(rows: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say what the simple formula gives beside the lifetime value, and what the first months bring.

    Parameters
    ----------
    rows
        What :func:`lifetime_value` returned, without `by`.
    language
        "en" or "it"; the default one when omitted.
    """
    row, money = _whole(rows, "rk.say.simple_worth", language)
    words, months = money.words, int(rows.attrs["horizon"])
    if row is None:
        return Finding(words.gettext("Too little is known to value a customer."), quiet=True)
    values = {
        "simple": money.text(row["simple"]),
        "value": money.text(row["value"]),
        "capped": money.text(row["capped"]),
        "count": months,
        "months": counted(months, "months", words),
    }
    if np.isfinite(row["capped"]):
        return Finding(
            words.ngettext(
                "ARPA × margin ÷ churn gives {simple}; discounted and by age it is {value}. The "
                "first month alone brings {capped}.",
                "ARPA × margin ÷ churn gives {simple}; discounted and by age it is {value}. The "
                "first {count} months alone bring {capped}.",
                months,
                **values,
            )
        )
    return Finding(
        words.gettext(
            "ARPA × margin ÷ churn gives {simple}; discounted and by age it is {value}. Nobody has "
            "been followed for {months} yet.",
            **values,
        )
    )


def _whole(rows: pd.DataFrame, where: str, language: str | None) -> tuple[Any, Quantity]:
    """Return the only row, None where it has no value, and how its money is written."""
    columns = ("accounts", "arpa", "margin", "simple", "value", "low", "high", "capped", "small")
    check.result(rows, "rows", where, columns=columns, source="rk.lifetime_value")
    if len(rows) > 1:
        by = [*rows.columns[: rows.columns.get_loc("accounts")]]
        raise DimensionError.not_whole(where, by=by)
    money = Quantity("", "", "money", rows.attrs["currency"], words=spoken(language))
    known = len(rows) == 1 and np.isfinite(rows["value"].iloc[0])
    return (rows.iloc[0] if known else None), money


def profit_share(data: Dataset, margin: float | None, where: str) -> float:
    """Return the given gross margin, or that of all that is booked."""
    if margin is not None:
        return check.number(margin, "margin", where, example=0.8)
    margins = Measured.of(data, ["gross_margin"], period=None).frames["gross_margin"]
    return float(margins["value"].iloc[0]) if len(margins) else float("nan")


def losses(spells: pd.DataFrame) -> tuple[Array, Array]:
    """Return who left at the first, second, … month's renewal, and who reached it.

    An account that paid for k months, rounded up, did not make the k-th renewal; one that pays
    has made as many as it has full months.
    """
    left = (spells["cause"] > 0).to_numpy()
    time = spells["time"].to_numpy(dtype=np.float64)
    last = np.where(left, np.maximum(np.ceil(time - 1e-9), 1), np.floor(time)).astype(np.int64)
    most = int(last.max(initial=0))
    reached = np.bincount(last, minlength=most + 1)[::-1].cumsum()[::-1][1:]
    lost = np.bincount(last[left], minlength=most + 1)[1:]
    return lost.astype(np.float64), reached.astype(np.float64)


def _worth(
    spells: pd.DataFrame, pays: Any, margin: float, discount: float, horizon: int, level: float
) -> dict[str, Any]:
    """Return the figures of one group."""
    lost, reached = losses(spells)
    law = fit(lost, reached)
    arpa = float(pays["value"]) if pays is not None else np.nan
    profit = arpa * margin
    churn = float(lost.sum() / reached.sum()) if reached.sum() else np.nan
    simple = profit / churn if churn else np.nan
    flat = profit * ChurnLaw(churn, np.inf).lifetime(discount) if churn else np.nan
    value = profit * law.lifetime(discount) if law else np.nan
    low, high = _interval(law, pays, value, discount, level)
    return {
        "accounts": len(spells),
        "arpa": arpa,
        "margin": margin,
        "churn": churn,
        "alpha": law.alpha if law else np.nan,
        "beta": law.beta if law else np.nan,
        "simple": simple,
        "discounting": flat - simple,
        "ageing": value - flat,
        "value": value,
        "low": low,
        "high": high,
        "capped": profit * _capped(spells, discount, horizon),
        "small": bool(reached[:1].sum() < MIN_FOR_AGES or law is None or pays is None),
    }


def _interval(
    law: ChurnLaw | None, pays: Any, value: float, discount: float, level: float
) -> tuple[float, float]:
    """Return the interval of a value from those of ARPA and of the churn law."""
    if law is None or pays is None or not law.neighbours or not np.isfinite(pays["low"]):
        return float("nan"), float("nan")
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    of_arpa = (np.log(float(pays["high"]) / float(pays["low"])) / (2 * z)) ** 2
    life = law.lifetime(discount)
    near = np.array([[one.lifetime(discount) for one in pair] for pair in law.neighbours])
    of_law = float((np.abs(near / life - 1).max(axis=1) ** 2).sum())
    ends = intervals.delta(np.array([value]), np.array([value**2 * (of_arpa + of_law)]), level)
    return float(ends[0][0]), float(ends[1][0])


def _capped(spells: pd.DataFrame, discount: float, horizon: int) -> float:
    """Return the discounted number of payments within the horizon, by Kaplan and Meier."""
    curve = kaplan_meier(at_risk(spells))
    ages = np.arange(horizon, dtype=np.float64)
    paying = curve.at(ages)[0]
    return float((paying / (1 + discount) ** ages).sum())
