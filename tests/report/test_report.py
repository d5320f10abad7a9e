"""A report from a small company and a notebook that fits in the head: one kernel for all."""

import json
import re
from datetime import date

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from revkit.analysis.watch.metrics.faults import Fault
from revkit.analysis.watch.metrics.rows import Window
from revkit.analysis.watch.result import Watch
from revkit.analysis.writing.finding import Finding, findings
from revkit.dataset import Dataset
from revkit.errors import DimensionError, FolderError, ParameterError, PeriodError, ReportError
from revkit.report.availability import prune
from revkit.report.formats import pdf
from revkit.report.html import Frame, offline, page
from revkit.report.overview.headlines import Tile, tiles
from revkit.report.overview.index import Chapter, findings_of, index
from revkit.report.overview.verdict import Verdict
from revkit.report.publish import build
from revkit.report.request import Order, plan

PARAMETERS = """\
data: str = "../data/sample"  # folder with the company's tables
mapping: str | None = None  # how its tables and columns are called
period: str = "month"  # day, week, month, quarter or year
start: str | None = None  # first day
end: str | None = None  # day after the last
as_of: str | None = None  # the day at whose end the company is known
where: dict[str, str] = {}  # dimension and value
by: str | None = "segment"  # dimension
"""

SHOW = """\
from IPython.display import HTML, Markdown, display
print("period", period, "and", where)
display(Markdown("an account called <script>alert(1)</script>"))
display(HTML("<table><tbody><tr><td>1.5</td></tr></tbody></table>"))
display({"application/vnd.revkit.findings+json": {"findings": ["Win rate <fell> to 50 %."]},
         "text/plain": "- Win rate"}, raw=True)
"""

MONTHS = pd.date_range("2026-01-01", periods=4, freq="MS")


def cell(source, *tags):
    return new_code_cell(source, metadata={"tags": list(tags)})


