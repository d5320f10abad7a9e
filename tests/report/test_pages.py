"""The kit's pages as files: how large they are, and that they need no network."""

import json
import os
import subprocess

import nbformat
import pytest

from revkit.report.brand import Brand
from revkit.report.edition import of_report
from revkit.report.formats.pdf import SWITCHES, browser
from revkit.report.html import Frame, page, style
from revkit.report.notebooks import chosen

LARGEST = 2_000_000
FRAME = Frame(("sample", "as of 31 December 2025"), ())


def made(file):
    notebook = of_report(nbformat.read(file, as_version=4))
    return page(notebook, title=file.stem, file=f"{file.stem}.html", frame=FRAME)


@pytest.mark.parametrize("name", chosen(()))
def test_a_page_is_small_enough_to_be_mailed(name):
    """As the notebook was run last; the style sheet and all pictures are in it."""
    assert len(made(chosen(())[name]).encode()) <= LARGEST


@pytest.fixture
def opened(tmp_path):
    """Open pages with the network off; return what they asked for and the size of their picture."""
    if browser() is None:
        pytest.skip("there is no Chromium or Chrome here")

    def show(html):
        (tmp_path / "page.html").write_text(html, encoding="utf-8")
        inside = ["--no-sandbox"] if os.geteuid() == 0 else []
        command = [browser(), *SWITCHES, *inside, "--proxy-server=127.0.0.1:9",
                   f"--user-data-dir={tmp_path}/profile", f"--log-net-log={tmp_path}/net.json",
                   "--window-size=800,1200", f"--screenshot={tmp_path}/page.png",
                   (tmp_path / "page.html").as_uri()]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        events = json.loads((tmp_path / "net.json").read_text())["events"]
        asked = [one["params"] for one in events if "initiator" in one.get("params", {})]
        own = "not an origin"  # the browser's own requests are no page's
        return (
            [one["url"] for one in asked if one["initiator"] != own],
            (tmp_path / "page.png").stat().st_size,
        )

    return show


def test_a_page_asks_for_nothing_and_shows_all_with_the_network_off(opened):
    asked, size = opened(made(chosen(())["02_churn"]))

    assert asked == []
    assert size > 20_000  # a white picture has a tenth of it


def test_what_a_page_would_ask_for_is_seen(opened):
    assert opened('<img src="http://x.example/a.png">')[0] == ["http://x.example/a.png"]


def test_a_phone_shows_charts_as_large_as_a_desk_does():
    """Eight points are eleven pixels where a chart is not scaled down; it scrolls to the side."""
    css = style(Brand())
    phone = css[css.index("@media (max-width: 520px)") : css.index("@page")]

    assert "section.output img { max-width: none; }" in phone
    assert "img { max-width: none; width" not in phone
