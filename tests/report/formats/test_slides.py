"""Slides of a report: a chart, its finding and its source on each."""

from base64 import b64encode
from datetime import date
from io import BytesIO
from textwrap import wrap

import matplotlib.pyplot as plt
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pptx import Presentation

from revkit.report.formats.slides import HIGH, WIDE, slides

DAY = date(2026, 3, 31)
EMU = 914_400


def picture(width: float, height: float) -> str:
    out = BytesIO()
    plt.figure(figsize=(width, height)).savefig(out, format="png")
    plt.close("all")
    return b64encode(out.getvalue()).decode()


def page(size=(8, 4), finding="Win rate fell <to> 30\u00a0%.", **told):
    output = new_output(
        "display_data",
        {"image/png": picture(*size)},
        metadata={"image/png": {"alt": finding, **told}},
    )
    cells = [new_markdown_cell("## Win *rate*"), new_code_cell("", outputs=[output])]
    return new_notebook(cells=cells)


def made(*pages, findings=("Churn rose.",)):
    content = slides(list(pages), "Report", ["sample", "as of 31 March 2026"], findings, DAY)
    deck = Presentation(BytesIO(content))
    return [list(slide.shapes) for slide in deck.slides]


def texts(shapes):
    return [shape.text_frame.text for shape in shapes if shape.has_text_frame]


def test_a_slide_for_each_chart_after_what_moved():
    first, second = made(("The funnel", page()))

    assert texts(first) == ["Report", "sample · as of 31 March 2026", "Churn rose."]
    assert texts(second) == [
        "Win rate fell <to> 30\u00a0%.",
        "The funnel · Win rate · sample · as of 31 March 2026",
    ]
    (chart,) = [shape for shape in second if not shape.has_text_frame]
    assert chart._element._nvXxPr.cNvPr.get("descr") == "Win rate fell <to> 30\u00a0%."


@pytest.mark.parametrize("size", [(8, 2), (3, 9), (4, 4)])
def test_a_chart_fits_the_slide_and_keeps_its_shape(size):
    (chart,) = [shape for shape in made(("P", page(size)))[1] if not shape.has_text_frame]

    assert chart.left >= 0
    assert chart.top >= 0
    assert chart.left + chart.width <= WIDE * EMU
    assert chart.top + chart.height <= HIGH * EMU
    assert chart.width / chart.height == pytest.approx(size[0] / size[1], rel=0.02)


def test_the_same_report_is_the_same_bytes():
    one, two = (slides([("P", page())], "R", [], ["a\x00b"], DAY) for _ in range(2))

    assert one == two


def test_a_chart_is_shown_sharp_where_it_was_drawn_so():
    sharp = picture(16, 8)

    _, shapes = made(("The funnel", page(sharp=sharp)))

    shown = next(shape for shape in shapes if shape.shape_type == 13)
    assert b64encode(shown.image.blob).decode() == sharp


@pytest.mark.parametrize("words", [8, 20, 60, 90])
def test_a_finding_of_any_length_stands_above_its_chart_and_is_large_enough_to_read(words):
    finding = " ".join(["revenue"] * words)

    shapes = made(("P", page(finding=finding)))[1]

    title, chart, source = shapes
    (run,) = title.text_frame.paragraphs[0].runs
    letters = (WIDE - 1.2) * 72 / (run.font.size.pt * 0.65)  # of DejaVu Sans Bold, a wide font
    lines = len(wrap(finding, int(letters)))
    assert run.text == finding
    assert title.top + lines * run.font.size.pt * 1.2 / 72 * EMU <= chart.top
    assert source.text_frame.paragraphs[0].runs[0].font.size.pt >= 12
    assert run.font.size.pt >= 12


def test_the_sentences_of_the_first_slide_stay_on_it():
    findings = [" ".join(["revenue"] * 25)] * 7

    *_, told = made(findings=findings)[0]

    (run,) = told.text_frame.paragraphs[0].runs
    letters = int((WIDE - 1.2) * 72 / (run.font.size.pt * 0.6))  # of DejaVu Sans
    rows = sum(len(wrap(finding, letters)) for finding in findings)
    high = (rows * 1.2 + len(findings) / 3) * run.font.size.pt / 72
    assert run.font.size.pt >= 12
    assert told.top / EMU + high <= HIGH
