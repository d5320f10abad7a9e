"""What an analyst looks up of a metric: its help, its card and its SQL."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import revkit as rk
from revkit.algebra.cards.published import published
from revkit.algebra.registry import METRICS


@pytest.mark.parametrize("name", ["win_rate", "nrr", "speed_to_lead", "mrr"])
def test_help_begins_with_title_unit_and_an_example(name):
    metric = getattr(rk.metrics, name)

    first, example, *rest = metric.__doc__.split("\n\n")

    assert first.startswith(f"{metric.title}: {metric.unit}, ")
    assert example.startswith(">>> ")
    assert not example.splitlines()[-1].startswith(">>>")  # its result stands below it
    assert "\n\n".join(rest) == metric.doc


def test_help_of_a_metric_without_a_docstring_is_its_title(monkeypatch):
    monkeypatch.setitem(METRICS, "deals_asked_about", None)  # gone again for other tests

    @rk.metric(title="Deals asked about", owner="SalesOps", unit="count", better="neither")
    def deals_asked_about(opportunities):
        return rk.Total(opportunities, at="created_on").count()

    assert deals_asked_about.__doc__ == "Deals asked about: count, neither is better."


def test_a_card_shows_what_was_published_with_segment_source_and_year():
    card = rk.metrics.nrr._repr_html_()

    assert "contracts below 25 k, 939 firms: typically 97 %, at best 105 % (optif.ai, 2025)" in card
    assert "no pass mark" in card
    assert "Published" not in rk.metrics.new_mrr._repr_html_()


def test_every_published_figure_is_of_a_metric_and_has_segment_source_and_year():
    assert set(published()) <= set(rk.metrics.__all__)
    for name, figures in published().items():
        unit = getattr(rk.metrics, name).unit
        for one in figures:
            assert one.segment
            assert one.source
            assert 1990 < one.year < 2030
            numbers = [end for end in (one.low, one.typical, one.high) if end == end]
            assert numbers == sorted(numbers) != []
            assert unit != "share" or max(numbers) <= 1


def test_printed_sql_has_the_tables_by_their_own_names(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    deals = pd.DataFrame(
        {
            "opportunity_id": ["1", "2"],
            "created_on": ["2026-01-01", "2026-01-02"],
            "closed_on": ["2026-02-01", "2026-02-02"],
            "is_won": [True, False],
        }
    )
    deals.astype(str).to_csv(folder / "opportunities.csv", index=False)
    deals.to_parquet(tmp_path / "opportunities.parquet")

    for data in (rk.load(folder), rk.load(tmp_path / "opportunities.parquet"),
                 rk.Dataset(opportunities=deals)):  # fmt: skip
        queries = rk.metrics.win_rate.sql(data)
        assert set(re.findall(r"FROM (\S+) AS", str(queries))) == {'"opportunities"'}


def test_sql_is_printed_as_sql():
    queries = rk.metrics.win_rate.sql(rk.example("deals"))

    assert f"{queries}" == ";\n\n".join([*queries, ""]).rstrip("\n")
    assert queries[0].startswith("SELECT\n  ")
    assert "\\n" not in repr(queries)
