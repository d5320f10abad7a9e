"""A browser, and what it opens: a report made once, and servers that end with their test."""

import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from revkit.report.formats.pdf import browser as chromium

HOME = Path(__file__).parents[2]
SAMPLE = HOME / "data" / "sample"
PICTURES, LARGEST = HOME / "build" / "pictures", 200_000
STARTS, RUNS = 120, 180
"""Seconds that a server may take to answer, and a notebook or a report's page to be ready."""

SWITCHES = (
    "--no-sandbox", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""For a browser that root starts, in a container, and that finds no address but this machine's."""


def pytest_collection_modifyitems(items):
    """Leave all out, with the reason, where there is nothing to open a page with."""
    reason = missing()
    for item in items:
        if reason and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason=reason))


def missing():
    if chromium() is None:
        return "no Chromium here; on Debian: apt install chromium"
    absent = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
    return f"make test-browser installs {absent[0]}" if absent else ""


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium(), args=[*SWITCHES])
        yield opened
        opened.close()


@pytest.fixture
def tab(browser):
    """A page of its own, with what it asked of the network and said to the console."""
    opened = browser.new_page(viewport={"width": 1200, "height": 860}, device_scale_factor=1.5)
    opened.set_default_timeout(RUNS * 1000)
    opened.told, opened.asked = [], []
    opened.on("pageerror", lambda error: opened.told.append(str(error)))
    opened.on("console", lambda said: said.type == "error" and opened.told.append(said.text))
    opened.on("request", lambda request: opened.asked.append(request.url))
    yield opened
    opened.close()


def pictured(tab, name):
    """Leave a picture of what the window shows, small enough for the README."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    file = PICTURES / f"{name}.png"
    tab.screenshot(path=file)
    Image.open(file).quantize(128).save(file, optimize=True)

    assert file.stat().st_size <= LARGEST


def outside(addresses):
    """Those that lead away from this machine."""
    near = ("data:", "blob:", "file:", "about:", "http://127.0.0.1:", "ws://127.0.0.1:")
    return [address for address in addresses if not address.startswith(near)]


def changed(tab, drawn, before):
    """Wait for another picture in the place of one, and return it."""
    for _ in range(10 * RUNS):
        if drawn.count() and (now := drawn.last.get_attribute("src")) != before:
            return now
        tab.wait_for_timeout(100)
    return pytest.fail("the picture stays as it was")


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def serving(command, port, **how):
    """Run a server of this machine until the test is over; what it says is in a file."""
    with subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True, **how,
    ) as server:  # fmt: skip
        try:
            wait_for(server, port)
            yield server
        finally:
            stop(server)


def wait_for(server, port):
    end = time.monotonic() + STARTS
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"it ended: {server.stdout.read()[-2000:]}")
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.3)
    pytest.fail("it does not answer")


def stop(server):
    """End a server politely, then it and all that it started."""
    server.terminate()
    try:
        server.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.communicate()
