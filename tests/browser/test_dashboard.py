"""The dashboard for colleagues: it draws, answers, shows no code and asks for its key."""

import sys

import pytest

from tests.browser.conftest import SAMPLE, changed, free_port, outside, pictured, serving


@pytest.fixture(scope="module")
def address():
    """The address that the command prints, its key in it."""
    port = free_port()
    command = [sys.executable, "-c", "from revkit.cli import main; main()", "dashboard"]
    with serving([*command, "--data", SAMPLE, "--port", port], port) as server:
        line = server.stdout.readline()
        assert f"open http://127.0.0.1:{port}/?token=" in line
        yield line.split()[1]


def test_its_drop_downs_and_sliders_change_the_pictures(tab, address):
    tab.goto(address)
    levers = tab.locator(".widget-slider")
    levers.first.wait_for()
    metric, plan = tab.locator(".jp-OutputArea .jp-OutputArea", has=tab.locator("img")).all()
    for area, move in (
        (
            metric,
            lambda: tab.get_by_label("Metric").select_option(label="Monthly recurring revenue"),
        ),
        (metric, lambda: tab.get_by_label("Dimension").select_option(label="segment")),
        (plan, lambda: levers.first.locator(".noUi-handle").press("ArrowRight")),
    ):
        drawn = area.locator("img")
        before = drawn.get_attribute("src")
        move()
        changed(tab, drawn, before)

    assert tab.get_by_label("Code").filter(visible=True).count() == 0
    assert tab.locator(".jp-InputArea-editor").count() == 0
    assert tab.locator(".jp-RenderedText[data-mime-type*=stderr]").count() == 0
    assert outside(tab.asked) == []
    assert tab.told == []
    tab.get_by_label("Metric").scroll_into_view_if_needed()
    pictured(tab, "dashboard")


def test_without_its_key_it_shows_nothing(tab, address):
    tab.goto(address.partition("?")[0])

    assert "/login" in tab.url
    assert tab.locator(".widget-dropdown, .widget-slider").count() == 0
