"""Account health: points for usage, satisfaction and payment, added up by weights in YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revkit.algebra import TableName, metric

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call


@metric(
    kind="table",
    formula=(
        "mean over accounts and months of 100 × points / points of the parts that are known: seats "
        "used, usage trend, satisfaction, days overdue"
    ),
    title="Account health",
    title_it="Salute dei clienti",
    owner="RevOps",
    unit="points",
    better="higher",
    noun="account-months",
)
def account_health(
    call: Call, account_months: TableName, *, weights: str | None = None
) -> pd.DataFrame:
    r"""Mean health of the accounts with usage, in points of 100.

    .. math:: h = 100\,\frac{\sum_k p_k x_k}{\sum_k p_k}, \qquad
        x_k = \min\left(1, \max\left(0, \frac{m_k - \text{none}_k}{\text{full}_k - \text{none}_k}
        \right)\right)

    over the parts :math:`k` known of an account in a month, of measure :math:`m` and points
    :math:`p`: active users over seats (40), their change over three months (20), the mean answer on
    tickets of six months (20), days overdue (20). 0 to 100; NaN without usage. ``weights``: a YAML
    file with other points and limits; ``revkit/metrics/service/health.yaml`` has these.

    Notes
    -----
    A sum of rules, not a probability: nothing says that 40 points are twice as safe as 20. Compare
    it with who left before you act on it. An account of which parts worth less than half of the
    points are known has no score, and is not counted. ``account_health.parts(data)`` has a row per
    account of the last period with the points of each part; ``by="account"`` gives the scores over
    time.

    References
    ----------
    .. [1] Customary scorecard of customer success: usage 40, support 30 and sentiment 30 points.

    Examples
    --------
    >>> health = account_health(example("support"), start="2026-03-01")    # of 100 and of 80
    >>> health[["value", "n"]]
       value  n
    0   90.0  2
    """
    from revkit.metrics.tables.health_score import health_score

    return health_score(call, account_months, weights)
