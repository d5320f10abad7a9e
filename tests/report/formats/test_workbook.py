"""The workbook of a report: typed cells, inert text, links, and the same bytes each time."""

import re
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from python_calamine import CalamineWorkbook

import revkit as rk
from revkit.analysis.writing.frames import raw
from revkit.report.formats.workbook import workbook

DAY = date(2026, 3, 31)


def page(*frames: pd.DataFrame, heading: str = "## Win rate"):
    """A notebook that shows each frame as a table, as a kernel of a report does."""
    outputs = [
        new_output("display_data", {raw.MIME: {"parts": [raw.part(frame)]}}) for frame in frames
    ]
    return new_notebook(cells=[new_markdown_cell(heading), new_code_cell("", outputs=outputs)])


def sheets(content: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def xml(content: bytes) -> str:
    with ZipFile(BytesIO(content)) as parts:
        return "".join(
            parts.read(name).decode()
            for name in parts.namelist()
            if name.endswith((".xml", ".rels"))
        )


def test_numbers_are_numbers_and_days_are_days():
    rates = rk.metrics.win_rate(rk.example("deals"), period="quarter")
    made = sheets(workbook([("Funnel", page(rates))], "Report", ["sample"], DAY))

    assert list(made) == ["Contents", "Funnel 1"]
    rows = made["Funnel 1"]
    assert rows[0][0] == "Funnel: Win rate"
    head = next(at for at, row in enumerate(rows) if row[0] == "period")
    first = dict(zip(rows[head], rows[head + 1], strict=True))
    assert first["period"] in (rates["period"].iloc[0].date(), rates["period"].iloc[0])
    assert first["value"] == pytest.approx(rates["value"].iloc[0])
    assert first["n"] == rates["n"].iloc[0]
    assert first["small"] is bool(rates["small"].iloc[0])


def test_what_is_not_known_is_empty_and_units_are_formats():
    frame = pd.DataFrame({"a": [0.25, float("nan")], "b": [None, "x"], "c": [1234.5, 1.0]})
    frame.attrs = {"units": {"a": "share", "c": ("money", "days")}}
    content = workbook([("P", page(frame))], "Report", [], DAY)

    assert sheets(content)["P 1"][4:6] == [[0.25, "", 1234.5], ["", "x", 1.0]]
    assert 'formatCode="0.0%"' in xml(content)
    assert 'formatCode="0.0"' in xml(content)
    assert 'formatCode="#,##0.00"' in xml(content)


def test_money_says_its_currency_and_rates_of_a_scorecard_are_in_percent():
    card = rk.scorecard(rk.example("retention"), metrics=["nrr", "mrr"], period="month")
    card.attrs["currency"] = "EUR"
    content = workbook([("P", page(card))], "Report", [], DAY)

    assert 'formatCode="#,##0.00 &quot;EUR&quot;"' in xml(content)
    assert 'formatCode="0.0%"' in xml(content)
    assert 'formatCode="0.00"' not in xml(content)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1+1", "@SUM(1)", "{=1}", "http://x"])
def test_text_that_looks_like_a_formula_or_a_link_stays_text(name):
    content = workbook([(name, page(pd.DataFrame({"name": [name]})))], name, [name], DAY)
    made = sheets(content)

    assert [name] in made[list(made)[1]]
    assert made["Contents"][0][0] == name
    assert "<f>" not in xml(content)
    assert "External" not in xml(content)


def test_the_contents_lead_to_each_sheet_and_back():
    pages = [("Plan", page(pd.DataFrame({"a": [1]}))), ("plan", page(pd.DataFrame({"b": [2]})))]
    content = workbook(pages, "Report", [], DAY)

    assert list(sheets(content)) == ["Contents", "Plan 1", "plan 2"]
    for target in ("'Plan 1'!A1", "'plan 2'!A1", "'Contents'!A1"):
        assert f'location="{target}"' in xml(content)


def test_names_of_sheets_are_those_that_excel_allows():
    name = "Who's [left]: a/b\\c? * and a very long name indeed"
    (sheet,) = list(sheets(workbook([(name, page(pd.DataFrame({"a": [1]})))], "R", [], DAY)))[1:]

    assert len(sheet) <= 31
    assert not set("[]:*?/\\'") & set(sheet)


def test_the_same_report_is_the_same_bytes():
    one, two = (workbook([("P", page(pd.DataFrame({"a": [1]})))], "R", [], DAY) for _ in range(2))

    assert one == two


def test_a_table_carries_its_data_only_where_a_report_asks(monkeypatch):
    table = rk.table(rk.metrics.win_rate(rk.example("deals"), period="quarter"))
    assert table._repr_mimebundle_() == {}

    monkeypatch.setenv(raw.WANTED, "1")
    (part,) = table._repr_mimebundle_()[raw.MIME]["parts"]
    assert part["title"] == "Win rate"
    units = {column["name"]: column["unit"] for column in part["columns"]}
    assert (units["period"], units["value"], units["n"]) == ("day", "share", None)


def test_moments_and_lists_are_written_as_days_and_text():
    frame = pd.DataFrame({"when": [datetime(2026, 1, 2, 3)], "which": [["a", "b"]]})
    (row,) = raw.part(frame)["rows"]

    assert row == ["2026-01-02", "a, b"]


def test_every_table_of_an_assessment_is_written():
    """Its measures have units of their own and no metric."""
    deals = pd.DataFrame({"opportunity_id": [f"d{at}" for at in range(12)]})
    found = rk.assess(rk.Dataset(opportunities=deals.assign(
        created_on="2026-01-02", closed_on="2026-02-03", is_won=True, amount=1.0
    )))  # fmt: skip
    frames = [found, found.measures, found.questions, found.first, found.tools]

    made = sheets(workbook([("Model", page(*frames))], "Report", [], DAY))
    assert len(made) == 1 + len(frames)


def test_every_sheet_prints_across_one_sheet_of_paper_with_its_headings_on_each():
    frame = pd.DataFrame({f"column {at}": [at] for at in range(30)})
    content = workbook([("P", page(frame))], "Report", [], DAY)

    with ZipFile(BytesIO(content)) as parts:
        drawn = [parts.read(f"xl/worksheets/sheet{at}.xml").decode() for at in (1, 2)]
    for sheet in drawn:
        assert '<pageSetUpPr fitToPage="1"/>' in sheet
        assert 'fitToHeight="0" orientation="landscape"' in sheet
        assert 'showGridLines="0"' in sheet
    assert "'P 1'!$4:$4" in xml(content)


def test_a_number_stands_below_its_heading_and_has_no_more_digits_than_are_read():
    frame = pd.DataFrame(
        {"name": ["a", "b"], "leads": [1234.0, 215.27962890561], "year": [2025, 2026]}
    )
    frame.attrs = {"units": {"leads": "count"}}
    content = workbook([("P", page(frame))], "Report", [], DAY)

    with ZipFile(BytesIO(content)) as parts:
        styles = re.findall(
            r'<c r="[BC][45]" s="(\d+)"', parts.read("xl/worksheets/sheet2.xml").decode()
        )
        known = parts.read("xl/styles.xml").decode().partition("<cellXfs")[2].split("<xf ")[1:]
    assert len(styles) == 3  # the year is shown as it is
    assert ['horizontal="right"' in known[int(at)] for at in styles] == [True, True, False]
    assert 'formatCode="#,##0"' in xml(content)
    assert 'formatCode="#,##0.00"' in xml(content)
