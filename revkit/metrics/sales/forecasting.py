"""Forecasting: how close forecasts of a quarter came to what was won in it."""

from __future__ import annotations

from ibis import _

from revkit import arguments as check
from revkit.algebra import Formula, TableName, Total, metric
from revkit.derived.opportunities.forecasts import DAYS, KINDS
from revkit.errors import ParameterError


@metric(
    title="Forecast accuracy",
    title_it="Accuratezza del forecast",
    owner="both",
    unit="ratio",
    better="higher",
    percent=True,
    noun="forecasts",
    most=1,
)
def forecast_accuracy(forecasts: TableName, *, forecast: str = "commit", days: int = 30) -> Formula:
    r"""One less the error of forecasts, rep by rep, over what was won.

    .. math:: 1 - \frac{\sum_i |f_i - w_i|}{\sum_i w_i}

    over the reps :math:`i`, of forecast :math:`f` and won amount :math:`w`, of the spans that ended
    in the period. 1 or less, below 0 where the error exceeds what was won. ``forecast``: commit,
    best_case or weighted. ``days`` before the end: 30, 60 or 90.

    Notes
    -----
    Commit and best case are what reps submitted (``targets`` of that kind) by that day; where
    nobody submits, what was won so far and the open deals of that category in the quarter, as
    history has them. Weighted takes each deal times its probability. Errors of reps do not cancel
    here: the company's own forecast may be right while each rep's is wrong, which
    :func:`forecast_bias` shows.

    References
    ----------
    .. [1] cal76.calculator.city, sales forecast accuracy: WAPE, the error weighted by volume.

    Examples
    --------
    >>> team = example("team")  # 80,000 committed for 90,000 won, and 60,000 for 54,000
    >>> forecast_accuracy(team, period="quarter", start="2026-01-01")[["value", "n"]].round(4)
        value  n
    0  0.8889  2
    """
    made = _made(forecasts, "forecast_accuracy", forecast, days)
    return 1 - made.of((_.amount - _.won).abs()) / made.of(_.won)


@metric(
    title="Forecast bias",
    title_it="Distorsione del forecast",
    owner="both",
    unit="ratio",
    better="neither",
    percent=True,
    noun="forecasts",
    least=-1,
)
def forecast_bias(forecasts: TableName, *, forecast: str = "commit", days: int = 30) -> Formula:
    r"""Forecast less won, over what was won.

    .. math:: \frac{\sum_i f_i}{\sum_i w_i} - 1

    over the forecasts of spans that ended in the period. -1 or more: above 0 more was forecast than
    came, below 0 less (sandbagging). ``forecast`` and ``days`` as in :func:`forecast_accuracy`.

    Notes
    -----
    Some sources turn the sign round, actual less forecast. Best case is meant to be above what
    comes; commit is not. A bias near 0 of the company may hide reps who are far off in both
    directions: ``by="rep"``.

    References
    ----------
    .. [1] calcmastery, forecast bias: forecast less actual, over actual.

    Examples
    --------
    >>> bias = forecast_bias(example("team"), by="rep", period="quarter", start="2026-01-01")
    >>> bias[["rep", "value"]].round(4)
         rep   value
    0    Ada -0.1111
    1  Bruno  0.1111
    """
    made = _made(forecasts, "forecast_bias", forecast, days)
    return made.of(_.amount) / made.of(_.won) - 1


def _made(forecasts: TableName, metric: str, forecast: str, days: int) -> Total:
    """Return the forecasts of a kind, so many days before the end, of spans that ended."""
    check.choice(forecast, "forecast", f"metrics.{metric}", known=KINDS)
    if days not in DAYS:
        raise ParameterError.out_of_range("days", days, "30, 60 or 90")
    made = Total(forecasts, at="due_on").where(_.amount.notnull())
    return made.where(_.forecast == forecast).where(_.days == days)
