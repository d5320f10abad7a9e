"""What `n` counts: the rows of a value's own sample, under the noun of its metric."""

from __future__ import annotations

import revkit as rk
from revkit.algebra.formula import tree
from revkit.analysis.writing.formatting import ROWS, _keyed, noun
from revkit.catalogue import known
from revkit.examples import example
from revkit.schema.tables import TABLES

FORMULAS = [metric for metric in known().values() if metric.kind == "formula"]

NARROWED = {"csat": {"tickets"}}
"""Metrics that count some rows of a table by a name of their own: the answered tickets."""


def test_n_counts_what_its_heading_says():
    """Spend and quotas, which are known in full, are no sample of opportunities or accounts."""
    wrong = {}
    for metric in FORMULAS:
        tables = {leaf.table for leaf, _ in tree.sample_leaves(metric.formula())}
        nouns = {ROWS.get(one) or _keyed(one) for one in tables if one in ROWS or one in TABLES}
        if others := nouns - {"rows", noun(metric)} - NARROWED.get(metric.name, set()):
            wrong[metric.name] = others

    assert wrong == {}


def test_n_of_a_return_is_of_the_row_s_own_channel():
    """Two won deals were touched by search, one of them by events, too."""
    by_channel = rk.metrics.roi(
        example("pipeline"), by="channel", period="quarter", start="2026-01-01", within=60
    )

    assert by_channel["n"].tolist() == [1, 2, 0]


def test_n_of_shared_amounts_counts_an_opportunity_once():
    """Two touches of one channel share one opportunity; they are not two."""
    company = example("pipeline")
    shares = rk.metrics.attributed_pipeline(company, period="quarter", start="2026-01-01")
    created = rk.metrics.pipeline_created(company, period="quarter", start="2026-01-01")

    assert shares["n"].tolist() == created["n"].tolist()


def test_n_of_a_sum_over_spend_is_of_its_largest_part():
    """New customers alone bring the MRR of some months, which no expansion adds to."""
    found = rk.metrics.sales_efficiency(example("economics"), period="month", start="2026-01-01")

    assert (found["value"] > 0).all()
    assert (found["n"] > 0).all()
