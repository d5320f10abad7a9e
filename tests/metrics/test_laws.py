"""Every metric of the catalogue is held to every law, on three companies, by being listed.

The laws are in tests/support/laws/laws.py, and who is excused from one, with the reason, in
tests/support/laws/excused.py. With REVKIT_LAWS=grr,nrr only these are held to them: those one is
working on.
"""

import os
from datetime import date

import pytest

import revkit as rk
from revkit.catalogue.catalogue import find
from revkit.errors import FormulaError
from tests.support.laws.companies import COMPANIES
from tests.support.laws.excused import EXCUSED, SILENT
from tests.support.laws.laws import LAWS, asked, broken


def test_the_company_with_every_table_answers_every_metric():
    """Nothing would break a law by never being known."""
    measured = asked(COMPANIES["made"]())

    silent = {
        name
        for name, frame in measured.frames.items()
        if not frame["value"].notna().any() or not (frame["value"].dropna() != 0).any()
    }
    assert measured.unavailable == {}
    assert silent == set(SILENT)
    assert set(measured.frames) == set(rk.catalog()["name"])


def test_a_sample_has_an_interval_somewhere(pytestconfig):
    """A census has none: that is a law. What is no census must have one where there are rows.

    Of the little company many say too little for one; these are asked of the sample.
    """
    company, kinds = COMPANIES["made"](), rk.catalog().set_index("name")["interval"]
    sampled = [name for name in kinds.index[kinds != "none"] if name not in SILENT]

    by_month = asked(company).frames
    without = [name for name in sampled if not bounded(by_month[name])]

    by_year = asked(company, names=without, period="year").frames
    without = [name for name in without if not bounded(by_year[name])]

    larger = rk.load(pytestconfig.rootpath / "data" / "sample")
    for period in ("year", None):
        asked_again = {name: getattr(rk.metrics, name)(larger, period=period) for name in without}
        without = [name for name in without if not bounded(asked_again[name])]
    assert without == []


def bounded(frame):
    return frame[["low", "high"]].notna().all(axis=1).any()


def asked_for(names):
    """The metrics that REVKIT_LAWS names; None for all. One that is misspelt stops the run."""
    if names is None:
        return None
    try:
        return tuple(find(name.strip()).name for name in names.split(","))
    except FormulaError as error:
        raise pytest.Collector.CollectError(f"REVKIT_LAWS={names}: {error}") from None


NAMES = asked_for(os.environ.get("REVKIT_LAWS"))
HELD = [(law, company) for company in COMPANIES for law, (_, on) in LAWS.items() if company in on]


@pytest.mark.parametrize("company", COMPANIES)
def test_laws(company, subtests):
    """One test a company, since laws share what it answers, which two processes would both ask."""
    with subtests.test("every metric is there to break a law"):
        # laws go through the metrics that a company answers: through none, they would all hold
        how = {"start": date(2026, 3, 1)} if company == "edges" else {}  # as its law asks
        answered = asked(COMPANIES[company](), names=NAMES, **how)
        assert answered.unavailable == {}
        assert set(answered.frames) == set(NAMES or rk.catalog()["name"])

    for law, on in HELD:
        if on == company:
            with subtests.test(law):
                held(law, company)


def held(law, company):
    wrong = broken(law, company, NAMES)

    excused = EXCUSED.get((law, company), {})
    assert {name: what for name, what in wrong.items() if name not in excused} == {}
    asked_about = excused if NAMES is None else excused.keys() & set(NAMES)
    assert set(asked_about) - set(wrong) == set(), "keeps the law by now: strike its excuse"


def test_a_metric_misspelt_in_the_environment_is_refused_once_with_the_nearest():
    assert asked_for("grr, nrr") == ("grr", "nrr")
    with pytest.raises(pytest.Collector.CollectError, match=r"REVKIT_LAWS=grr,nr: .*'nrr'"):
        asked_for("grr,nr")


def test_only_metrics_of_the_catalogue_are_excused_and_from_laws_there_are():
    excused = {name for names in EXCUSED.values() for name in names}

    assert excused
    assert excused <= set(rk.catalog()["name"])
    assert set(EXCUSED) <= set(HELD)
