"""People: the leads that are new, each person counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset


def person(leads: Any) -> Any:
    """Return the expression that names the person behind a lead.

    Leads of one e-mail address are one person, and so are leads without an address of one
    account; a lead with neither is a person of its own.
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
        The rows of ``leads`` that are the first of their person, with the columns that came.
    """
    import ibis

    leads = data.table("leads")
    order = ibis.window(group_by=person(leads), order_by=[leads.created_at, leads.lead_id])
    ranked = leads.mutate(place=ibis.row_number().over(order))
    came = [column for column in leads.columns if column in data.columns("leads")]
    return ranked.filter(ranked.place == 0).select(*came)
