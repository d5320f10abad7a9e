"""HTML page of one executed notebook: prose, tables and charts, without code, offline."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from revkit.language import Language, language
from revkit.report.brand import Brand

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/plain",
)
_DROPPED_TAGS = {"parameters", "injected-parameters", "papermill-error-cell-tag"}
_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Frame:
    """The navigation and facts around the content of every page of one report.

    ``facts`` are the short lines under the brand: company, as-of date, period, filter.
    ``pages`` are the other pages: file name and title. ``words`` is the language, ``brand`` whose
    report it is.
    """

    facts: tuple[str, ...]
    pages: tuple[tuple[str, str], ...]
    words: Language = field(default_factory=language)
    brand: Brand = field(default_factory=Brand)


def page(notebook: Any, *, title: str, file: str, frame: Frame, error: str | None = None) -> str:
    """Return the page of an executed notebook.

    Parameters
    ----------
    notebook
        Executed; its code, parameters, warnings and widgets are left out.
    title
        Plain text.
    file
        The page's own file name, marked in the navigation.
    error
        The sentence of the cell that failed, shown where the page ends.
    """
    body, _ = _exporter().from_notebook_node(
        _shown(notebook),
        resources={
            "revkit": {"title": title, "file": file, "frame": frame, "error": error},
            "style": style(frame.brand),
        },
    )
    return together(offline(linked(str(body), {name for name, _ in frame.pages})))


def title_of(notebook: Any, default: str) -> str:
    """Return the first heading of a notebook, without its marks.

    >>> from types import SimpleNamespace as Cell
    >>> first = Cell(cell_type="markdown", source="# Who *leaves*?")
    >>> title_of(Cell(cells=[first]), default="02_churn")
    'Who leaves?'
    """
    for cell in notebook.cells:
        heading = re.search(r"^#\s+(.+)$", cell.source, flags=re.MULTILINE)
        if cell.cell_type == "markdown" and heading:
            return re.sub(r"[*_`]", "", heading[1]).strip()
    return default


def linked(html: str, pages: Collection[str]) -> str:
    """Return HTML whose links to notebooks lead to their pages; to no page, they are plain text.

    >>> linked('<a href="01_funnel.ipynb">funnel</a> <a href="x.ipynb">x</a>', ["01_funnel.html"])
    '<a href="01_funnel.html">funnel</a> x'
    """
    soup = parsed(html)
    for link in soup.select('a[href$=".ipynb"]'):
        name = str(link["href"]).removesuffix(".ipynb")
        if "/" in name or ":" in name:
            continue
        if f"{name}.html" in pages:
            link.attrs = {"href": f"{name}.html"}
        else:
            link.unwrap()
    return str(soup)


def offline(html: str) -> str:
    """Return a page without addresses: an outside link becomes its text and the bare address.

    >>> offline('<a href="https://example.org/a">Source</a>')
    'Source (example.org/a)'
    """
    soup = parsed(html)
    for link in soup.select('a[href^="//"], a[href^="http://"], a[href^="https://"]'):
        address = str(link["href"]).partition("//")[2].rstrip("/")
        if address not in link.get_text():
            link.append(f" ({address})")
        link.unwrap()
    return str(soup)


_SIGN = re.compile(r"([+−])(?=[€$£¥])")


def together(html: str) -> str:
    """Return HTML in which no line ends between a sign and its currency.

    >>> together("by −€12").encode("ascii", "xmlcharrefreplace")
    b'by &#8722;&#8288;&#8364;12'
    """
    return _SIGN.sub("\\1\u2060", html)


def parsed(html: str) -> Any:
    """Parse HTML, each attribute with the value it has, however often it is said."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "html.parser", multi_valued_attributes=None)


def prose(markdown: str) -> str:
    """Return computed Markdown as HTML; tags in it are data, and stay text.

    >>> prose("**Acme** <script>")
    '<p><strong>Acme</strong> &lt;script&gt;</p>'
    """
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return str(MarkdownWithMath(renderer=IPythonRenderer(escape=True)).render(markdown)).strip()


def style(brand: Brand) -> str:
    """Return the style sheet that every page of a brand carries."""
    return (TEMPLATES / "report.css").read_text(encoding="utf-8") + brand.style


@cache
def _exporter() -> Any:
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = list(SHOWN)
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = _DROPPED_TAGS
    config.HTMLExporter.filters = {"aligned": aligned, "prose": prose}
    return HTMLExporter(
        config=config,
        template_name="page",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )


def _shown(notebook: Any) -> Any:
    """Return a copy with only the outputs that a reader is meant to see."""
    from copy import deepcopy

    shown = deepcopy(notebook)
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _visible(output)]
    return shown


def _visible(output: Any) -> bool:
    if output.output_type == "error" or output.get("name") == "stderr":
        return False
    if output.output_type == "stream":
        return bool(output.text.strip())
    data = output.data
    return any(kind in data for kind in SHOWN[:-1]) or (
        "text/plain" in data and _WIDGET not in data
    )


_NUMBER = re.compile(r"[-+−]?\s?[€$£]?\s?\d[\d.,  ]*\s?(%|[a-z]{1,6})?|NaN|NaT|–|—|")


def aligned(html: str) -> str:
    """Return HTML whose tables have their columns of numbers aligned to the right.

    >>> aligned("<table><tbody><tr><th>a</th><td>1.5</td></tr></tbody></table>")
    '<table><tbody><tr><th>a</th><td class="number">1.5</td></tr></tbody></table>'
    """
    if "<tbody>" not in html:
        return html
    soup = parsed(html)
    for own in soup.select("style[scoped]"):
        own.decompose()
    for table in soup.find_all("table"):
        rows = [row.find_all(["th", "td"]) for row in table.select("tbody tr")]
        heads = [row.find_all("th") for row in table.select("thead tr")]
        for row in table.select("thead tr"):
            del row["style"]
        for column in range(max(map(len, rows), default=0)):
            cells = [row[column] for row in rows if column < len(row)]
            texts = [cell.get_text().strip() for cell in cells]
            if any(texts) and all(_NUMBER.fullmatch(text) for text in texts):
                under = [row[column] for row in heads if column < len(row)]
                for cell in [*cells, *under]:
                    cell["class"] = "number"
    return str(soup)
