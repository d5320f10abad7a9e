"""Reps: how many of them reach their quota, and how many leave."""

from __future__ import annotations

from ibis import _

from revkit.algebra import Formula, Stock, TableName, Total, metric


@metric(
    title="Share of reps at quota",
    title_it="Quota di venditori che raggiungono l'obiettivo",
    owner="SalesOps",
    unit="share",
    better="higher",
    noun="quotas",
)
def share_of_reps_at_quota(quota_results: TableName) -> Formula:
    r"""Quotas of single reps that were reached, among those whose span ended in the period.

    .. math:: \frac{\#\{\text{won amount} \ge \text{quota}\}}{\#\{\text{quotas that ended}\}}

    0 to 1; NaN in a period in which no quota ended. A quota is left out where it cannot be told
    whether it was reached, as a deal that was won has no amount.

    Notes
    -----
    A quarterly quota counts once, in the period that holds its last day: cut into months, a rep who
    wins one large deal a quarter would miss two of three. A team can reach its number while few of
    its reps do; :func:`quota_attainment` is the team's. Managers whose reports have quotas are left
    out, and so are quotas of 0.

    References
    ----------
    .. [1] prowi.io, quota attainment: 60 to 70 % of reps should reach theirs.

    Examples
    --------
    >>> share = share_of_reps_at_quota(example("team"), period="quarter", start="2026-01-01")
    >>> share[["value", "n"]].round(4)                            # Ada of three
        value  n
    0  0.3333  3
    """
    ended = Total(quota_results, at="due_on").where(_.won.notnull())
    return ended.where(_.won >= _.quota) / ended


@metric(
    title="Rep attrition",
    title_it="Turnover dei venditori",
    owner="SalesOps",
    unit="ratio",
    better="lower",
    percent=True,
    noun="reps",
    least=0,
)
def rep_attrition(departures: TableName, reps: TableName) -> Formula:
    r"""Reps who left, for each year that a rep was employed.

    .. math:: \frac{\#\{\text{left}\}}{\text{rep-days employed} / 365.25}

    0 or more, a yearly rate whatever the period; NaN while nobody is employed.

    Notes
    -----
    Leaving counts on ``left_on``, announced departures not yet. Everybody in ``reps`` counts,
    managers too: ``data.where(role="AE")`` limits it. Few leave in a quarter of a small team, so
    look at the interval. 20 % a year are 5.4 % a quarter.

    References
    ----------
    .. [1] himodus.com, attrition rate: annual departures over average capacity.

    Examples
    --------
    >>> rep_attrition(example("team"), period="quarter", start="2026-01-01")["value"].tolist()
    [0.0]
    """
    employed = Stock(reps, start="hired_on", end="left_on").exposure("day")
    return Total(departures, at="left_on") / (employed / 365.25)
