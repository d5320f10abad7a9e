"""The check of a company: every doubt about its rows, in one list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from revkit.dataset.argument import company as a_company
from revkit.language import language as language_of
from revkit.quality.company import Company
from revkit.quality.door import door_findings, noted, use_findings
from revkit.quality.finding import Finding
from revkit.quality.result import Check
from revkit.quality.rules.clocks import clock_findings
from revkit.quality.rules.coverage import coverage_findings
from revkit.quality.rules.currencies import currency_findings
from revkit.quality.rules.filling import filling_findings
from revkit.quality.rules.history import history_findings
from revkit.quality.rules.jumps import jump_findings
from revkit.quality.rules.relations import relation_findings
from revkit.quality.rules.rows import row_findings
from revkit.quality.rules.swaps import swap_findings
from revkit.quality.rules.words.near import near_findings
from revkit.quality.rules.words.spelling import spelling_findings
from revkit.quality.rules.words.twins import twin_findings

if TYPE_CHECKING:
    from revkit.dataset import Dataset


def check(data: Dataset, *, language: str | None = None) -> Check:
    """Return every doubt about a company's rows, with what each does to the metrics.

    Nothing is refused: what would stop the first metric is listed like everything else, and the
    rest is looked at as if those rows had been set aside. Filters of ``where`` do not apply.

    Parameters
    ----------
    data
        The company.
    language
        ``"en"`` or ``"it"``; by default that of :func:`revkit.use_language`.

    Returns
    -------
    Check
        ``frame`` with one row per finding, the gravest first; ``verdict``, a sentence; ``ok``;
        ``rows(rule)``, the rows behind a finding, by key.

    Raises
    ------
    ParameterError
        When ``data`` is no company, or there is no such language.

    Examples
    --------
    >>> import pandas as pd
    >>> from revkit.dataset import Dataset
    >>> deals = pd.DataFrame({
    ...     "opportunity_id": ["D1", "D2"],
    ...     "created_on": ["2026-01-05", "2026-01-12"],
    ...     "closed_on": ["2026-02-09", "2026-02-10"],
    ...     "is_won": [True, True],
    ...     "amount": [1000.0, None],
    ... })
    >>> found = check(Dataset(opportunities=deals, as_of="2026-03-31"))
    >>> found.frame[["rule", "table", "severity", "examples"]].iloc[0].tolist()
    ['won_without_amount', 'opportunities', 'serious', 'D2']
    >>> found.rows("won_without_amount")["key"].tolist()
    ['D2']
    """
    a_company(data, "rk.check")
    words = language_of(language)
    company = Company(data, words)
    found = list(_findings(company))
    found += use_findings(company, found)
    found.sort(key=lambda finding: finding.order)
    return Check(found, words, looked_from=company.looked_from)


def _findings(company: Company) -> Iterator[Finding]:
    """Yield the findings, table by table."""
    for note in company.store.at_load:
        yield noted(note, company.examined(note.table).total)
    for table in company.tables:
        yield from door_findings(company, table)
    for table in company.tables:
        for findings in (
            relation_findings, row_findings, spelling_findings, twin_findings, near_findings,
            swap_findings, clock_findings, coverage_findings,
        ):  # fmt: skip
            yield from findings(company, table)
    for across in (history_findings, currency_findings, jump_findings, filling_findings):
        yield from across(company)
