"""A report's charts as slides: a chart, its finding and its source on each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO
from textwrap import wrap
from typing import TYPE_CHECKING, Any
from unicodedata import category
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from revkit.report.brand import DEFAULTS, Brand
from revkit.report.formats.contents import Picture, charts

if TYPE_CHECKING:
    from pptx.presentation import Presentation

FILE = "report.pptx"

WIDE, HIGH = 13.333, 7.5
"""Inches of a slide, sixteen to nine."""

EDGE, TOP, FOOT = 0.6, 1.7, 0.6
"""Inches around the chart: at its sides, for the finding above it, and for the source below."""

BLANK = 6
"""Layout without placeholders, of the library's own template."""

HEAD = 1.2
"""Inches of height for the finding."""

SMALL = 12
"""Points of the smallest text: less is not read from a chair."""

HEADS, LISTED = (26, 20, 16, 14, SMALL), (18, 16, 14, SMALL)
"""Points of the finding above a chart, and of those of the first slide: the first that fits."""

BOLD, LEADING, BETWEEN = 0.68, 1.2, 1 / 3
"""Width of a letter of bold text, height of a line and of the gap after one, in its points.

They are those of a wide font: which one the reader's machine has is not known.
"""


def slides(
    pages: Sequence[tuple[str, Any]],
    title: str,
    facts: Iterable[str],
    findings: Sequence[str],
    made: date,
    brand: Brand | None = None,
) -> bytes:
    """Return slides: what moved, then a slide for each chart of the pages.

    Parameters
    ----------
    pages
        The title of each page and its executed notebook.
    title, facts
        Of the report; the facts stand below each chart as its source.
    findings
        Sentences of the first slide.
    made
        The day that the file says it was made on.
    brand
        Whose name, logo and colours they have.
    """
    brand = brand or Brand()
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDE), Inches(HIGH)
    day = datetime.combine(made, time())
    deck.core_properties.title, deck.core_properties.author = title, "revkit"
    deck.core_properties.created = deck.core_properties.modified = day
    source = " · ".join(facts)
    _opening(deck, title, source, findings, brand)
    for page, notebook in pages:
        for block in charts(notebook):
            about = page if block.heading in ("", page) else f"{page} · {block.heading}"
            said = block.data.finding or block.heading
            _chart(deck, block.data, said, f"{about} · {source}", brand)
    out = BytesIO()
    deck.save(out)
    return _undated(out)


def _undated(made: BytesIO) -> bytes:
    """Return an archive without the time at which each part was written."""
    out = BytesIO()
    with ZipFile(made) as parts, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            archive.writestr(ZipInfo(name), parts.read(name), ZIP_DEFLATED)
    return out.getvalue()


def _opening(
    deck: Presentation, title: str, source: str, findings: Sequence[str], brand: Brand
) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    _logo(slide, brand)
    if brand.name:
        _text(slide, [brand.name], top=0.4, high=0.4, points=16)
    _text(slide, [title], top=0.9, high=0.9, points=34, bold=True, colour=brand.accent)
    _text(slide, [source], top=1.7, high=0.4, points=14)
    points, needed = _fitting(findings, LISTED, HIGH - 3)
    _text(slide, list(findings), top=2.5, high=needed, points=points)


def _logo(slide: Any, brand: Brand) -> None:
    """Put the logo into the upper right corner."""
    from pptx.util import Inches

    if brand.logo is None:
        return
    shape = slide.shapes.add_picture(BytesIO(brand.logo.content), 0, 0)
    scale = min(Inches(2.4) / shape.width, Inches(0.7) / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape.left, shape.top = Inches(WIDE - EDGE) - shape.width, Inches(0.3)
    shape._element._nvXxPr.cNvPr.set("descr", _printable(brand.name))


def _chart(deck: Presentation, picture: Picture, finding: str, source: str, brand: Brand) -> None:
    from pptx.util import Inches

    slide = deck.slides.add_slide(deck.slide_layouts[BLANK])
    points, needed = _fitting([finding], HEADS, HEAD)
    _text(slide, [finding], top=0.4, high=needed, points=points, bold=True, colour=brand.ink)
    top = TOP + max(0, needed - HEAD)
    across, up = WIDE - 2 * EDGE, HIGH - top - FOOT - 0.2
    shape = slide.shapes.add_picture(BytesIO(picture.png), 0, 0)
    scale = min(Inches(across) / shape.width, Inches(up) / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape.left = int((Inches(WIDE) - shape.width) / 2)
    shape.top = int(Inches(top) + (Inches(up) - shape.height) / 2)
    shape._element._nvXxPr.cNvPr.set("descr", finding)
    _text(slide, [source], top=HIGH - FOOT, high=0.4, points=SMALL)


def _fitting(lines: Sequence[str], sizes: Sequence[int], high: float) -> tuple[int, float]:
    """Return the first points at which lines take no more inches than there are, and how many.

    The last of the sizes is taken in any case: smaller is not read.
    """
    points, needed = sizes[-1], high
    for points in sizes:
        letters = int((WIDE - 2 * EDGE) * 72 / (points * BOLD))
        rows = sum(len(wrap(line, letters)) for line in lines)
        needed = (rows * LEADING + len(lines) * BETWEEN) * points / 72
        if needed <= high:
            break
    return points, needed


def _text(
    slide: Any,
    lines: Sequence[str],
    *,
    top: float,
    high: float,
    points: int,
    bold: bool = False,
    colour: str = DEFAULTS["ink"],
) -> None:
    """Write lines in a box as wide as the slide."""
    from pptx.dml.color import RGBColor
    from pptx.util import Inches, Pt

    box = slide.shapes.add_textbox(Inches(EDGE), Inches(top), Inches(WIDE - 2 * EDGE), Inches(high))
    frame = box.text_frame
    frame.word_wrap = True
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = _printable(line)
        run.font.size, run.font.bold = Pt(points), bold
        red, green, blue = bytes.fromhex(colour.removeprefix("#"))
        run.font.color.rgb = RGBColor(red, green, blue)  # type: ignore[no-untyped-call]
        paragraph.space_after = Pt(points * BETWEEN)


def _printable(text: str) -> str:
    """Return text without the control signs and half characters that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\n\t" or category(sign) not in ("Cc", "Cs"))
