"""Commitments: value and length of the contracts signed, and what is left of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

from revkit.algebra import Formula, TableName, Total, metric

if TYPE_CHECKING:
    import pandas as pd

    from revkit.algebra.request import Call


@metric(
    kind="table",
    formula="MRR × months from the period's end to the end of the term, over contracts in force",
    sampled=False,
    title="Remaining performance obligation",
    title_it="Obbligazioni contrattuali residue (RPO)",
    owner="RevOps",
    unit="money",
    better="higher",
    noun="contracts",
)
def remaining_performance_obligation(call: Call, obligations: TableName) -> pd.DataFrame:
    r"""Contracted recurring revenue still to be delivered, at the period's end.

    .. math:: \sum_i m_i \times (\text{months from the period's end to the end of the term})

    over the contracts in force with a term, of MRR :math:`m_i`.

    Notes
    -----
    Billed or not: it is deferred revenue and what is still to be invoiced. Contracts without
    ``term_ends_on`` commit to nothing here, nor do those that run on past their term. What a
    customer may cancel before the term is counted, so give such contracts no term. Services, usage
    and contracts that start later are left out.

    References
    ----------
    .. [1] thesaascfo.com, remaining performance obligations: contracted and not yet recognised.

    Examples
    --------
    >>> rpo = remaining_performance_obligation(example("billing"), start="2026-03-01")
    >>> rpo["value"].tolist()  # 9 months of 1,000 and 23 of 500
    [20500.0]
    """
    from revkit.metrics.tables.at_end import falling_balance

    return falling_balance(call, obligations)


@metric(
    title="Annual contract value",
    title_it="Valore annuo dei contratti (ACV)",
    owner="SalesOps",
    unit="money",
    better="higher",
    noun="contracts",
)
def acv(contract_terms: TableName) -> Formula:
    r"""Mean value a year of the contracts whose term began in the period.

    .. math:: \frac{\sum 12 \times \text{MRR}}{\#\{\text{contracts begun}\}}

    Notes
    -----
    Recurring revenue as the term begins: services and what is added later are left out, and so are
    contracts without a term. Renewals count as new terms; ``by="kind"`` tells them from new
    contracts. Unlike :func:`arr`, of the contracts begun, not of all in force.

    References
    ----------
    .. [1] DocuSign, ACV and TCV: three years for 30,000 are 10,000 a year.

    Examples
    --------
    >>> acv(example("billing"), period="quarter")[["value", "n"]]
        value  n
    0  9000.0  2
    """
    begun = _begun(contract_terms)
    return begun.of(_.annual_value) / begun


@metric(
    title="Total contract value",
    title_it="Valore totale dei contratti (TCV)",
    owner="SalesOps",
    unit="money",
    better="higher",
    noun="contracts",
)
def tcv(contract_terms: TableName) -> Formula:
    r"""Mean value over the whole term of the contracts whose term began in the period.

    .. math:: \frac{\sum \text{MRR} \times \text{months of the term}}{\#\{\text{contracts begun}\}}

    Notes
    -----
    A longer term raises it without a higher price: read it beside :func:`acv` and
    :func:`contract_length`. Recurring revenue alone; contracts without a term are left out.

    References
    ----------
    .. [1] creativeg.gr, total contract value: two years are twice the ACV, however it is billed.

    Examples
    --------
    >>> tcv(example("billing"), period="quarter")[["value", "n"]]
         value  n
    0  12000.0  2
    """
    begun = _begun(contract_terms)
    return begun.of(_.total_value) / begun


@metric(
    title="Mean contract length",
    title_it="Durata media dei contratti",
    owner="SalesOps",
    unit="months",
    better="higher",
    noun="contracts",
)
def contract_length(contract_terms: TableName) -> Formula:
    r"""Mean months of the terms that began in the period.

    .. math:: \frac{\sum \text{months of the term}}{\#\{\text{contracts begun}\}}

    Notes
    -----
    Each contract counts once, whatever its value. Contracts without a term, such as those cancelled
    from month to month, are left out: give them a term of one month to count them.

    References
    ----------
    .. [1] metrichq.org, contract value: 30, 30 and 40 contracts of three, two and one year.

    Examples
    --------
    >>> contract_length(example("billing"), period="quarter")[["value", "n"]]
       value  n
    0   18.0  2
    """
    begun = _begun(contract_terms)
    return begun.of(_.months) / begun


def _begun(contract_terms: TableName) -> Total:
    """Return the contracts whose term began in the period."""
    return Total(contract_terms, at="begun_on")
