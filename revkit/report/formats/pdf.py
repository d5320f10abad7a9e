"""A report as one PDF, by Chromium or WeasyPrint: the first page, then each notebook's."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from html import escape
from importlib import import_module
from logging import CRITICAL, getLogger
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

from revkit.errors import ReportError, first_lines
from revkit.language import Language, language
from revkit.report.brand import Brand
from revkit.report.html import parsed, style

FILE = "report.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
LONGEST = 180
"""Seconds that a browser may take to print."""

SWITCHES = (
    "--headless", "--disable-gpu", "--disable-extensions", "--disable-dev-shm-usage",
    "--no-first-run", "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND",
    "--generate-pdf-document-outline",
)  # fmt: skip
"""Without a window, and without a network: a page needs none. Headings become bookmarks."""

PRINT = (
    "article { width: 100%; } "
    "article + article { margin-top: 12mm; border-top: 1px solid var(--ink); padding-top: 6mm; }"
)
"""A page follows the one before on the same sheet: a few lines take none of their own."""


def browser() -> str | None:
    """Return the place of Chromium or Chrome; None where there is neither."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def weasyprint() -> ModuleType | None:
    """Return the library that prints where there is no browser; None where it cannot be loaded."""
    try:
        return import_module("weasyprint")
    except (ImportError, OSError):  # the latter where Pango, which it draws with, is lacking
        return None


def check() -> None:
    """Refuse a PDF where nothing can print it.

    Raises
    ------
    ReportError
        When there is neither Chromium nor WeasyPrint.
    """
    if browser() is None and weasyprint() is None:
        raise ReportError.no_browser(BROWSERS)


def joined(
    pages: Mapping[str, str],
    title: str,
    words: Language | None = None,
    brand: Brand | None = None,
) -> str:
    """Return pages as one: the first, below the facts of the report, then the others.

    Links between them lead to their place in it.

    Parameters
    ----------
    pages
        HTML by file name, in order.
    brand
        Whose name, logo and colours it has.
    """
    articles: list[str] = []
    brand = brand or Brand()
    for name, html in pages.items():
        page = parsed(html)
        main = page.find("main")
        if not articles:
            for shown in reversed(page.select("header .brand, header .facts")):
                main.insert(0, shown)
        for link in main.select("a[href]"):
            if link["href"] in pages:
                link["href"] = f"#{link['href']}"
        articles.append(f'<article id="{escape(name)}">{main.decode_contents()}</article>')
    code = (words or language()).code
    return (
        f'<!DOCTYPE html><html lang="{code}"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'unsafe-inline'\"><title>{escape(title)}</title>"
        f'<style>{style(brand)}\n{PRINT}</style></head><body class="first"><main>'
        f"{''.join(articles)}</main></body></html>"
    )


def printed(html: str) -> bytes:
    """Return a page as PDF.

    Raises
    ------
    ReportError
        When nothing can print it, or that fails or takes too long.
    """
    check()
    if place := browser():
        return _by_browser(place, html)
    return _by_library(weasyprint(), html)


def _by_library(library: Any, html: str) -> bytes:
    """Print a page without a network; it tells of each rule for the screen, which is no news."""
    getLogger("weasyprint").setLevel(CRITICAL)
    fetcher = library.urls.URLFetcher(allowed_protocols={"data"})
    try:
        made: bytes = library.HTML(string=html, url_fetcher=fetcher).write_pdf()
    except Exception as error:
        raise ReportError.not_printed(first_lines(error)) from None
    return made


def _by_browser(browser: str, html: str) -> bytes:
    with TemporaryDirectory(prefix="revkit-pdf-") as place:
        page, out = Path(place, "page.html"), Path(place, FILE)
        page.write_text(html, encoding="utf-8", errors="replace")
        inside = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        profile = [f"--user-data-dir={place}/profile", f"--print-to-pdf={out}"]
        command = [browser, *SWITCHES, *inside, *profile, page.as_uri()]
        try:
            done = subprocess.run(  # noqa: S603  # a browser from PATH, on a page of our own
                command, capture_output=True, text=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            raise ReportError.not_printed(f"it was not done after {LONGEST} seconds") from None
        if done.returncode or not out.exists():
            last = (done.stderr.strip().splitlines() or [f"it left with {done.returncode}"])[-1]
            raise ReportError.not_printed(last)
        return out.read_bytes()
