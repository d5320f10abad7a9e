"""The dashboard of a company: what its tables allow, on a port that is free."""

import socket

import pytest

from revkit.errors import ReportError, SourceError
from revkit.report.dashboard import NOTEBOOK, prepared, serve
from revkit.report.request import Order

SUBSCRIPTIONS = "subscription_id,account_id,started_on,ended_on,mrr\ns,a,2025-01-01,,100\n"
DEALS = "opportunity_id,created_on,closed_on,is_won\no,2026-01-05,2026-02-01,true\n"


@pytest.mark.parametrize(
    ("table", "text", "levers"),
    [("subscriptions", SUBSCRIPTIONS, True), ("opportunities", DEALS, False)],
)
def test_levers_are_there_where_there_is_a_plan(tmp_path, table, text, levers):
    (tmp_path / f"{table}.csv").write_text(text)

    made = prepared(Order(str(tmp_path), notebooks=[str(NOTEBOOK)], language="it"))

    code = "\n".join(cell.source for cell in made.notebook.cells if cell.cell_type == "code")
    assert "explore(company)" in code
    assert 'language = "it"' in code
    assert ("what_if(company)" in code) == levers


def test_a_company_that_is_not_there_is_refused():
    with pytest.raises(SourceError, match="nowhere"):
        prepared(Order("nowhere", notebooks=[str(NOTEBOOK)]))


def test_a_port_that_is_taken_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ReportError, match=f"port {port} .* Name another with --port"):
            serve(None, port)