def company():
    """Two deals closed in each of four months; the second month wins both."""
    created = [day for day in MONTHS for _ in range(2)]
    won = [True, False, True, True, True, False, False, False]
    return pd.DataFrame(
        {
            "opportunity_id": [f"o{number}" for number in range(8)],
            "created_on": created,
            "closed_on": [day + pd.Timedelta(days=27) for day in created],
            "is_won": won,
            "amount": 100.0,
            "segment": ["SMB", "Enterprise"] * 4,
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """``data/opportunities.csv`` and ``books/01_deals.ipynb``, ``books/02_broken.ipynb``."""
    root = tmp_path_factory.mktemp("report")
    (root / "data").mkdir()
    (root / "books").mkdir()
    company().to_csv(root / "data" / "opportunities.csv", index=False)
    first = [
        new_markdown_cell("# Where do *deals* go?\n\n[Source](https://example.org/a)"),
        cell(PARAMETERS, "parameters"),
        cell(SHOW, "needs:opportunities"),
        cell("display(leads)", "needs:leads", "needs:opportunities.stage"),
    ]
    second = [
        new_markdown_cell("# Broken"),
        cell(PARAMETERS, "parameters"),
        cell("print('before')"),
        cell("raise ValueError(f'no sense in {data}')"),
    ]
    third = [
        new_markdown_cell("# Who leaves?"),
        cell(PARAMETERS, "parameters"),
        cell("import nothing_like_this"),
        cell("churn", "needs:subscriptions"),
    ]
    for name, cells in {"01_deals": first, "02_broken": second, "03_churn": third}.items():
        write(new_notebook(cells=cells), root / "books" / f"{name}.ipynb")
    return root


def order(folder, *names, **asked):
    books = [str(folder / "books" / f"{name}.ipynb") for name in names]
    return Order(str(folder / "data"), notebooks=books, **asked)


@pytest.fixture(scope="module")
def made(folder):
    """The report of the whole folder after one of its good notebooks, and what it told."""
    out = folder / "out" / "latest"
    told = []
    good = build(plan(order(folder, "01_deals", "03_churn", where={"segment": "SMB"})), out,
                 tell=lambda *word: told.append(word))  # fmt: skip
    before = (out / "index.html").read_bytes()
    bad = build(plan(order(folder, "02_broken")), out, tell=lambda *word: told.append(word))
    return good, bad, before, told


@pytest.mark.parametrize("works", [True, False])
def test_files_lie_beside_the_pages_or_are_a_failure(folder, tmp_path, monkeypatch, works):
    def printed(html):
        if not works:
            raise ReportError.not_printed("no")
        return html.encode()

    monkeypatch.setattr(pdf, "check", lambda: None)
    monkeypatch.setattr(pdf, "printed", printed)
    asked = order(
        folder, "03_churn", where={"segment": "SMB"}, formats=("html", "pdf", "xlsx", "pptx")
    )
    report = build(plan(asked), tmp_path / "out", tell=lambda *_: None)

    made = {file.suffix for file in report.folder.glob("report.*")}
    assert made == ({".pdf", ".xlsx", ".pptx"} if works else {".xlsx", ".pptx"})
    assert (report.folder / "03_churn.html").exists()
    assert list(report.failures) == ([] if works else ["report.pdf"])


def text(made, name="01_deals.html"):
    return (made[0].folder / name).read_text()


def test_two_at_a_time_make_the_same_pages(folder, made, tmp_path):
    asked = order(folder, "01_deals", "03_churn", where={"segment": "SMB"}, jobs=2)
    report = build(plan(asked), tmp_path / "two", tell=lambda *_: None)

    pages = {path.name: path.read_bytes() for path in sorted(report.folder.glob("*.html"))}
    assert pages.keys() == {"index.html", "01_deals.html", "03_churn.html"}
    assert pages["index.html"] == made[2]
    assert pages["01_deals.html"] == (made[0].folder / "01_deals.html").read_bytes()


def test_notebooks_are_told_of_as_they_run(made):
    assert made[3] == [
        ("01_deals", "runs"),
        ("01_deals", "done"),
        ("03_churn", "not shown"),
        ("02_broken", "runs"),
        ("02_broken", "failed"),
    ]


def test_page_shows_outputs_and_no_code(made):
    html = text(made)

    assert "period month and {'segment': 'SMB'}" in html
    assert '<td class="number">1.5</td>' in html
    assert "import" not in re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    assert "display(" not in html


def test_content_stays_text(made):
    assert "<script" not in text(made)
    assert "&lt;script&gt;alert(1)" in text(made)
    assert "Win rate &lt;fell&gt; to 50 %." in text(made, "index.html")


def test_pages_ask_the_network_for_nothing(made):
    files = list(made[0].folder.glob("*.html"))
    assert files
    for file in files:
        html = file.read_text()
        assert "default-src 'none'" in html
        assert not re.search(r"""(src|href|@import|url\()\s*=?\s*["'(]?\s*(https?:)?//""", html)
    assert "Source (example.org/a)" in text(made)


def test_pages_do_not_say_where_the_machine_keeps_things(folder, made):
    for report in made[:2]:
        files = list(report.folder.glob("*.html"))
        assert files
        for file in files:
            assert str(folder) not in file.read_text()


def test_part_without_its_tables_says_which(made):
    assert (
        "This part needs the table leads and the column stage of opportunities, "
        "which this data does not have." in text(made)
    )


def test_notebook_with_nothing_left_is_not_run_and_says_so(made):
    assert "This page needs the table subscriptions" in text(made, "03_churn.html")
    assert "it needs the table subscriptions" in text(made, "index.html")


def test_index_links_pages_and_names_the_filter(made):
    html = text(made, "index.html")

    assert '<a href="01_deals.html">Where do deals go?</a>' in html
    assert "only segment SMB" in html
    assert "as of 28 April 2026" in html


def test_failure_leaves_the_former_report_and_the_executed_copy(made):
    good, bad, before, _ = made

    assert bad.folder.name == "latest-failed"
    assert "no sense in" in bad.failures["02_broken"]
    assert (good.folder / "index.html").read_bytes() == before
    copy = json.loads((bad.folder / "02_broken.ipynb").read_text())
    assert any(out["output_type"] == "error" for c in copy["cells"] for out in c.get("outputs", []))
    assert "02_broken could not be finished" in (bad.folder / "index.html").read_text()
    assert "before" in (bad.folder / "02_broken.html").read_text()


def test_nothing_is_left_aside(made):
    assert {path.name for path in made[0].folder.parent.iterdir()} == {"latest", "latest-failed"}


def test_folder_that_is_no_report_is_not_replaced(folder):
    with pytest.raises(FolderError, match=r"data holds 'opportunities\.csv'\. Move that"):
        build(plan(order(folder, "01_deals")), folder / "data", tell=lambda *_: None)


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"settings": {"perod": "month"}}, ParameterError, "did you mean 'period'?"),
        ({"settings": {"by": "segmnt"}}, DimensionError, "'segment'"),
        ({"settings": {"start": "2026-02-01", "end": "2026-01-01"}}, PeriodError, "not before"),
        ({"where": {"segmnt": "SMB"}}, DimensionError, "'segment'"),
        ({"as_of": "2026-02-30"}, PeriodError, "2026-02-30"),
    ],
)
def test_order_is_checked_before_anything_runs(folder, asked, error, message):
    with pytest.raises(error, match=message):
        plan(order(folder, "01_deals", **asked))


