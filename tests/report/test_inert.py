"""What a company's rows and profiles hold stays text, or stays out, in every file of a report."""

import zipfile
from html import unescape
from io import BytesIO

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pptx import Presentation
from typer.testing import CliRunner

from revkit.cli import app
from tests.support.small_report import book

NAMES = [
    "<script>alert(1)</script>", '=HYPERLINK("http://x.example","y")', '"><img src=x onerror=a>',
    "'; DROP TABLE deals; --", "+1+cmd|' /C calc'!A0", "a&b {{ 7*7 }} ${x} %s",
]  # fmt: skip
LOAD = """\
import revkit as rk
company = rk.load(data, as_of=as_of).where(where)"""
SHOW = """\
import matplotlib.pyplot as plt
by = rk.metrics.win_rate(company, by="segment", period=None)
rk.findings([rk.say.contrast(by), by["segment"].iloc[0]])
ax = rk.charts.by_group(by)
rk.charts.headline(ax, by["segment"].iloc[0])
plt.show()
rk.table(by)"""
PROCESSES = """\
import psutil
print([one.cmdline() for one in (psutil.Process(), *psutil.Process().parents())])"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A report in all formats on deals with such names, with a receiver of alerts that is dead."""
    home = tmp_path_factory.mktemp("inert")
    deals = pd.DataFrame({"opportunity_id": [f"d{at}" for at in range(240)], "segment": NAMES * 40})
    deals = deals.assign(created_on="2026-01-02", closed_on="2026-02-03", amount=10.0, kind="new")
    deals["is_won"] = deals.index % 7 < 3
    (home / "crm").mkdir()
    deals.to_csv(home / "crm" / "opportunities.csv", index=False)
    book(home / "books", "01_names", LOAD, SHOW, PROCESSES)
    (home / "alerts.yaml").write_text("alerts:\n  - {rule: win_rate < 99 %, send: sales}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setenv("REVKIT_SALES", "json://ann:s3cret@127.0.0.1:9/?token=t0ken")
        done = CliRunner().invoke(
            app, ["report", "--data", "crm", "--notebooks", "books", "--as-of", "2026-02-28",
                  "--alerts", "alerts.yaml", "--format", "xlsx,pptx", "--out", "out"],
        )  # fmt: skip
    assert done.exit_code == 3, done.output
    return done, {path.name: path.read_bytes() for path in (home / "out").iterdir()}


def test_no_secret_is_in_any_file_or_line(made):
    done, files = made
    inside = [
        zipfile.ZipFile(BytesIO(content)).read(part)
        for name, content in files.items() if name.endswith(("xlsx", "pptx"))
        for part in zipfile.ZipFile(BytesIO(content)).namelist()
    ]  # fmt: skip

    assert "sales was not reached" in done.stderr
    for content in [done.output.encode(), done.stderr.encode(), *files.values(), *inside]:
        assert b"s3cret" not in content
        assert b"t0ken" not in content
    assert b"REVKIT_SALES" not in files["01_names.html"]


@pytest.mark.parametrize("name", ["index.html", "01_names.html"])
def test_markup_stays_text(made, name):
    page = BeautifulSoup(made[1][name].decode(), "html.parser")

    assert not page.find_all(["script", "iframe", "object", "form", "base", "link"])
    assert all(str(image["src"]).startswith("data:") for image in page.find_all("img"))
    assert not [
        mark for tag in page.find_all(True) for mark in tag.attrs if mark.lower().startswith("on")
    ]
    assert not [link for link in page.find_all("a") if ":" in str(link.get("href"))]


def test_all_names_are_shown_as_they_are(made):
    page = BeautifulSoup(made[1]["01_names.html"].decode(), "html.parser").get_text()

    assert [name for name in NAMES if name not in page] == []


def test_formulas_stay_text_in_the_workbook(made):
    parts = zipfile.ZipFile(BytesIO(made[1]["report.xlsx"]))
    whole = "".join(parts.read(name).decode() for name in parts.namelist())
    texts = unescape(parts.read("xl/sharedStrings.xml").decode())

    assert [name for name in NAMES if name not in texts] == []
    assert "<f>" not in whole
    assert 'TargetMode="External"' not in whole


def test_slides_lead_nowhere_and_show_the_name(made):
    deck = Presentation(BytesIO(made[1]["report.pptx"]))
    texts = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes
             if shape.has_text_frame]  # fmt: skip

    assert any(text.casefold() in map(str.casefold, NAMES) for text in texts)
    for slide in deck.slides:
        kinds = {str(part.reltype).rpartition("/")[2] for part in slide.part.rels.values()}
        assert kinds <= {"image", "slideLayout"}
