"""One PDF of all pages: what it holds, and what happens where it cannot be printed."""

import re

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


@needs_browser
def test_a_browser_prints_every_page():
    made = pdf.printed(pdf.joined(PAGES, "two pages"))

    assert made.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", made)) == 2


def test_without_a_browser_it_is_refused_before_anything_runs(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)

    with pytest.raises(ReportError, match=r"needs Chromium or Chrome.*leave pdf out"):
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

    with pytest.raises(ReportError, match=r"did not print the PDF: (no space left|it left with)"):
        pdf.printed("<main></main>")