def test_unknown_notebook_names_the_nearest(folder):
    with pytest.raises(ReportError, match=r"no notebook '01_funel'.*did you mean '01_funnel'\?"):
        plan(Order(str(folder / "data"), notebooks=["01_funel"]))


def test_pruning_keeps_what_needs_nothing():
    data = Dataset(opportunities=company())
    needs = {"1": [], "2": ["leads"], "3": ["leads"], "4": ["stages"], "5": ["opportunities"]}
    cells = [cell(name, *(f"needs:{table}" for table in tables)) for name, tables in needs.items()]

    notebook, missing = prune(new_notebook(cells=cells), data)

    assert [c.source for c in notebook.cells] == [
        "1",
        "Not shown here. This part needs the tables leads and stages, "
        "which this data does not have.",
        "5",
    ]
    assert missing.absent == ("leads", "stages")
    assert missing.of(["leads.channel"]).absent == ("leads",)


def test_filter_takes_what_it_cannot_narrow_and_leaves_what_is_looked_up():
    day, money = ["2026-01-31"], [10.0]
    spend = pd.DataFrame(
        {"spend_id": ["s"], "spent_on": day, "function": ["sales"], "amount": money}
    )
    reps = pd.DataFrame({"rep_id": ["r"]})
    data = Dataset(opportunities=company(), spend=spend, reps=reps).where(segment="SMB")
    cells = [cell("1", "needs:spend", "needs:opportunities"), cell("2", "needs:reps")]

    notebook, _ = prune(new_notebook(cells=cells), data)

    assert notebook.cells[0].source.endswith("needs spend, which cannot be narrowed by segment.")
    assert notebook.cells[1].source == "2"


def test_table_without_rows_is_as_good_as_none():
    one = pd.DataFrame({"lead_id": ["l"], "created_at": pd.to_datetime(["2026-01-31"])})

    notebook, missing = prune(
        new_notebook(cells=[cell("1", "needs:leads"), cell("2", "needs:opportunities")]),
        Dataset(opportunities=company(), leads=one[:0]),
    )

    assert missing.empty == ("leads",)
    assert notebook.cells[0].source.endswith("needs leads, which has no rows here.")


def test_tiles_compare_the_last_complete_period_with_the_one_before():
    found = {tile.title: tile for tile in tiles(Dataset(opportunities=company()), period="month")}

    win_rate = found["Win rate"]
    assert (win_rate.when, win_rate.sample, win_rate.small) == ("Mar 2026", "n = 2", False)
    assert win_rate.value == "50.0\u00a0%"
    assert win_rate.change.endswith("on Feb 2026, too few or too unequal rows to tell"), "said once"
    assert win_rate.tone == ""
    assert "Net revenue retention" not in found


def test_the_first_page_names_the_unfinished_period_once():
    before = tiles(Dataset(opportunities=company(), as_of="2026-06-28"), period="quarter")

    html = index(
        title="t", frame=Frame((), ()), company="", verdict=Verdict(""), tiles=before, moved=None,
        told=[], period="quarter", unfinished=before[0].aside, chapters=[],
    )  # fmt: skip

    assert html.count("Q2 2026 is not over: 2 days are to come.") == 1


def test_a_tile_has_its_verdict_beside_the_change_so_that_values_and_trends_line_up():
    tile = Tile("MRR", "€1", "", "Q1", "", "+€1 on Q4", "", "", False,
                picture='<svg class="trend"></svg>', verdict="as usual")  # fmt: skip
    html = index(
        title="t", frame=Frame((), ()), company="", verdict=Verdict(""), tiles=[tile], moved=None,
        told=[], period="quarter", unfinished="", chapters=[],
    )  # fmt: skip

    made = BeautifulSoup(html, "html.parser").select_one(".tile").find_all(recursive=False)
    order = [(each.get("class") or [each.name])[0] for each in made]
    assert order[:5] == ["h3", "value", "trend", "mark", "change"]


