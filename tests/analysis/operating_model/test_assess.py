"""rk.assess: each criterion is met by what should meet it, and by nothing else."""

import pytest

import revkit as rk
from revkit.analysis.operating_model.assess import readings_of
from tests.analysis.operating_model.changes import AS_OF, CHANGES, company, settled

IDS = ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "R1", "R2", "R3", "R4", "R5", "R6", "B"]


def verdicts(found):
    return dict(zip(found["id"], found["verdict"], strict=True))


@pytest.fixture(scope="module")
def quiet():
    return rk.assess(company(settled()))


def test_a_company_that_meets_nothing_needs_neither_team(quiet):
    assert verdicts(quiet) == dict.fromkeys(IDS, "not met")
    assert set(quiet.measures["verdict"]) == {"met", "not met"}
    assert quiet.verdict == "neither yet"


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_of_the_company_flips_its_criterion_and_no_other(quiet, change):
    found = rk.assess(company(change(settled())))

    flipped = {one for one in IDS if verdicts(found)[one] != verdicts(quiet)[one]}

    assert flipped == {CHANGES[change]}
    assert verdicts(found)[CHANGES[change]] == "met"


def test_each_criterion_has_a_change_that_meets_it():
    assert set(CHANGES.values()) == set(IDS)


@pytest.fixture(scope="module")
def untold():
    """A company whose tables tell nothing, and the readings of its measures."""
    data = company({"accounts": settled()["accounts"]})
    return data, readings_of(data)


@pytest.mark.parametrize("one", IDS)
@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_answer_settles_its_criterion_alone_where_the_data_cannot_tell(
    untold, monkeypatch, one, answer
):
    data, readings = untold
    monkeypatch.setattr("revkit.analysis.operating_model.assess.readings_of", lambda _: readings)
    found = rk.assess(data, answers={one: answer}).set_index("id")

    assert found.loc[one, ["verdict", "basis"]].tolist() == [
        "met" if answer == "yes" else "not met", "answer",
    ]  # fmt: skip
    assert set(found["verdict"].drop(one)) == {"no data"}


@pytest.mark.parametrize("table", sorted(settled()))
def test_a_company_without_a_table_has_no_other_verdict_than_with_it(quiet, table):
    frames = settled()
    del frames[table]
    found = rk.assess(company(frames))

    for one, verdict in verdicts(found).items():
        assert verdict in ("not met", "unclear", "no data"), one
    assert found.verdict in ("neither yet", "cannot tell")


def test_without_tables_nothing_is_told(untold):
    found = rk.assess(untold[0])

    assert set(found["verdict"]) == {"no data"}
    assert (found["reason"] != "").all()
    assert found.verdict == "cannot tell"
    assert len(found.questions) == 14


def test_a_contradicted_answer_is_told_and_the_data_decide(quiet):
    found = rk.assess(company(settled()), answers={"S3": True, "S4": False})
    row = found.set_index("id").loc["S3"]

    assert (row["verdict"], row["basis"]) == ("not met", "data against the answer")
    assert "Against the answers, the data decide on sales works (S3)." in found.sentence
    assert [one for one in found.findings if "S3" in one and "the answer is yes, but" in one]
    assert found.set_index("id").loc["S4", "basis"] == "data"


def test_the_limit_of_a_file_decides_and_is_told_as_ones_own(quiet, tmp_path):
    own = tmp_path / "my.yaml"
    own.write_text("S4:\n  deal_size: {limit: 4000}\n", encoding="utf-8")
    found = rk.assess(company(settled()), thresholds=own).set_index("id")

    assert found.loc["S4", ["verdict", "limit", "source_kind"]].tolist() == ["met", 4000, "own"]
    assert verdicts(found.reset_index()) == verdicts(quiet) | {"S4": "met"}


def test_published_limits_on_money_count_in_no_other_currency():
    found = rk.assess(rk.Dataset(currency="JPY", as_of=AS_OF, **settled())).set_index("id")

    assert found.loc["S4", "verdict"] == "unclear"
    assert "JPY" in found.loc["S4", "reason"]


def test_it_is_written_as_a_table_in_both_languages(quiet):
    english, italian = rk.table(quiet), rk.table(quiet, language="it")

    assert english.headings[1:3] == ("Criterion", "Verdict")
    assert len(english.rows) == len(italian.rows) == 14
    assert "Your SaaS is still in its early stages" in english.rows[0]
    assert "Il tuo SaaS è ancora nelle sue fasi iniziali" in italian.rows[0]
    assert "non soddisfatto" in italian.rows[0]
    assert len(rk.table(quiet.measures).rows) == 29
    assert "<table>" in quiet._repr_html_()


def test_its_table_goes_over_several_lines_and_keeps_intervals_together(quiet):
    page = rk.table(quiet)._repr_html_()

    assert "min-width: 10em" in page
    assert '<span style="white-space: nowrap">(0.0–14.5 %)</span>' in page.replace("\xa0", " ")


def test_a_part_of_its_columns_is_a_plain_frame(quiet):
    assert "verdict" in repr(quiet[["id", "verdict"]])
    assert "<table" in quiet[["id", "verdict"]]._repr_html_()


def test_deals_without_amounts_leave_open_what_is_told_by_money():
    tables = settled()
    deals = tables["opportunities"].drop(columns="amount")
    history = tables["opportunity_history"].drop(columns="amount", errors="ignore")

    found = readings_of(company(tables | {"opportunities": deals, "opportunity_history": history}))

    assert "no column 'amount'" in str(found["direct_share"].reason)
    assert found["sales_cycle"].reason is None
