"""Brand of a report: what it may say, what is refused, and where it is shown."""

from base64 import b64decode
from io import BytesIO

import pytest
from nbformat.v4 import new_notebook
from PIL import Image, ImageFile
from pptx import Presentation
from typer.testing import CliRunner

from revkit.cli import app
from revkit.errors import BrandError
from revkit.report.brand import CONTRAST, GROUNDS, Brand, Logo, contrast, read_brand
from revkit.report.formats.pdf import joined
from revkit.report.formats.slides import slides
from revkit.report.html import Frame, page
from tests.support.small_report import company, nothing_to_run


def picture(size=(40, 20), kind="PNG"):
    out = BytesIO()
    Image.new("RGB", size, "#336699").save(out, kind)
    return out.getvalue()


def brand(folder, text, logo=None):
    if logo is not None:
        (folder / "logo.png").write_bytes(logo)
    (folder / "brand.yaml").write_text(text)
    return folder / "brand.yaml"


def test_a_brand_is_read(tmp_path):
    file = brand(tmp_path, 'name: Acme\nlogo: logo.png\ncolours: {accent: "#7A1F4F"}', picture())

    read = read_brand(file)

    assert (read.name, read.accent, read.logo.width) == ("Acme", "#7a1f4f", 40)
    assert read.style == ":root { --accent: #7a1f4f; --ink: #1f2933; }"
    assert b64decode(read.logo.address.partition("base64,")[2]) == picture()
    assert read_brand(None).style == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "describes no brand. Write one or more of name, logo, colours in it."),
        ("[a]", "describes no brand"),
        ("a: &x [1]\nb: *x", "cannot be read"),
        ("colors: {}", "has 'colors', which is none of name, logo, colours"),
        ("name: 3", "name is a text of 60 letters at most; 3 is not"),
        ("name: " + "x" * 61, "name is a text of 60 letters at most"),
        ('name: "a\\u202eb"', "name is a text of 60 letters at most"),
        ("colours: '#123456'", "colours is accent, ink, each with a colour"),
        ('colours: {accnt: "#123456"}', "'colours: accnt', which is none of accent, ink"),
        ("colours:\n  accent: #1f5f8b", "is a colour in quotes, such as \"#1f5f8b\"; None is none"),
        ("colours: {accent: red}", "'red' is none"),
        ('colours: {accent: "#fff}</style><script>"}', "is a colour in quotes"),
        ('colours: {accent: "#ffcc00"}', "a contrast of 1.5 to white, and text needs 4.5"),
        ("logo: 3", "The logo '3' cannot be used: it is no name of a file"),
        ("logo: nowhere.png", "The logo 'nowhere.png' cannot be used: No such file"),
        ('logo: "a\\0b"', "cannot be used"),
        ("logo: brand.yaml", "it is no PNG or JPEG picture"),
    ],
)  # fmt: skip
def test_what_is_no_brand_is_refused(tmp_path, text, sentence):
    with pytest.raises(BrandError) as refused:
        read_brand(brand(tmp_path, text))

    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG" + bytes(200_000), "larger than 200 kB"),
        (picture()[:60], "no PNG or JPEG picture"),
        (picture((2001, 1)), "longer than 2,000 pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG or JPEG picture"),
        (picture(kind="GIF"), "no PNG or JPEG picture"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path, content, sentence, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint has it

    with pytest.raises(BrandError, match=sentence):
        read_brand(brand(tmp_path, "logo: logo.png", content))


def test_a_brand_that_is_not_there_is_refused_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    company(tmp_path)

    done = CliRunner().invoke(app, ["report", "--data", "crm", "--brand", "nowhere.yaml"])

    assert done.exit_code == 2
    assert done.stderr.startswith("revkit report: The brand nowhere.yaml cannot be read: ")


@pytest.mark.parametrize("colour", ["#ffcc00", "#ff0000", "#00ff7f", "#ffffff", "#777777"])
def test_the_colour_that_is_proposed_can_be_read(tmp_path, colour):
    with pytest.raises(BrandError) as refused:
        read_brand(brand(tmp_path, f'colours: {{ink: "{colour}"}}'))

    proposed = str(refused.value).split('"')[-2]
    assert all(contrast(proposed, ground) >= CONTRAST for ground in GROUNDS.values())


def test_every_page_carries_it_and_a_name_is_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    company(tmp_path)
    nothing_to_run(tmp_path)
    text = "name: '<b>&Acme'\nlogo: logo.png\ncolours: {accent: '#7a1f4f'}"
    brand(tmp_path, text, picture())

    done = CliRunner().invoke(app, ["report", "--data", "crm", "--notebooks", "books", "--out",
                                    "out", "--brand", "brand.yaml"])  # fmt: skip

    assert done.exit_code == 0, done.output
    for name in ("index.html", "01_first.html"):
        html = (tmp_path / "out" / name).read_text()
        assert "--accent: #7a1f4f" in html
        assert 'src="data:image/png;base64,' in html
        assert "&lt;b&gt;&amp;Acme</p>" in html


SHOWN = Brand("<Acme>", Logo(picture(), "PNG", 40, 20), "#7a1f4f", "#101010")


def test_the_pdf_begins_with_it():
    html = page(new_notebook(), title="One", file="1.html", frame=Frame((), (), brand=SHOWN))

    whole = joined({"1.html": html, "2.html": html}, "Report", brand=SHOWN)

    assert whole.count("&lt;Acme&gt;") == 1
    assert whole.count("data:image/png") == 1
    assert "--accent: #7a1f4f" in whole


def test_slides_begin_with_it():
    from datetime import date

    made = slides([], "Report", [], ["Nothing moved."], date(2026, 1, 1), SHOWN)

    first = Presentation(BytesIO(made)).slides[0]
    logo = next(shape for shape in first.shapes if shape.shape_type == 13)
    assert logo.image.blob == picture()
    assert logo.width == pytest.approx(2 * logo.height, rel=0.01)
    boxes = {one.text_frame.text: one.text_frame for one in first.shapes if one.has_text_frame}
    assert [*boxes][:2] == ["<Acme>", "Report"]
    assert str(boxes["Report"].paragraphs[0].runs[0].font.color.rgb) == "7A1F4F"