def test_the_first_page_of_a_report_names_the_period_that_lacks_its_last_days(folder):
    """Also where no quarter is over yet, so that no number can be shown."""
    named = {}
    for name, settings in {
        "all": {},
        "march": {"end": "2026-04-01"},
        "q2": {"period": "quarter"},
    }.items():
        asked = order(folder, "03_churn", as_of="2026-04-29", settings=settings)
        made = build(plan(asked), folder / "out" / name, tell=lambda *_: None)
        named[name] = re.findall(r"\w+ 2026 is not over[^<]*", text((made,), "index.html"))

    assert named["all"] == ["Apr 2026 is not over: 1 day is to come."]
    assert named["march"] == []
    assert named["q2"] == ["Q2 2026 is not over: 62 days are to come."]


def test_findings_are_collected_by_kind():
    shown = {"application/vnd.revkit.findings+json": {"findings": ["a", "b"]}}
    output = new_output("display_data", data=shown)
    notebook = new_notebook(cells=[new_code_cell("", outputs=[output, output])])

    assert findings_of(notebook) == ("a", "b")


def test_a_page_says_what_the_first_page_says_of_its_findings_and_keeps_the_others():
    said = [Finding("R1 (a)", front="a"), Finding("b"), Finding("R2 (c)", front="")]
    output = new_output("display_data", data=findings(said)._repr_mimebundle_())
    kept = new_output("display_data", data=findings(said[2:])._repr_mimebundle_())
    model, words = (
        new_notebook(cells=[new_code_cell("", outputs=[one])]) for one in (output, kept)
    )
    chapters = [
        Chapter("10.html", "Model", findings_of(model)),
        Chapter("11.html", "Words", findings_of(words)),
    ]
    html = index(
        title="t", frame=Frame((), ()), company="", verdict=Verdict(""), tiles=[], moved=None,
        told=[], period="quarter", unfinished="", chapters=chapters,
    )  # fmt: skip
    page = BeautifulSoup(html, "html.parser")

    assert [one.get_text() for one in page.select(".chapters li")] == ["a", "b"]
    assert page.select_one(".chapters p a").get_text() == "1 more"
    assert "To look up: Words" in " ".join(page.get_text().split())


def test_widgets_and_warnings_leave_no_trace():
    widget = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "interactive(…)"}
    outputs = [
        new_output("display_data", data=widget),
        new_output("stream", name="stderr", text="FutureWarning"),
    ]
    notebook = new_notebook(cells=[new_code_cell("", outputs=outputs)])

    html = page(notebook, title="t", file="t.html", frame=Frame((), ()))

    assert "interactive" not in html
    assert "FutureWarning" not in html


def test_inner_links_stay_links():
    assert offline('<a href="index.html">Overview</a>') == '<a href="index.html">Overview</a>'


def test_a_report_is_italian_around_the_notebooks(folder):
    asked = order(folder, "03_churn", language="it", where={"segment": "SMB"})
    made = build(plan(asked), folder / "out" / "italian", tell=lambda *word: None)
    index, churn = text((made,), "index.html"), text((made,), "03_churn.html")

    assert '<html lang="it">' in index
    assert "Report dei ricavi: data" in index
    assert re.search(r"al \d+ aprile 2026", index)
    assert "solo segment SMB" in index
    assert "Tasso di vincita" in index
    assert "Ultimo periodo completo (mese)" in index
    assert "Periodo non concluso, apr 2026: mancano ancora 2 giorni alla fine." in index
    assert ">Panoramica</a>" in churn
    assert ">Abbandono</a>" in churn
    assert "Non mostrato qui. Questa pagina richiede la tabella subscriptions" in churn
    assert "1 tabella da" in index
    with pytest.raises(ParameterError, match="'en', 'it'"):
        plan(order(folder, "03_churn", language="fr"))


