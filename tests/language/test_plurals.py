"""One of a thing is written in the singular, in every text and language."""

import re
from datetime import date

import pandas as pd
import pytest
from babel.messages.pofile import read_po

import revkit as rk
from revkit.analysis.writing.counts import counted
from revkit.language import Language, in_language
from revkit.language.catalogue import po_file
from revkit.report.alerts.judge import judge
from revkit.report.alerts.rules import Limit, Rule
from revkit.report.freshness import Stale

NOUNS = (
    "accounts|actions|alerts|answers|characters|columns|comparisons|contracts|customers|dates|days|"
    "deals|decisions|entries|events|findings|forecasts|groups|hours|invoices|leads|metrics|months|"
    "notes|opportunities|periods|problems|quarters|reps|rows|rules|seconds|tables|tickets|"
    "trainings|values|visitors|weeks|years"
)
KINDS = "complete|decided|fiscal|new|open|past|ramped|won"
COUNTED = re.compile(rf"\{{(?!change|value)\w+\}} (?:(?:{KINDS}) )?(?:{NOUNS})\b")
NEVER_ONE = {
    "After the training of": "ten deals at least",
    "Dashed: fewer than {count} events": "written in the code",
    "Grey: fewer than {count} customers": "written in the code",
    "Half of the new sellers": "with a decimal",
    "In the last month that takes {needed} ramped reps": "with a decimal",
    "In the {count} months before": "enough for a trend",
    "On {n} rows that it had not learned from": "of hundreds",
    "The narrowest step": "twenty leads at least",
    "The rest of this output is not shown": "written in the code",
    "The {count} comparisons hold together": "only said of several",
    "at {price} {share} would buy": "answers of a survey at the best price",
    "cut off at {rows} rows": "a hundred at least",
    "A test of {n} visitors a variant": "a hundred at least",
    "Figures by {field} changed in {since}": "twenty rows at least",
    "exactly {rows} rows": "a hundred at least",
    "fewer than two reps with {count} decided deals": "written in the code",
    "{days} days before the end of a quarter": "written in the code, and four quarters",
    "{n} of the {least} rows that it needs": "written in the code",
    "{period} ({count} weeks)": "those of quarters and years",
    "{shown} of {count} rows": "a list that is cut has several",
    "{rep} answered": "twenty leads at least",
    "{rows} dates may be in another month": "a hundred at least",
    "{title} over {count}": "only said of several",
    "{title} was {value} in {period}": "only said of several",
    "{title}: fewer since": "enough to tell a change",
    "{title}: more since": "enough to tell a change",
    "{what}: {value} for {months} months": "three or six",
    "{what}: {value} in the first {months} months": "three or six",
}
"""How texts begin that count in the plural alone, and why that is right."""


def test_what_may_be_one_has_a_singular():
    with po_file("it").open(encoding="utf-8") as file:
        texts = [one.id for one in read_po(file) if isinstance(one.id, str)]
    plural = [text for text in texts if COUNTED.search(text)]

    assert [text for text in plural if not text.startswith(tuple(NEVER_ONE))] == []
    assert [
        start for start in NEVER_ONE if not any(text.startswith(start) for text in plural)
    ] == []


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "Records of 1 month are too few to tell"),
        ("it", "I dati di 1 mese sono troppo pochi"),
    ],
)
def test_a_watch_of_one_month_of_records_says_so(code, said):
    leads = [{"lead_id": f"l{at}", "created_at": "2026-01-03"} for at in range(9)]
    with in_language(code):
        assert (
            rk.watch(rk.Dataset(leads=pd.DataFrame(leads), as_of="2026-01-31"))
            .notes[0]
            .startswith(said)
        )


@pytest.mark.parametrize(
    ("code", "said"),
    [("en", "The data end on 1 March 2026, 1 day before"), ("it", "1 giorno prima della data")],
)
def test_data_that_end_a_day_early(code, said):
    with in_language(code):
        assert said in str(Stale("", date(2026, 3, 1), late=1, allowed=0))


@pytest.mark.parametrize("periods", [1, 2])
def test_an_alert_on_a_metric_without_a_value(periods):
    opened = [
        {"opportunity_id": "d1", "created_on": "2026-01-03", "closed_on": None, "is_won": False}
    ]
    company = rk.Dataset(opportunities=pd.DataFrame(opened), as_of="2026-02-03")
    rule = Rule("win_rate < 50 %", Limit("win_rate", below=True, limit=0.5, periods=periods))
    (alert,) = judge(company, [rule])

    assert alert.sentence.endswith(
        "in its last complete period." if periods == 1 else "in its last 2 complete periods."
    )


@pytest.mark.parametrize(
    ("noun", "one", "two"),
    [
        ("days", "1 giorno", "2 giorni"), ("won deals", "1 trattativa vinta", "2 trattative vinte"),
        ("new deals", "1 nuova trattativa vinta", "2 nuove trattative vinte"),
        ("new customers", "1 nuovo cliente", "2 nuovi clienti"),
        ("past forecasts", "1 previsione del passato", "2 previsioni del passato"),
        ("complete weeks", "1 settimana completa", "2 settimane complete"),
        ("complete months", "1 mese completo", "2 mesi completi"),
        ("complete quarters", "1 trimestre completo", "2 trimestri completi"),
    ],
)  # fmt: skip
def test_nouns_of_counts(noun, one, two):
    assert [counted(n, noun, Language("it")) for n in (1, 2)] == [one, two]
    assert [counted(n, noun, Language("en")) for n in (1, 2)] == [f"1 {noun[:-1]}", f"2 {noun}"]
