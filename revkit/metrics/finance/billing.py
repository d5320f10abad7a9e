"""Billing: invoices issued, the days they wait to be paid, and revenue not yet earned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from revkit.algebra import Formula, Length, Stock, TableName, Total, metric

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call


@metric(
    title="Billings",
    title_it="Fatturato emesso",
    owner="RevOps",
    unit="money",
    better="higher",
    noun="invoice lines",
)
def billings(invoices: TableName) -> Formula:
    """Amount of the invoices issued in the period, without tax.

    Notes
    -----
    What is billed is neither earned nor paid: a year billed in advance counts in full in the month
    of its invoice. Credit notes (negative lines) are subtracted; refunds are not, since they are
    paid back later. ``data.where(is_recurring=True)`` leaves out services.

    References
    ----------
    .. [1] saasoptics.com, saaspedia: billings are the invoices issued in a period.

    Examples
    --------
    >>> billings(example("billing"), period="quarter")["value"].tolist()
    [22000.0]
    """
    return Total(invoices, at="issued_on").of(_.amount)


@metric(
    title="Days sales outstanding",
    title_it="Giorni medi di incasso (DSO)",
    owner="RevOps",
    unit="days",
    better="lower",
    noun="invoice lines",
)
def days_sales_outstanding(receivables: TableName, invoices: TableName) -> Formula:
    r"""Days of billings that are owed at the period's end.

    .. math:: \frac{\text{owed at the period's end}}{\text{billings of the period}} \times
        \text{days of the period}

    0 or more as a rule; NaN where nothing was billed.

    Notes
    -----
    While billings are steady it is the same by month, quarter and year: the days that an invoice
    waits. It rises without any later payment when much is billed in a period's last days, as yearly
    contracts in December are: prefer a quarter or ``trailing=12``. Credit notes reduce both sums.

    References
    ----------
    .. [1] bit1024.com, DSO calculator: 50,000 owed of 200,000 a year are 91.25 days.

    Examples
    --------
    >>> days = days_sales_outstanding(example("billing"), period="quarter")
    >>> days["value"].round(2).tolist()  # 8,000 owed of 22,000 in 90 days
    [32.73]
    """
    owed = _owed(receivables).where(_.state == "outstanding").of(_.amount)
    return owed / (billings(invoices) / Length("day"))


@metric(
    title="Overdue share of receivables",
    title_it="Quota di crediti scaduti",
    owner="RevOps",
    unit="share",
    better="lower",
    noun="invoice lines",
)
def overdue_share(receivables: TableName) -> Formula:
    r"""Amount past its due date over all that is owed, at the period's end.

    .. math:: \frac{\text{owed and overdue}}{\text{owed}}

    0 to 1; NaN where nothing with a due date is owed.

    Notes
    -----
    A line is overdue from the day after ``due_on`` until it is paid. Lines without a due date are
    in neither sum, and credit notes neither. A line paid in parts is owed in full until
    ``paid_on``. The interval takes lines for independent: it is too narrow where one customer has
    several, all late.

    References
    ----------
    .. [1] Customary ageing of receivables: amount past due over total receivables.

    Examples
    --------
    >>> overdue_share(example("billing"), start="2026-03-01")[["value", "n"]]
       value  n
    0   0.25  2
    """
    owed = _owed(receivables).where(_.due_on.notnull()).where(_.amount > 0)
    late = owed.where(_.state == "overdue").of(_.amount)
    return late / owed.where(_.state == "outstanding").of(_.amount)


@metric(
    kind="table",
    formula=(
        "amount of invoice lines at the period's end for service after it: amount × months of "
        "service to come / months of service"
    ),
    sampled=False,
    title="Deferred revenue",
    title_it="Ricavi differiti",
    owner="RevOps",
    unit="money",
    better="higher",
    noun="invoice lines",
)
def deferred_revenue(call: Call, unearned: TableName) -> pd.DataFrame:
    r"""Amount billed and not yet earned, at the period's end.

    .. math:: \sum_i a_i \frac{\text{months of service after the period's end}}
        {\text{months of service}}

    over the invoice lines issued by then, of amount :math:`a_i`; in full before the service begins.

    Notes
    -----
    Lines are earned evenly by the month, parts of a month by the day, so each month of a year
    billed on its first day earns a twelfth. A line without the dates of its service counts as
    earned when issued; ``attrs["notes"]`` counts the recurring ones. Refunds are not known by
    line and month, and stay in.

    References
    ----------
    .. [1] sifthub.io, deferred revenue: of 120,000 for a year, 110,000 after the first month.

    Examples
    --------
    >>> deferred_revenue(example("billing"))[["period", "value"]]
          period    value
    0 2026-01-01  11000.0
    1 2026-02-01  10000.0
    2 2026-03-01  14500.0
    """
    from revkit.metrics.tables.at_end import falling_balance

    found = falling_balance(call, unearned)
    invoices = call.data.table("invoices")
    lacking = invoices.filter(
        _.is_recurring, _.service_ends_on.isnull() | _.service_starts_on.isnull()
    )
    rows = int(lacking.count().to_pyarrow().as_py())
    if rows:
        lines = (
            "1 recurring line says no service that it pays for, and counts"
            if rows == 1
            else f"{rows:,} recurring lines say no service that they pay for, and count"
        )
        found.attrs["said"] = (f"invoices: {lines} as earned when issued.",)
    return found


def _owed(receivables: TableName) -> Stock:
    """Return the lines that wait to be paid at the period's end."""
    return Stock(receivables, start="since", end="until")
