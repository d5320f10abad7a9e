"""The check of a company: findings with their effect, the rows behind them, text, HTML and JSON."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

import revkit as rk
from revkit.cli import app
from revkit.errors import ParameterError
from revkit.quality.finding import COLUMNS, SEVERITIES


def deals(**columns):
    """Four deals of March 2026: three won, one open; columns replaced by those given."""
    frame = {
        "opportunity_id": ["D1", "D2", "D3", "D4"],
        "rep_id": ["R1", "R1", "R1", "R2"],
        "created_on": ["2026-01-05", "2026-01-12", "2026-01-15", "2026-02-01"],
        "expected_close_on": ["2026-03-01", "2026-03-02", "2026-03-03", "2026-09-30"],
        "closed_on": ["2026-03-01", "2026-03-02", "2026-03-03", None],
        "is_won": [True, True, True, None],
        "amount": [1000.0, 2000.0, 3000.0, 500.0],
    }
    return pd.DataFrame(frame | columns)


def company(as_of="2026-03-31", **columns):
    return rk.Dataset(opportunities=deals(**columns), as_of=as_of, currency="EUR")


def found(check, rule, table="opportunities"):
    """Return the finding of a rule in a table."""
    (one,) = [one for one in check.findings if (one.rule, one.table) == (rule, table)]
    return one


def test_a_clean_company_has_no_finding():
    check = company().check()

    assert check.ok
    assert not len(check)
    assert check.frame.columns.tolist() == list(COLUMNS)
    assert check.verdict == "The check of the data found nothing."


def test_won_without_amount_is_measured_at_the_usual_amount():
    check = company(amount=[1000.0, 2000.0, None, 500.0]).check()
    one = found(check, "won_without_amount")

    assert (one.bad, one.rows, one.examples) == (1, 3, ("D3",))
    # 3,000 are counted; with 1,500 in D3 there would be 4,500
    assert (one.effect.metric, one.effect.value, one.effect.without) == ("won_amount", 3000, 4500)
    assert "33 % too low" in one.effect.text.replace("\u00a0", " ")
    assert one.severity == "serious"
    assert not check.ok
    assert one.effect.text in check.verdict


def test_an_open_deal_past_its_day_is_measured_by_the_open_pipeline():
    check = company(expected_close_on=["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-30"])
    one = found(check.check(), "overdue")

    assert (one.bad, one.rows, one.examples) == (1, 1, ("D4",))
    assert (one.effect.metric, one.effect.value) == ("pipeline_open", 500)
    assert one.effect.text.replace("\u00a0", " ") == (
        "100 % of Open pipeline is theirs: €500 of €500; without them €0"
    )


def test_what_is_no_error_comes_after_what_changes_a_number_and_is_called_so():
    late = {"expected_close_on": ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-30"]}
    tidy = company(**late).check()
    both = company(**late, amount=[1000.0, 2000.0, None, 500.0]).check()

    assert "found nothing that puts a number wrong" in tidy.verdict
    assert "1 serious thing to tidy up: opportunities: open, and past" in tidy.verdict
    assert [one.rule for one in both.at_least("serious")] == ["won_without_amount", "overdue"]
    assert both.verdict.startswith("2 serious findings in the data, first: opportunities: won")


def test_a_deal_past_its_day_counts_on_the_day_though_it_is_closed_since():
    """Closed in April in the file; at the end of March it is open, and late."""
    late = company(
        as_of="2026-04-30",
        expected_close_on=["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-30"],
        closed_on=["2026-03-01", "2026-03-02", "2026-03-03", "2026-04-20"],
        is_won=[True] * 4,
    ).replay("2026-03-31")
    one = found(late.check(), "overdue")

    assert (one.bad, one.rows, one.examples, one.severity) == (1, 1, ("D4",), "serious")
    assert (one.effect.value, one.effect.without) == (500, 0)


def test_no_owner_lacks_in_results_by_rep():
    one = found(company(rep_id=["R1", "R1", None, "R2"]).check(), "no_owner")

    assert (one.bad, one.rows, one.examples) == (1, 4, ("D3",))
    assert one.effect.text.replace("\u00a0", " ") == (
        "Won amount by rep lacks 50 %: €3,000 of €6,000 have an owner"
    )


def test_rows_without_an_owner_where_the_metric_is_zero_do_nothing_to_it():
    one = found(company(rep_id=[None] * 4, amount=[0.0] * 4).check(), "no_owner")

    assert one.effect.text == "Won amount stays as it is: €0"


def test_owners_who_have_left():
    reps = pd.DataFrame(
        {"rep_id": ["R1", "R2"], "hired_on": ["2020-01-01"] * 2, "left_on": [None, "2026-02-15"]}
    )
    data = rk.Dataset(opportunities=deals(), reps=reps, as_of="2026-03-31", currency="EUR")
    one = found(data.check(), "owner_left")

    assert (one.bad, one.rows, one.examples) == (1, 1, ("D4",))


def test_a_price_period_of_no_day():
    periods = pd.DataFrame(
        {
            "subscription_id": ["S1", "S2"],
            "started_on": ["2026-01-01", "2026-01-01"],
            "ended_on": ["2026-01-01", None],
            "account_id": ["A1", "A2"],
            "mrr": [10.0, 20.0],
        }
    )
    one = found(rk.Dataset(subscriptions=periods).check(), "no_day", "subscriptions")

    assert (one.bad, one.rows, one.examples) == (1, 2, ("S1|1|2026-01-01",))


def test_what_is_refused_is_listed_and_the_rest_is_looked_at():
    """Both faults of the door, in one table, and a doubt about a row that has none of them."""
    data = company(
        expected_close_on=["2026-03-01", "02/03/2026", "2026-03-03", "2026-09-30"],
        created_on=["2026-01-05", "2026-01-12", "2026-03-15", "2026-02-01"],
        rep_id=[None, "R1", "R1", "R2"],
    )
    check = data.check()

    assert found(check, "expected_close_on_unreadable").severity == "refused"
    swapped = found(check, "closed_before_created")
    assert (swapped.severity, swapped.examples) == ("refused", ("D3",))
    assert swapped.line == "set_aside: [opportunities.closed_before_created]"
    assert found(check, "no_owner").examples == ("D1",)
    assert not check.ok
    assert "opportunities can be counted" in check.verdict
    rows = check.rows("expected_close_on_unreadable")
    assert rows[["table", "key", "column", "found"]].to_numpy().tolist() == [
        ["opportunities", "D2", "expected_close_on", "02/03/2026"]
    ]


def test_the_gravest_come_first():
    check = company(
        rep_id=[None, "R1", "R1", "R2"],
        expected_close_on=["2026-03-01", "02/03/2026", "2026-03-03", "2026-09-30"],
    ).check()
    order = [SEVERITIES.index(severity) for severity in check.frame["severity"]]

    assert order == sorted(order)
    assert len(order) > 1
    assert check.at_least("refused") == check.findings[:1]


def test_rows_of_a_rule_that_found_nothing_are_refused():
    with pytest.raises(ParameterError, match="won_without_amount"):
        company(amount=[1000.0, 2000.0, None, 500.0]).check().rows("won_without_amont")


def test_filters_do_not_apply():
    data = company(amount=[1000.0, 2000.0, None, 500.0]).where(rep_id="R2")

    assert found(data.check(), "won_without_amount").bad == 1


def test_html_is_escaped():
    ids = ["D1", "D2", "<script>", "D4"]
    page = company(opportunity_id=ids, amount=[1000.0, 2000.0, None, 500.0]).check()._repr_html_()

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_json_has_null_for_what_is_not_known(tmp_path):
    check = company(
        expected_close_on=["2026-03-01", "02/03/2026", "2026-03-03", "2026-09-30"]
    ).check()
    text = check.to_json(tmp_path / "check.json")
    said = json.loads(text)

    assert (tmp_path / "check.json").read_text(encoding="utf-8") == text
    assert said["ok"] is False
    assert said["findings"][0]["rule"] == "expected_close_on_unreadable"
    assert said["findings"][0]["value"] is None


def test_shares_are_read_in_per_cent_and_sentences_over_several_lines():
    frame = company(amount=[1000.0, 2000.0, None, 500.0]).check().frame
    table = rk.table(frame[frame["effect"] != ""][["what", "share", "effect"]])

    assert [row[1].replace("\u00a0", " ") for row in table.rows] == ["33.3 %"]
    assert 'nowrap">33.3' in table._repr_html_()
    assert 'min-width: 24em">Won amount is' in table._repr_html_()


def test_in_italian():
    check = company(amount=[1000.0, 2000.0, None, 500.0]).check(language="it")

    assert check.verdict.startswith("1 rilievo grave nei dati: opportunities: vinte senza importo")
    assert "Che cosa fare" in check._repr_html_()


@pytest.fixture
def folder(tmp_path):
    """A company in files, in which a won deal has no amount."""
    deals(amount=[1000.0, 2000.0, None, 500.0]).to_csv(tmp_path / "opportunities.csv", index=False)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("words", "code"),
    [([], 1), (["--fail-on", "refused"], 0), (["--fail-on", "grave"], 2), (["--as-of", "x"], 2)],
)
def test_the_command_exits_by_severity(folder, words, code):
    result = CliRunner().invoke(app, ["check", folder, "--currency", "EUR", *words])

    assert result.exit_code == code
    if code < 2:
        assert "won without an amount" in result.stdout
    else:
        assert result.stderr.startswith("revkit check: ")


def test_the_command_prints_json(folder):
    result = CliRunner().invoke(app, ["check", folder, "--currency", "EUR", "--json"])

    assert json.loads(result.stdout)["findings"][0]["rule"] == "won_without_amount"


@pytest.mark.parametrize("words", [["--as-of", "x"], ["--mapping", "none.yaml"]])
def test_the_command_prints_json_of_what_it_cannot_read(folder, words):
    result = CliRunner().invoke(app, ["check", folder, "--json", *words])
    said = json.loads(result.stdout)

    assert (result.exit_code, said["ok"], said["findings"]) == (2, False, [])
    assert result.stderr == f"revkit check: {said['error']}\n"


def test_the_command_refuses_a_place_that_is_none(tmp_path):
    result = CliRunner().invoke(app, ["check", str(tmp_path / "nothing")])

    assert result.exit_code == 2


def test_a_sentence_says_what_is_serious_and_the_advice_what_to_do_first():
    check = company(amount=[1000.0, 2000.0, None, 500.0], rep_id=[None, "R1", "R1", "R2"]).check()
    owner, amount = (one.replace("\u00a0", " ") for one in check.sentences)

    assert owner.startswith("opportunities: without an owner (1 of 4, 25 %). Won amount by rep")
    assert amount.startswith(
        "opportunities: won without an amount (1 of 3, 33 %). Won amount is 33"
    )
    assert check.advice == f"start with opportunities: without an owner. {check.frame['mend'][0]}"
    assert company().check().sentences == ()
    assert company().check().advice == "nothing is to be mended before these numbers are used."


def test_a_deal_not_won_and_without_a_day_is_measured_as_if_it_were_lost():
    # D1 to D3 are won; with D4 lost there would be 3 of 4
    data = company(is_won=[True, True, True, False])
    one = found(data.check(), "lost_without_closed_on")

    assert (one.bad, one.rows, one.examples, one.severity) == (1, 1, ("D4",), "serious")
    assert (one.effect.metric, one.effect.value, one.effect.without) == ("win_rate", 1.0, 0.75)
    assert [(note.rule, note.rows) for note in data.notes] == [("lost_without_closed_on", 1)]
    assert "in 1 row." in rk.metrics.win_rate(data, period=None).attrs["notes"][0]


def test_a_deal_closed_without_an_outcome_is_measured_as_if_it_were_lost():
    one = found(company(is_won=[True, True, None, None]).check(), "closed_without_outcome")

    assert (one.bad, one.rows, one.examples, one.severity) == (1, 3, ("D3",), "serious")
    # 2 of 2, and 2 of 3
    assert (one.effect.value, one.effect.without) == (1.0, pytest.approx(2 / 3))


def test_where_no_outcome_is_known_at_all_it_is_serious_too():
    one = found(company(is_won=[None] * 4).check(), "closed_without_outcome")

    assert (one.bad, one.rows, one.severity) == (3, 3, "serious")


def test_a_half_of_a_closing_that_is_right_is_named_in_ignore_or_told_by_the_row():
    said = {"is_won": [True, True, None, False]}
    data = rk.Dataset(
        opportunities=deals(**said), as_of="2026-03-31", currency="EUR",
        ignore=["opportunities.is_won"],
    )  # fmt: skip
    told = company(is_won=[True, True, True, False], is_closed=[True, True, True, False])

    assert (len(data.check()), data.notes) == (0, ())
    assert (len(told.check()), told.notes) == (0, ())
