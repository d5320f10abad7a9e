"""Every text a reader sees has its Italian, and numbers and dates follow the locale."""

import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

import revkit as rk
from revkit.analysis.scorecards.display import FAMILIES
from revkit.analysis.writing.formatting import Quantity
from revkit.catalogue import known
from revkit.errors import ParameterError, Reason, TableError
from revkit.language import LANGUAGES, Language, in_language, language, use_language
from revkit.language.catalogue import po_file

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
KEYWORDS = {**DEFAULT_KEYWORDS, "message": None, "Reason": None}
PLACEHOLDER = re.compile(r"\{\w*\}")
IT = Language("it")


def forms(text):
    return text if isinstance(text, (tuple, list)) else (text,)


@pytest.fixture(scope="module")
def texts():
    """The texts in the source, as `make translations` collects them."""
    mappings = [(m["pattern"], m["method"]) for m in PROJECT["tool"]["babel"]["mappings"]]
    found = extract_from_dir(ROOT / "revkit", _relative(mappings), keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def _relative(mappings):
    return [(pattern.removeprefix("revkit/"), method) for pattern, method in mappings]


@pytest.fixture(scope="module")
def italian():
    with po_file("it").open("rb") as file:
        catalogue = read_po(file, locale="it")
    return catalogue


def test_every_text_in_the_source_has_its_italian_and_none_is_left_over(texts, italian):
    translated = {message.id: message for message in italian if message.id}

    assert len(texts) > 200
    assert texts == set(translated)
    assert not italian.obsolete
    for message in translated.values():
        assert not message.fuzzy, message.id
        assert all(forms(message.string)), message.id


def test_translations_keep_the_placeholders(italian):
    for message in italian:
        for one, other in zip(forms(message.id), forms(message.string), strict=True):
            if message.id:
                assert set(PLACEHOLDER.findall(one)) == set(PLACEHOLDER.findall(other)), one


def test_the_makefile_collects_with_the_same_keywords():
    recipe = (ROOT / "Makefile").read_text()

    assert re.findall(r"--keyword (\w+)", recipe) == ["message", "Reason"]


def test_no_sentence_is_built_inside_an_f_string():
    """Babel cannot read a text inside an f-string on Python 3.11."""
    inside = re.compile(r"""f(["']).*\{[^}"']*gettext\((["'])""")
    files = [*(ROOT / "revkit").rglob("*.py")]

    assert [str(path) for path in files if inside.search(path.read_text("utf-8"))] == []


def test_every_metric_of_the_kit_has_an_italian_title():
    assert [name for name, made in known().items() if not made.title_it] == []


def test_terms_stay_those_of_the_glossary():
    assert rk.metrics.win_rate.title_it == "Tasso di vincita"
    assert IT.gettext("stage") == "fase"
    assert IT.gettext("cohort") == "coorte"
    assert IT.gettext(FAMILIES["recurring"]) == "Ricavi ricorrenti"


@pytest.mark.parametrize(
    ("unit", "value", "english", "italian"),
    [
        ("share", 0.314, "31.4 %", "31,4 %"),
        ("count", 1234, "1,234", "1.234"),
        ("ratio", 1.5, "1.50", "1,50"),
        ("days", 47.2, "47 days", "47 giorni"),
        ("minutes", 9.5, "9.5 minutes", "9,5 minuti"),
        ("money", 1_234_567, "€1.23 M", "1,23 Mln €"),
        ("money", 2_500_000_000, "€2.50 B", "2,50 Mld €"),
        ("money", 12_345, "€12.3 k", "12.300 €"),
        ("money", 42.5, "€42.50", "42,50 €"),
        ("money/month", 1_200_000, "€1.20 M/month", "1,20 Mln €/mese"),
        ("money", -1_200_000, "−€1.20 M", "−1,20 Mln €"),
    ],
)
def test_numbers_follow_the_locale(unit, value, english, italian):
    for words, written in ((Language("en"), english), (IT, italian)):
        what = Quantity("amount", "Amount", unit, "EUR", words=words)
        assert what.text(value).replace("\u00a0", " ") == written


def test_currencies_without_a_sign_of_their_own_are_named():
    assert IT.money("1.23", "USD", scale="M") == "1,23\u00a0Mln\u00a0USD"
    assert Language("en").money("1.23", "CHF", scale="M") == "CHF\u00a01.23\u00a0M"
    assert IT.money("5.00", None) == "5,00"


def test_intervals_and_differences_follow_the_locale():
    rate = Quantity("win_rate", "", "share", words=IT)
    days = Quantity("sales_cycle", "", "days", words=IT)

    assert rate.span(0.281, 0.349) == "28,1–34,9\u00a0%"
    assert rate.difference_span(-0.01, 0.025) == "da −1,0 a +2,5\u00a0punti"
    assert days.span(40.2, 1051) == "da 40 a 1.051\u00a0giorni"
    assert Quantity("x", "", "days", words=Language("en")).span(40, 51) == "40 to 51\u00a0days"


def test_periods_days_and_lists_follow_the_locale():
    july = date(2026, 7, 1)

    assert [IT.period(july, kind) for kind in ("month", "quarter", "year")] == [
        "lug 2026",
        "T3 2026",
        "anno da lug 2026",
    ]
    assert IT.period(date(2026, 7, 6), "week") == "settimana del 6 lug 2026"
    assert IT.period(date(2026, 8, 1), "quarter") == "trimestre da ago 2026"
    assert Language("en").period(july, "quarter") == "Q3 2026"
    assert IT.day(date(2026, 7, 5)) == "5 luglio 2026"
    assert Language("en").list(["a", "b", "c"]) == "a, b and c"
    assert IT.list(["a", "b", "c"]) == "a, b e c"
    assert IT.alternatives(["a", "b"]) == "a o b"


def test_plurals_are_chosen_by_number():
    assert [IT.ngettext("{n} row", "{n} rows", n, n=n) for n in (1, 2)] == ["1 riga", "2 righe"]
    assert Language("en").ngettext("{n} row", "{n} rows", 1, n=1) == "1 row"


def test_reasons_are_translated_and_errors_stay_english():
    error = TableError.missing("spend", found=["accounts"], needed_by="metrics.cac")

    assert str(error).startswith("metrics.cac needs the table 'spend'; loaded: accounts.")
    assert str(error.reason) == "needs the table 'spend'"
    assert IT.reason(error.reason) == "serve la tabella 'spend'"
    assert IT.reason(Reason("{sentence}", sentence="as it {is}")) == "as it {is}"


def test_an_argument_is_stronger_than_the_default_language():
    assert language().code == "en"
    use_language("it")
    try:
        assert language().code == "it"
        assert language("en").code == "en"
        with in_language("en"):
            assert language().code == "en"
        assert str(rk.notebook.so("x")) == "Quindi: x"
        assert str(rk.notebook.so("x", language="en")) == "So: x"
    finally:
        use_language("en")


@pytest.mark.parametrize("code", ["de", "IT", ""])
def test_another_language_is_refused_with_the_choices(code):
    with pytest.raises(ParameterError, match="Choose one of 'en', 'it'"):
        language(code)
    with pytest.raises(ParameterError, match="language"):
        use_language(code)
    assert LANGUAGES == ("en", "it")


def test_babel_is_not_imported_with_the_package():
    script = "import sys, revkit, revkit.language; sys.exit('babel' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
