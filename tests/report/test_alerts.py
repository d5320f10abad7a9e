"""Alerts fire on evidence, say each thing once, and reach who wants to know."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pandas as pd
import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from statsmodels.stats.proportion import proportion_confint
from typer.testing import CliRunner

import revkit as rk
from revkit.cli import app
from revkit.errors import AlertError, RevkitError, SourceError
from revkit.report.alerts.history import as_json, compared, kept
from revkit.report.alerts.judge import Alert, judge
from revkit.report.alerts.rules import Limit, Move, Rule, read_rules, rules_of
from revkit.report.alerts.send import check_receivers, send


def deals(shares, each=200, month="2025-01", segments=("SMB",)):
    """Return deals closed month by month, of which so many in a hundred are won."""
    rows = []
    for segment in segments:
        for number, share in enumerate(shares):
            day = pd.Period(month, "M") + number
            for deal in range(each):
                rows.append(
                    {
                        "opportunity_id": f"{segment}{number}-{deal}",
                        "account_id": f"{segment}-a{number}-{deal}",
                        "created_on": day.start_time,
                        "closed_on": day.start_time + pd.Timedelta(days=deal % 27),
                        "is_won": deal < each * share / 100,
                        "amount": 100.0,
                        "segment": segment,
                    }
                )
    return pd.DataFrame(rows)


def company(shares, as_of="2025-12-31", **how):
    return rk.Dataset(opportunities=deals(shares, **how), as_of=as_of, currency="EUR")


def said(data, text, **how):
    rule = Rule(text, rules_of(text), **how)
    return [(one.key, one.state) for one in judge(data, [rule])]


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("nrr < 1.0 for 2 months", Limit("nrr", True, 1.0, 2, "month")),
        ("win_rate<20%", Limit("win_rate", True, 0.2)),
        ("arr > 1.2 M for 1 quarter", Limit("arr", False, 1.2e6, 1, "quarter")),
        ("sales_cycle > 1,200", Limit("sales_cycle", False, 1200.0)),
        ("win_rate drops against last quarter", Move("win_rate", "drops", "quarter")),
        (
            "win_rate drops 3 points against last quarter",
            Move("win_rate", "drops", "quarter", least=0.03),
        ),
        (
            "mrr moves 5 % against last month",
            Move("mrr", "moves", "month", least=0.05, relative=True),
        ),
        ("mqls drops 100 against last month", Move("mqls", "drops", "month", least=100)),
        (
            "churn_rate rises against the same quarter last year",
            Move("churn_rate", "rises", "quarter", yearly=True),
        ),
        (" anything ", None),
    ],
)  # fmt: skip
def test_a_line_is_a_rule(text, test):
    assert rules_of(text) == test


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nrr < 1.0 for 2 moths", "is no rule. Write such as"),
        ("win_rate = 3", "is no rule"),
        ("win_rate < 20", "Write 20 %"),
        ("win_rate drops 3 % against last quarter", "Write 3 points"),
        ("mrr drops 3 points against last month", "Write 3 %"),
        ("arr < 20 %", "Write 20."),
        ("mrr drops -3 % against last month", "Write 3 %"),
        ("nrr < 1.0 for 0 months", "write 1 to 24"),
        ("winrate < 20 %", "winrate"),
    ],
)
def test_a_line_that_is_none_is_refused_with_what_to_write(text, sentence):
    with pytest.raises(RevkitError, match=sentence.replace(".", r"\.")):
        rules_of(text)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("alerts: []", "must hold 'alerts:'"),
        ("- anything", "must hold 'alerts:'"),
        ("alerts: [{rules: anything}]", "alert 1: needed is a line"),
        ("alerts: [anything, {rule: nrr < 1, groups: segment}]", "alert 2: no key 'groups'"),
        ("alerts: [{rule: nrr < 1, by: 3}]", "by must be text"),
        ("alerts: [{rule: nrr < 1, where: SMB}]", "such as {segment: SMB}"),
        ("alerts: [anything, anything]", "more than once"),
        ("alerts: [{rule: anything, by: segment}]", "leave out by"),
        ("alerts: [nrr < one]", "alert 1: 'nrr < one' is no rule"),
        ("alerts: {a: *b}", "cannot be read"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(tmp_path, content, sentence):
    (tmp_path / "alerts.yaml").write_text(content)

    with pytest.raises(AlertError) as refused:
        read_rules(tmp_path / "alerts.yaml")

    assert sentence in str(refused.value)


def test_the_shipped_rules_are_rules():
    assert len(read_rules()) == len(read_rules("default")) >= 4


def test_a_limit_is_passed_where_the_whole_interval_lies_beyond_it():
    data = company([15] * 12)
    low, high = proportion_confint(30, 200, method="wilson")

    assert said(data, f"win_rate < {100 * high + 0.05:.2f} %") == [("", "fires")]
    assert said(data, f"win_rate < {100 * high - 0.05:.2f} %") == [("", "quiet")]
    assert said(data, f"win_rate > {100 * low - 0.05:.2f} %") == [("", "fires")]
    assert said(data, f"win_rate > {100 * low + 0.05:.2f} %") == [("", "quiet")]


def test_a_limit_for_several_months_is_passed_in_each():
    once, twice = company([30] * 11 + [10]), company([30] * 10 + [10, 10])

    assert said(once, "win_rate < 20 % for 2 months") == [("", "quiet")]
    assert said(twice, "win_rate < 20 % for 2 months") == [("", "fires")]
    assert said(twice, "win_rate < 20 % for 3 months") == [("", "quiet")]
    assert said(twice, "win_rate < 20 % for 24 months") == [("", "unknown")]


def test_few_rows_and_missing_tables_are_told_as_unknown():
    few = company([10] * 12, each=3)

    assert said(few, "win_rate < 90 %") == [("", "unknown")]
    (one,) = judge(few, [Rule("nrr < 1.0", rules_of("nrr < 1.0"))])
    assert one.state == "unknown"
    assert "subscriptions" in one.sentence
    assert said(few, "nrr < 1.0", by="segment") == [("", "unknown")]


def test_a_metric_that_is_counted_in_full_has_its_value_compared():
    ledger = pd.DataFrame(
        {
            "subscription_id": ["a", "b"],
            "account_id": ["a", "b"],
            "started_on": pd.Timestamp("2025-01-01"),
            "ended_on": [pd.NaT, pd.Timestamp("2025-12-10")],
            "mrr": [100.0, 50.0],
        }
    )
    data = rk.Dataset(subscriptions=ledger, as_of="2025-12-31", currency="EUR")

    assert said(data, "mrr < 100.01") == [("", "fires")]
    assert said(data, "mrr < 100") == [("", "quiet")]
    assert said(data, "mrr < 120 for 2 months") == [("", "quiet")]
    assert said(data, "mrr > 99 for 6 months") == [("", "fires")]


def test_a_rule_by_group_names_the_group():
    both = pd.concat([deals([30] * 12), deals([30] * 11 + [5], segments=("Large",))])
    data = rk.Dataset(opportunities=both, as_of="2025-12-31", currency="EUR")

    assert said(data, "win_rate < 20 %", by="segment") == [("Large", "fires"), ("SMB", "quiet")]
    assert said(data, "win_rate < 20 %", where={"segment": "SMB"}) == [("", "quiet")]
    sentence = judge(data, [Rule("w", rules_of("win_rate < 20 %"), by="segment")])[0].sentence
    assert "(segment = Large)" in sentence


def test_too_many_groups_are_refused():
    with pytest.raises(AlertError, match="at most 30"):
        said(company([30] * 2, as_of="2025-02-28"), "win_rate < 20 %", by="account")


def test_a_move_is_one_that_a_report_would_claim():
    fallen = company([31, 29, 30, 31, 30, 29, 31, 30, 29, 30, 31, 12], each=400)
    steady = company([31, 29, 30, 31, 30, 29, 31, 30, 29, 30, 31, 28], each=400)

    for text, state in {
        "win_rate drops against last month": "fires",
        "win_rate drops 15 points against last month": "fires",
        "win_rate drops 25 points against last month": "quiet",
        "win_rate rises against last month": "quiet",
        "win_rate moves against last month": "fires",
    }.items():
        assert said(fallen, text) == [("", state)], text
    assert said(steady, "win_rate drops against last month") == [("", "quiet")]
    assert said(steady, "win_rate drops against the same month last year") == [("", "unknown")]


def test_a_move_is_explained():
    both = pd.concat(
        [
            deals([30] * 24, month="2024-01"),
            deals([30] * 23 + [2], month="2024-01", segments=("Large",)),
        ]
    )
    data = rk.Dataset(opportunities=both, as_of="2025-12-31", currency="EUR")
    text = "win_rate drops against last month"

    (alert,) = judge(data, [Rule(text, rules_of(text))])

    assert alert.state == "fires"
    assert "Large (segment) moved it by" in alert.sentence


WATCHED = Rule("anything", None)
RULE = Rule("nrr < 1.0", rules_of("nrr < 1.0"))
TODAY = date(2026, 3, 31)


def fires(rule, when, key=""):
    return Alert(rule, key, "fires", "x", when)


def before(alert, sent=False):
    return {
        "alerts": [
            {"rule": alert.rule.title, "key": alert.key, "when": alert.when,
             "since": "2026-02-28", "sent": sent}
        ]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("last", "now", "new"),
    [
        (None, fires(RULE, "2026-03-01"), True),
        (fires(RULE, "2026-02-01"), fires(RULE, "2026-03-01"), False),
        (fires(RULE, "2026-02-01", "SMB"), fires(RULE, "2026-03-01", "Large"), True),
        (fires(WATCHED, "2025-02-01", "nrr"), fires(WATCHED, "2025-04-01", "nrr"), False),
        (fires(WATCHED, "2025-02-01", "nrr"), fires(WATCHED, "2025-09-01", "nrr"), True),
        (fires(RULE, "2026-02-01"), Alert(RULE, "", "unknown", "why", ""), False),
    ],
)  # fmt: skip
def test_an_alert_is_new_once(last, now, new):
    (told,) = compared([now], before(last, sent=True) if last else {}, TODAY)

    assert told.new == new
    assert told.since == ("2026-03-31" if new else "2026-02-28")
    assert told.sent == (not new)


PLACES = "win_rate EMEA / SMB / SMB · EMEA"


@pytest.mark.parametrize(
    ("key", "when", "new"),
    [
        (PLACES, "2025-02-01", False),
        ("win_rate SMB · EMEA / SMB / EMEA", "2025-02-01", False),
        ("win_rate SMB", "2025-04-01", False),
        ("win_rate SMB", "2025-09-01", True),
        ("win_rate", "2025-02-01", True),
        ("win_rate Large", "2025-02-01", True),
        ("deal_size SMB", "2025-02-01", True),
    ],
)
def test_what_moved_is_told_once_though_it_was_quiet_in_between(key, when, new):
    """A finding of the watch that is hardly sure comes and goes; that is no news each time."""
    first = [fires(WATCHED, "2025-02-01", PLACES)]
    kept = json.loads(as_json(compared(first, {}, TODAY), first, TODAY, {}))
    quiet = [Alert(WATCHED, "", "quiet", "")]
    later = json.loads(as_json(compared(quiet, kept, TODAY), quiet, TODAY, kept))
    assert (later["alerts"], len(later["past"])) == ([], 1)

    (told,) = compared([fires(WATCHED, when, key)], later, TODAY)

    assert told.new == new


def test_memory_of_what_moved_ends_after_the_years_that_are_watched():
    first = [fires(WATCHED, "2023-09-01", "nrr")]
    before = json.loads(as_json(compared(first, {}, TODAY), first, TODAY, {}))

    assert json.loads(as_json([], first, TODAY, before))["past"] == []


def test_what_no_longer_fires_can_be_told_again():
    quiet = compared([Alert(RULE, "", "quiet", "")], before(Alert(RULE, "", "fires", "x")), TODAY)

    assert quiet == []


@pytest.fixture
def server():
    """A receiver on this machine that keeps what it is sent, and stops with the test."""
    received = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"json://127.0.0.1:{running.server_port}", received
        running.shutdown()
        thread.join()


def test_a_receiver_gets_one_message_with_what_is_new(server, monkeypatch):
    address, received = server
    monkeypatch.setenv("REVKIT_TEAM", address)
    rule = Rule("nrr < 1.0", rules_of("nrr < 1.0"), send="team")
    alerts = [Alert(rule, key, "fires", f"{key} fell", "2026-03-01") for key in ("SMB", "Large")]
    told = compared(alerts, before(alerts[0], sent=True), TODAY)

    after, problems = send(told, "Report")

    assert problems == []
    assert [one.sent for one in after] == [True, True]
    assert [one["message"] for one in received] == ["- Large fell"]


def test_a_receiver_that_is_not_reached_is_tried_again(monkeypatch):
    monkeypatch.setenv("REVKIT_TEAM", "json://127.0.0.1:9")
    rule = Rule("nrr < 1.0", rules_of("nrr < 1.0"), send="team")
    told = compared([Alert(rule, "", "fires", "x", "2026-03-01")], {}, TODAY)

    after, problems = send(told, "Report")

    assert [one.sent for one in after] == [False]
    assert problems == ["team was not reached; the next report tries again."]


@pytest.mark.parametrize(
    ("address", "error"), [(None, SourceError), ("nowhere://s3cret", AlertError)]
)
def test_a_receiver_without_an_address_is_refused_before_anything_runs(monkeypatch, address, error):
    if address:
        monkeypatch.setenv("REVKIT_TEAM", address)

    with pytest.raises(error) as refused:
        check_receivers([Rule("nrr < 1.0", None, send="team")])

    assert "s3cret" not in str(refused.value)


@pytest.fixture
def report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm").mkdir()
    deals([30] * 11 + [5]).to_csv("crm/opportunities.csv", index=False)
    (tmp_path / "alerts.yaml").write_text("alerts: [win_rate < 20 %, win_rate < 1 %, nrr < 1.0]\n")
    cell = new_code_cell(
        'data: str = ""\nas_of: str | None = None', metadata={"tags": ["parameters"]}
    )
    write(new_notebook(cells=[cell]), "page.ipynb")
    asked = ["report", "--data", "crm", "--notebooks", "page.ipynb", "--out", "out"]
    asked += ["--currency", "EUR", "--as-of", "2025-12-31"]

    def run(*words):
        return CliRunner().invoke(app, [*asked, *words])

    return run


def test_a_report_tells_an_alert_once_and_keeps_showing_it(report, tmp_path):
    first = report("--alerts", "alerts.yaml")
    page = (tmp_path / "out/index.html").read_text()
    again = report("--alerts", "alerts.yaml")

    assert (first.exit_code, again.exit_code) == (3, 0), (first.output, again.output)
    assert "below 20.0" in first.stderr.replace("\xa0", " ")
    assert "below 20.0" not in again.stderr.replace("\xa0", " ")
    assert "win_rate &lt; 20 %" in page
    assert "(new in this report)" in page
    assert "told on 31" in (tmp_path / "out/index.html").read_text().replace("\xa0", " ")
    told = kept(tmp_path / "out")
    assert [one["rule"] for one in told["alerts"]] == ["win_rate < 20 %"]
    assert [one["rule"] for one in told["unknown"]] == ["nrr < 1.0"]


def test_rules_that_cannot_be_read_stop_a_report_before_it_runs(report, tmp_path):
    (tmp_path / "alerts.yaml").write_text("alerts: [win_rate < 20]\n")

    result = report("--alerts", "alerts.yaml")

    assert result.exit_code == 2
    assert "alerts.yaml, alert 1" in result.stderr
    assert not (tmp_path / "out").exists()


ALERTS = ["alerts", "alerts.yaml", "--as-of", "2025-12-31", "--currency", "EUR"]


def test_rules_are_tried_on_the_months_before(report, tmp_path):
    result = CliRunner().invoke(app, [*ALERTS, "--data", "crm", "--back", "1"])

    lines = result.stdout.splitlines()
    assert result.exit_code == 0, result.output
    assert lines[0] == "3 rules"
    assert [line.split()[:2] for line in lines[1:]] == [
        [day, state]
        for day, first in (("2025-12-31", "fires"), ("2025-11-30", "quiet"))
        for state in (first, "quiet", "unknown")
    ]


def test_broken_memory_of_alerts_is_no_memory(tmp_path):
    past = '{"alerts": [], "past": [{"rule": "x"}]}'
    whole = {"rule": "x", "key": "", "when": "", "since": "2026-01-31", "sent": False}
    broken = [
        json.dumps({"alerts": [whole | {name: value}]})
        for name, value in (("when", "yesterday"), ("since", 3), ("since", ""), ("key", None))
    ]
    for content in ("{", "[]", '{"alerts": 3}', '{"alerts": [{"rule": "x"}]}', past, *broken):
        (tmp_path / "alerts.json").write_text(content)

        assert kept(tmp_path) == {}
