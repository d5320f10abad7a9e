"""New leads: the first lead of each person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def person(leads: Any) -> Any:
    """Return an identifier of the person behind each lead, as a text expression.

    Leads with the same e-mail address are one person; so are leads of one account without an
    address. A lead with neither is a person of its own.
    """
    import ibis

    return ibis.coalesce(
        "email " + leads.email, "account " + leads.account_id, "lead " + leads.lead_id
    )


def new_leads(data: Dataset) -> ir.Table:
    """Return the first lead of each person.

    Parameters
    ----------
    data
        A company with ``leads``.

    Returns
    -------
    ibis Table
        One row per person: the earliest row of ``leads``, with the columns that were loaded.
    """
    import ibis

    leads = data.table("leads")
    order = ibis.window(group_by=person(leads), order_by=[leads.created_at, leads.lead_id])
    ranked = leads.mutate(place=ibis.row_number().over(order))
    came = [column for column in leads.columns if column in data.columns("leads")]
    return ranked.filter(ranked.place == 0).select(*came)
