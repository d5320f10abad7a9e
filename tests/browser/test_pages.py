"""Every page of a report as people open it: on a phone, a tablet, a screen and on paper."""

import subprocess
import sys

import pytest

from tests.browser.conftest import HOME, SAMPLE, outside, pictured

PAGES = ["index", *sorted(file.stem for file in (HOME / "notebooks").glob("*.ipynb"))]
WIDTHS = (360, 768, 1280)
SHEET = 688
"""Pixels between the margins of an A4 sheet."""

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
NOT_HELD = {
    "scrollable-region-focusable",  # Chromium and Firefox lead the Tab key to what scrolls
    "empty-table-header",  # a column of arrows, and the names of rows, say what they are
}

BEYOND = """paper => {
  const edge = document.documentElement.clientWidth;
  const called = one => `${one.tagName} ${one.className} "${one.textContent.trim().slice(0, 40)}"`;
  const cut = one => {
    const right = one.getBoundingClientRect().right;
    for (let at = one.parentElement; at; at = at.parentElement) {
      const kept = getComputedStyle(at).overflowX;
      if (!paper && (kept === 'auto' || kept === 'scroll')) return false;
      if (kept !== 'visible' && right > at.getBoundingClientRect().right + 1) return true;
    }
    return right > edge + 1;
  };
  const found = [...document.querySelectorAll('body *')].filter(cut).map(called);
  return document.documentElement.scrollWidth > edge ? ['the page', ...found] : found;
}"""
"""What ends right of the window, or of a part that neither shows it nor scrolls to it, as paper
never does."""


SMALLEST = 9
"""Pixels of the smallest letters that people read on a phone."""

LETTERS = """() => {
  const drawn = one => one.getScreenCTM().a * parseFloat(getComputedStyle(one).fontSize);
  const scale = one => one.clientWidth / one.naturalWidth;
  return {
    pictures: [...document.querySelectorAll('section.output img')].map(scale),
    letters: [...document.querySelectorAll('svg text')].map(drawn),
  };
}"""
"""How far charts are scaled down, and the size of letters in pictures of lines, in pixels."""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The folder of the sample company's report, made once for all pages."""
    folder = tmp_path_factory.mktemp("report") / "pages"
    command = [sys.executable, "-c", "from revkit.cli import main; main()", "report"]
    asked = ["--data", SAMPLE, "--out", folder, "--jobs", "1"]
    subprocess.run([*command, *map(str, asked)], check=True, timeout=900)
    return folder


def opened(tab, report, name):
    tab.goto((report / f"{name}.html").as_uri())
    return tab


@pytest.mark.parametrize("name", PAGES)
def test_nothing_leads_off_the_side_at_any_width(tab, report, name):
    page = opened(tab, report, name)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})

        assert page.evaluate(BEYOND, False) == [], f"at {width} pixels"


@pytest.mark.parametrize("name", PAGES)
def test_letters_of_charts_are_as_large_on_a_phone_as_on_a_desk(tab, report, name):
    page = opened(tab, report, name)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    seen = page.evaluate(LETTERS)
    assert min(seen["pictures"], default=1) > 0.99
    assert min(seen["letters"], default=SMALLEST) >= SMALLEST


@pytest.mark.parametrize("name", PAGES)
def test_a_sheet_of_paper_holds_every_column(tab, report, name):
    page = opened(tab, report, name)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": SHEET, "height": 900})

    assert page.evaluate(BEYOND, True) == []


@pytest.mark.parametrize("name", PAGES)
def test_contrast_headings_and_names_are_as_readers_need_them(tab, report, name):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(tab, report, name)
    asked = {"runOnly": {"type": "tag", "values": [*RULES]}, "resultTypes": ["violations"]}
    for width in (WIDTHS[0], WIDTHS[-1]):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options=asked).response["violations"]
        told = [
            (rule["id"], node["html"][:120], node["failureSummary"])
            for rule in found
            for node in rule["nodes"]
            if rule["id"] not in NOT_HELD
        ]

        assert told == [], f"at {width} pixels"


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_nothing_of_a_network_and_complains_of_nothing(tab, report, name):
    page = opened(tab, report, name)

    assert outside(page.asked) == []
    assert page.told == []


def test_the_first_page_is_pictured(tab, report):
    page = opened(tab, report, "index")
    page.locator("h1").evaluate("title => window.scrollTo(0, title.offsetTop - 12)")

    pictured(page, "first_page")
