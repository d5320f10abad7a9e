"""One PDF of all pages: what it holds, and what happens where it cannot be printed."""

import re
import sys

import pytest
from bs4 import BeautifulSoup

from revkit.errors import ParameterError, ReportError
from revkit.report.formats import pdf
from revkit.report.request import Order, plan

needs_browser = pytest.mark.skipif(pdf.browser() is None, reason="Chromium is not installed")

PAGES = {
    "index.html": '<header>x</header><main><a href="01.html">one</a> <a href="#top">up</a></main>',
    "01.html": '<main><p>a <b>page</b></p><a href="index.html">back</a></main><footer>y</footer>',
}


def test_the_pages_follow_each_other_and_link_within():
    soup = BeautifulSoup(pdf.joined(PAGES, "<Us> & them"), "html.parser")

    assert [article["id"] for article in soup.find_all("article")] == ["index.html", "01.html"]
    assert [link["href"] for link in soup.find_all("a")] == ["#01.html", "#top", "#index.html"]
    assert soup.title.text == "<Us> & them"
    assert not soup.find_all(["header", "footer", "script"])


def test_it_begins_with_the_brand_and_the_facts_of_the_report():
    facts = '<p class="facts"><span>as of 31 March 2026</span></p>'
    index = f'<header><p class="brand">ACME</p><nav>x</nav>{facts}</header><main><h1>R</h1></main>'
    soup = BeautifulSoup(pdf.joined({"index.html": index, "01.html": index}, "R"), "html.parser")

    first, second = soup.find_all("article")
    assert first.get_text("|") == "ACME|as of 31 March 2026|R"
    assert second.get_text("|") == "R"


ROW = "<tr><td>row</td></tr>"
FIGURE = '<figure id="{0}-2"><div style="height: 50mm">chart</div></figure>'
TOGETHER = {
    "heading": '<h2 id="{0}-1">Churn</h2><section class="prose"><p>By month.</p></section>'
    f'<section class="output">{FIGURE}</section>',
    "so": f'<section class="output">{FIGURE.replace("-2", "-1")}</section>'
    '<section class="output"><p id="{0}-2">So ask why.</p></section>',
    "tiles": '<p id="{0}-1">The last quarter.</p><div class="tiles">'
    + '<div class="tile"><p style="height: 12mm">tile</p></div>' * 9
    + '<div class="tile" id="{0}-2"><p>tile</p></div></div>',
    "short": '<section class="output"><div><strong id="{0}-1">NRR</strong></div><div><table><tbody>'
    f'{ROW * 9}<tr id="{{0}}-2"><td>last</td></tr></tbody></table></div></section>',
    "long": f"<table><thead><tr><th>Head</th></tr></thead><tbody>{ROW * 25}"
    f'<tr id="{{0}}-1"><td>third from below</td></tr>{ROW}<tr id="{{0}}-2"><td>last</td></tr>'
    "</tbody></table>",
    "last words": '<section class="prose"><h2 id="{0}-1">What this page cannot tell</h2>'
    f'<ul>{"<li>Much.</li>" * 5}</ul><p id="{{0}}-2">What would change it.</p></section>',
}
"""What is read together, from its first to its last element."""

GAPS = {"long": range(40, 148, 4)}
"""Millimetres above it on its sheet, of 266; others begin near the sheet's end."""


@pytest.fixture(scope="module")
def sheets():
    """The sheet of each element that has a name, in a PDF that a browser printed, and the PDF."""
    kinds = [
        (f"{kind.replace(' ', '_')}{gap}", gap, content)
        for kind, content in TOGETHER.items()
        for gap in GAPS.get(kind, (225, 240, 255))
    ]
    blocks = [
        f'<div style="break-before: page; height: {gap}mm">{name}</div>{content.format(name)}'
        for name, gap, content in kinds
    ]
    links = [f'<a href="#{name}-{end}">x</a>' for name, *_ in kinds for end in (1, 2)]
    page = f"<main>{''.join(links)}{''.join(blocks)}</main>"
    made = pdf.printed(pdf.joined(PAGES | {"02.html": page}, "sheets"))
    places = re.findall(rb"/([\w.-]+) \[(\d+) 0 R /XYZ", made)
    return {name.decode(): sheet for name, sheet in places}, made


@needs_browser
@pytest.mark.parametrize("kind", TOGETHER)
def test_what_is_read_together_is_printed_on_one_sheet(kind, sheets):
    found = {name: sheet for name, sheet in sheets[0].items() if name.startswith(kind[:4])}

    assert len(found) >= 6
    for name, sheet in found.items():
        assert sheet == found[f"{name[:-1]}1"], name


@needs_browser
def test_a_short_page_takes_no_sheet_of_its_own_and_headings_are_bookmarks(sheets):
    made = sheets[1]

    assert made.startswith(b"%PDF-")
    assert b"/Outlines" in made
    assert sheets[0]["01.html"] == sheets[0]["index.html"]


def test_without_a_browser_it_is_refused_before_anything_runs(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # importing it fails

    with pytest.raises(ReportError, match=r"needs Chromium or Chrome.*revkit\[pdf\].*leave pdf"):
        plan(Order(data="nowhere", formats=("html", "pdf")))


def test_an_unknown_format_is_refused():
    with pytest.raises(ParameterError, match="format='docx' is not one of html, pdf"):
        plan(Order(data="nowhere", formats=("docx",)))


@pytest.mark.parametrize("script", ["exit 1", "echo no space left >&2; exit 3", "exit 0"])
def test_a_browser_that_prints_nothing_is_told(script, tmp_path, monkeypatch):
    stand_in = tmp_path / "chromium"
    stand_in.write_text(f"#!/bin/sh\n{script}\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ReportError, match=r"The PDF was not printed: (no space left|it left with)"):
        pdf.printed("<main></main>")


class Printed:
    """A stand-in for WeasyPrint that notes what it is given."""

    def __init__(self, failing=False):
        self.failing, self.urls = failing, self

    def URLFetcher(self, **allowed):  # noqa: N802  # the library's name
        return allowed

    def HTML(self, **given):  # noqa: N802  # the library's name
        self.given = given
        return self

    def write_pdf(self):
        if self.failing:
            raise ValueError("no font")
        return b"%PDF-"


def test_without_a_browser_weasyprint_prints_and_reaches_for_nothing(monkeypatch):
    library = Printed()
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "weasyprint", library)

    assert pdf.printed("<main></main>") == b"%PDF-"
    given = {"string": "<main></main>", "url_fetcher": {"allowed_protocols": {"data"}}}
    assert library.given == given


def test_weasyprint_that_fails_is_told(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "weasyprint", Printed(failing=True))

    with pytest.raises(ReportError, match=r"The PDF was not printed: no font"):
        pdf.printed("<main></main>")


def test_weasyprint_prints_a_page_as_it_is(monkeypatch):
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        pytest.skip(f"WeasyPrint cannot be loaded: {error}")
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)

    made = pdf.printed("<main><h1>Report</h1><img src='https://example.org/x.png'></main>")

    assert weasyprint.__version__
    assert made.startswith(b"%PDF-")
    assert b"example.org" not in made