def test_a_notebook_that_takes_a_language_is_run_in_it(folder, tmp_path):
    cells = [cell(PARAMETERS + 'language: str = "en"  # en or it', "parameters"), cell("language")]
    write(new_notebook(cells=cells), tmp_path / "05_words.ipynb")
    notebooks = [str(tmp_path / "05_words.ipynb")]

    for language, taken in ((None, "en"), ("it", "it")):
        planned = plan(Order(str(folder / "data"), notebooks=notebooks, language=language))
        assert planned.jobs[0].parameters["language"] == taken


@pytest.mark.parametrize("faults", [(), (Fault("leads", "channel", 20, 0.0, 0.2),)])
def test_the_first_page_says_what_moved_or_that_nothing_did(faults):
    found = Watch(Window(2023 * 12, 36, date(2025, 12, 31)), faults=faults)
    html = index(
        title="t", frame=Frame((), ()), company="", verdict=Verdict(""), tiles=[], moved=found,
        told=[], period="quarter", unfinished="", chapters=[],
    )  # fmt: skip
    assert "What moved in the last 24 months" in html
    assert ("channel is missing in 20.0" in html) == bool(faults)
    assert ("Nothing moved" in html) == (not faults)


def test_a_picture_s_description_stays_text():
    picture = new_output(
        "display_data", {"image/png": "AAAA"}, metadata={"image/png": {"alt": 'x" onload="y <b>'}}
    )
    shown = new_notebook(cells=[new_code_cell("", outputs=[picture])])
    html = page(shown, title="t", file="t.html", frame=Frame((), ()))

    (image,) = BeautifulSoup(html, "html.parser").find_all("img")
    assert image["alt"] == 'x" onload="y <b>'
    assert set(image.attrs) == {"alt", "src"}


def test_a_later_report_tells_what_was_restated_since_the_last(folder, tmp_path):
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    rows = company()
    books = [str(folder / "books" / "03_churn.ipynb")]
    pages = []
    for day in ("2026-03-31", "2026-04-15", "2026-04-29"):
        rows[rows["closed_on"] <= day].to_csv(data / "opportunities.csv", index=False)
        build(plan(Order(str(data), notebooks=books, as_of=day)), out, tell=lambda *_: None)
        pages.append((out / "index.html").read_text())
        if day == "2026-04-15":
            rows.loc[2, "is_won"] = False

    assert "Finished periods" not in pages[0]
    assert "Finished periods read as in the report as of 31 March 2026." in pages[1]
    assert "Finished periods that read otherwise than as of 15 April 2026" in pages[2]
    assert re.search(r"Win rate, Feb 2026: 100.0\s% then, 50.0\s% now", pages[2])
    assert "Rows of opportunities: 1 changed (o2)." in pages[2]


def test_the_first_page_has_three_findings_of_a_page_and_none_that_it_told_already():
    told = Chapter("02.html", "Churn", ("moved", "a", "b", "c", "d")).without(["moved"])
    silent = Chapter("00.html", "Tour", ("Nothing here stands out by more than noise.",))
    html = index(
        title="t", frame=Frame((), ()), company="", verdict=Verdict(""), tiles=[], moved=None,
        told=[], period="quarter", unfinished="", chapters=[told, silent.without([])],
    )  # fmt: skip
    page = BeautifulSoup(html, "html.parser")

    assert [item.get_text() for item in page.select(".chapters li")] == ["a", "b", "c"]
    assert page.select_one(".chapters p a").get_text() == "1 more"
    assert "Nothing more stands out on: Tour" in " ".join(page.get_text().split())


def test_a_tile_tells_the_plan_and_the_distance_from_it():
    starts = [f"2026-0{month}-01" for month in (1, 2, 3)]
    plans = pd.DataFrame({
        "target_id": list("abc"), "measure": "new_mrr", "kind": "plan", "starts_on": starts,
        "ends_on": ["2026-02-01", "2026-03-01", "2026-04-01"], "amount": [100.0, 100.0, 150.0],
        "submitted_on": "2025-12-01",
    })  # fmt: skip
    paid = pd.DataFrame({
        "account_id": list("ab"), "subscription_id": list("ab"), "line": "1", "mrr": [90.0, 120.0],
        "started_on": ["2026-02-10", "2026-03-10"], "ended_on": None,
    })  # fmt: skip
    made = tiles(Dataset(subscriptions=paid, targets=plans, as_of="2026-03-31"), period="month")
    (new,) = [tile for tile in made if tile.title == "New MRR"]

    assert (new.value, new.target) == ("120", "Plan: 150 (\u221230.00)")
