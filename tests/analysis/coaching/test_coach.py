"""rk.coach: one rep by hand, its laws, and who is named in teams whose truth is known."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.analysis.coaching import wording
from revkit.analysis.coaching.team.ramp import Ramp
from revkit.errors import ParameterError
from revkit.language import language

REPS = ("ada", "bruno", "carla")
AS_OF = "2026-03-31"


def deals(won, decided=25, names=REPS):
    """Deals of reps that differ in who has them and what came of them alone."""
    rows = [
        {"rep_id": rep, "is_won": at < wins}
        for rep, wins in zip(names, won, strict=True)
        for at in range(decided)
    ]
    frame = pd.DataFrame(rows)
    frame["opportunity_id"] = [
        f"O{at:03d}" for at in np.random.default_rng(1).permutation(len(frame))
    ]
    return frame.assign(created_on="2026-01-05", closed_on="2026-02-14", amount=1000.0)


def company(won, decided=25, names=REPS, **more):
    return rk.Dataset(opportunities=deals(won, decided, names), **more, as_of=AS_OF, currency="EUR")


def said(finding):
    return str(finding).replace("\u00a0", " ")


def wins(found):
    rows = found.measures
    return rows[rows["measure"] == "win"].set_index("rep_id")


def test_one_rep_by_hand():
    """Ada won 5 of 25, the others 15 and 10: 30 of 75 are 40 %, and she is 5 wins short.

    Dealt out at random her wins vary by 25·50/74·.24, so that is 2.48 standard deviations.
    """
    ada = wins(rk.coach(company((5, 15, 10)))).loc["ada"]

    assert (ada["n"], ada["value"], ada["usual"]) == (25, pytest.approx(0.2), pytest.approx(0.4))
    assert ada["distance"] == pytest.approx(5 / np.sqrt(25 * 50 / 74 * 0.24))
    assert 0.2 < ada["likely"] < 0.4


def test_quotas_of_reps_whom_no_table_lists_are_held_against_those_of_all():
    quotas = pd.DataFrame({"target_id": list("abc"), "rep_id": REPS, "amount": [5e3, 1e4, 2e4]})
    quotas = quotas.assign(
        kind="quota", measure="bookings", starts_on="2026-01-01", ends_on="2026-04-01"
    )

    found = rk.coach(company((5, 15, 10), targets=quotas))

    assert found.quotas["attainment"].tolist() == pytest.approx([1.0, 1.5, 0.5])
    assert found.attained == pytest.approx(30 / 35)
    assert said(found.quota()).startswith("The team won 85.7 % of its quotas")
    assert found.quotas["expected"].tolist() == pytest.approx([30 / 35] * 3)


def test_reps_who_exchange_their_deals_exchange_their_results():
    one = wins(rk.coach(company((2, 12, 13))))
    other = wins(rk.coach(company((2, 12, 13), names=("bruno", "ada", "carla"))))

    assert one.loc["ada"].tolist() == pytest.approx(other.loc["bruno"].tolist(), nan_ok=True)


def test_twice_the_deals_narrow_the_interval():
    few, many = (wins(rk.coach(company((5 * k, 15 * k, 10 * k), 25 * k))) for k in (1, 2))

    assert (many["high"] - many["low"] < few["high"] - few["low"]).all()


def test_the_team_is_the_sum_of_its_reps():
    rows = wins(rk.coach(company((5, 15, 10))))

    assert (rows["n"] * rows["value"]).sum() == pytest.approx(30)
    assert (rows["n"] * rows["usual"]).sum() == pytest.approx(30)


def test_who_stands_out_is_named_with_the_doubt_and_what_to_try():
    found = rk.coach(company((2, 18, 19), 40))

    assert list(found.named["rep_id"]) == ["ada"]
    said = found.sentences("en")[0].main.replace("\u00a0", " ")
    assert said.startswith("ada won 5.0 % of 40 deals decided; the team wins 32.5 % of such deals.")
    assert "Luck taken out, it is " in said
    assert "To try" in said
    assert "Da provare" in found.sentences("it")[0]
    assert rk.coach(company((2, 18, 19), 40), "ada").findings == found.findings[:1]


def test_how_sure_is_meant_stands_once_below_all_sentences():
    found = rk.coach(company((2, 3, 37, 37, 37), 40, names=(*REPS, "dora", "emil")))
    shown = rk.findings(found.findings)

    assert sorted(found.named["rep_id"]) == ["ada", "bruno"]
    assert not any("by lot" in one for one in shown.sentences)
    assert sum("by lot" in one for one in shown.asides) == 1
    assert repr(found).count("by lot") == str(found.of("ada")).count("by lot") == 1


def test_the_first_page_has_a_rep_where_wins_discounts_or_the_quota_are_at_stake():
    found = rk.coach(company((2, 18, 19), 40))
    (said,) = found.of("ada").sentences("en")
    assert said.front == said.main

    rows = found.measures.assign(measure="pushes")
    object.__setattr__(found, "measures", rows)
    assert found.of("ada").sentences("en")[0].front == ""

    missed = pd.DataFrame({"high": [0.6], "expected": [0.9]}, index=pd.Index(["ada"]))
    object.__setattr__(found, "quotas", missed)
    assert found.of("ada").sentences("en")[0].front


def test_nobody_is_named_whose_likely_value_may_be_that_of_like_deals():
    """Chance leaves anybody so far off in 3 % of teams, but Ada's likely wins may be 40 %."""
    found = rk.coach(company((5, 15, 10)))
    ada = wins(found).loc["ada"]

    assert ada["chance"] <= 0.05
    assert ada["low"] < ada["usual"] < ada["high"]
    assert found.named.empty


def test_a_change_that_came_upon_all_blames_nobody():
    """Half of the deals begun in November are won, one in ten of January's; Ada has these."""
    rows = []
    for begun, closed, share, counts in (
        ("2025-11-05", "2025-12-15", 0.5, (10, 60, 60)),
        ("2026-01-05", "2026-02-14", 0.1, (60, 20, 20)),
    ):
        for rep, n in zip(REPS, counts, strict=True):
            won = [at < n * share for at in range(n)]
            rows.append(pd.DataFrame({"is_won": won}).assign(
                rep_id=rep, created_on=begun, closed_on=closed, amount=1000.0))  # fmt: skip
    frame = pd.concat(rows, ignore_index=True)
    frame["opportunity_id"] = [f"O{at:03d}" for at in range(len(frame))]

    found = rk.coach(rk.Dataset(opportunities=frame, as_of=AS_OF, currency="EUR"))

    assert wins(found)["usual"].to_dict() == pytest.approx(wins(found)["value"].to_dict())
    assert found.named.empty


def test_a_rep_with_few_deals_is_too_few_to_say():
    few = pd.concat([deals((8, 8, 8)), deals((0,), 10, ("dora",)).assign(
        opportunity_id=[f"P{at}" for at in range(10)])])  # fmt: skip
    found = rk.coach(rk.Dataset(opportunities=few, as_of=AS_OF, currency="EUR"))
    row = wins(found).loc["dora"]

    assert not row["told"]
    assert np.isnan([row["likely"], row["chance"]]).all()
    assert dict(zip(found.team["rep"], found.team["says"], strict=True))["dora"] == "too few to say"
    assert list(found.team["rep"]) == ["ada", "bruno", "carla", "dora"]
    assert found.findings[0].quiet


def test_what_can_be_said_of_wins_is_what_is_counted():
    """Dora has 19 decided deals: too few for her wins, whatever else she has cases of."""
    more = deals((9,), 19, ("dora",)).assign(opportunity_id=[f"P{at}" for at in range(19)])
    found = rk.coach(rk.Dataset(opportunities=pd.concat([deals((8, 8, 8)), more]), as_of=AS_OF))
    found.measures.loc[len(found.measures)] = found.measures.iloc[-1].to_dict() | {
        "rep_id": "dora", "measure": "pushes", "told": True, "named": False,
    }  # fmt: skip

    says = found.team["says"]
    assert said(found.findings[0]).startswith(f"None of {(says == 'as like deals').sum()} reps")
    assert dict(zip(found.team["rep"], says, strict=True))["dora"] == "too few to say"


def test_the_rep_to_look_at_is_who_stands_out_and_is_named():
    found = rk.coach(company((2, 18, 19), 40))
    most = rk.coach(company((8, 9, 10)))

    assert (found.of().rep, most.of().rep) == ("ada", "ada")
    assert set(found.of().table["rep"]) == {"ada"}
    assert rk.coach(company((19, 18, 2), 40)).of().rep == "carla"
    assert "Won" not in rk.table(found.of().table).headings
    assert said(found.wins()).startswith("ada won 5.0 % of 40 deals decided; the team")
    assert "To try" not in found.wins()
    assert said(most.wins()).startswith("None of 3 reps with enough deals wins otherwise")


def test_the_median_ramp_of_all_years_lies_among_those_of_the_years():
    years = {"2023": [2, 4, 10, 20], "2024": [3, 6, 7]}
    spells = pd.DataFrame(
        [("full quota", year, month, 1) for year, all_ in years.items() for month in all_]
        + [("full quota", "2024", month, 0) for month in (2, 5, 5)],
        columns=["event", "cohort", "months", "reached"],
    )

    medians = Ramp(spells).summary().set_index("cohort")["median"]

    assert medians.to_dict() == {"2023": 7.0, "2024": 6.0, "all": 7.0}


def test_who_has_left_is_a_peer_and_is_not_named():
    reps = pd.DataFrame({"rep_id": REPS, "hired_on": "2020-01-01",
                         "left_on": ["2026-03-01", None, None]})  # fmt: skip
    found = rk.coach(company((2, 18, 19), 40, reps=reps))

    assert found.named.empty
    assert list(found.team["rep"]) == ["bruno", "carla"]


def test_silent_weeks_count_as_zero():
    """Bruno sold 20 hours in ten working days, 25 % of 80; two of three weeks are empty."""
    reps = pd.DataFrame({"rep_id": REPS, "hired_on": ["2026-03-01", "2026-03-18", "2020-01-01"]})
    work = pd.DataFrame({
        "activity_id": ["1", "2", "3"], "rep_id": ["ada", "bruno", "bruno"],
        "kind": ["call", "meeting", "admin"], "minutes": [60.0, 1200.0, 500.0],
        "occurred_at": ["2026-03-02T09:00:00", "2026-03-19T09:00:00", "2026-03-20T09:00:00"],
        "is_selling": [True, True, False],
    })  # fmt: skip
    found = rk.coach(company((9, 9, 9), reps=reps, activities=work)).reps.set_index("rep")

    assert found.loc["bruno", "weeks"] == pytest.approx(2.0)
    assert found.loc["bruno", "selling"] == pytest.approx(0.25)
    assert found.loc["bruno", "silent"] == 2
    assert found.loc["carla", "selling"] == 0


def test_who_is_not_there_is_refused():
    with pytest.raises(ParameterError, match=r"rk\.coach: rep='dora'"):
        rk.coach(company((9, 9, 9)), "dora")


def test_every_sentence_has_something_to_try():
    assert set(wording.TITLES) <= set(wording.TRY)
    assert set(wording.TITLES) == set(wording.SEEN)


@pytest.fixture(scope="module")
def generated():
    return rk.generate("baseline", accounts=300, seed=3).data


def test_a_generated_company_is_shown_whole(generated):
    found = rk.coach(generated)

    assert min(map(len, (found.team, found.attainment, found.territories))) > 0
    assert found.stages[0] == "stage: Qualification"
    assert "first win" in set(found.ramp.summary()["event"])
    for rep in found.names:
        assert found.of(rep).sentences("it")
    for frame in (
        found.team,
        found.attainment,
        found.habits,
        found.territories,
        found.ramp.summary(),
    ):
        assert str(rk.table(frame))


@pytest.mark.parametrize("lost", ["opportunity_history", "reps"])
def test_a_missing_table_leaves_out_what_it_tells(generated, lost):
    names = ("opportunities", "opportunity_history", "stages", "reps")
    tables = {one: generated.table(one).to_pyarrow().to_pandas() for one in names if one != lost}
    found = rk.coach(rk.Dataset(**tables, as_of=generated.as_of, currency="EUR"))

    assert "win" in set(found.measures["measure"])
    assert bool(found.stages) == (lost != "opportunity_history")


def test_what_is_not_known_yet_is_not_read():
    early = company((5, 15, 10)).replay("2026-02-10")

    assert wins(rk.coach(early)).empty


def sellers(**left):
    """A team there for years, of whom some have left, and two who came in October."""
    names = [*"abcdef", "new1", "new2"]
    return pd.DataFrame({
        "rep_id": names, "hired_on": ["2020-01-01"] * 6 + ["2025-10-01"] * 2,
        "left_on": [left.get(name) for name in names],
    })  # fmt: skip


def test_how_many_sellers_of_a_year_ago_are_gone_is_said_and_first_where_it_is_a_third():
    names, won = (*"abcdef", "new1", "new2"), (10,) * 8
    gone = sellers(a="2025-06-30", b="2026-02-01")
    said = rk.coach(company(won, 25, names, reps=gone)).gone("en")

    assert said.replace("\u00a0", " ") == (
        "2 of 6 who sold a year ago are gone (33.3 %), 1 of them in the last six months."
    )
    assert said.front == said
    one = rk.coach(company(won, 25, names, reps=sellers(a="2025-06-30"))).gone("en")
    assert (one.front, one.quiet) == ("", False)
    assert rk.coach(company(won, 25, names, reps=sellers())).gone("en").quiet


def test_how_those_win_who_came_is_said_where_it_is_no_chance():
    names = (*"abcdef", "new1", "new2")
    found = rk.coach(company((50,) * 6 + (15, 15), 100, names, reps=sellers(a="2025-06-30")))

    assert (found.turnover.newcomers, found.turnover.others) == pytest.approx((0.15, 0.5))
    assert "Who came since then won 15.0" in found.gone("en")
    alike = rk.coach(company((10,) * 6 + (8, 8), 25, names, reps=sellers(a="2025-06-30")))
    assert np.isnan(alike.turnover.newcomers)


def test_what_like_deals_come_to_stays_within_0_and_1():
    """Small deals are lost, large ones won, but in a bad quarter: Dora has small ones of that."""
    kinds = [("2026-01-05", 9e3, True, REPS), ("2026-01-05", 1e3, False, REPS),
             ("2025-08-05", 9e3, False, REPS), ("2025-08-05", 1e3, False, ("dora",))]  # fmt: skip
    rows = [
        {"created_on": day, "amount": amount, "is_won": won, "rep_id": rep}
        for day, amount, won, reps in kinds for at in range(15) for rep in reps
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["opportunity_id"] = [f"O{at:03d}" for at in range(len(frame))]
    frame["closed_on"] = pd.to_datetime(frame["created_on"]) + pd.Timedelta(days=40)
    found = wins(rk.coach(rk.Dataset(opportunities=frame, as_of=AS_OF, currency="EUR")))

    assert found["usual"].between(0, 1).all()
    assert found.loc["dora", "usual"] == 0


def test_a_rep_of_whom_nobody_sold_is_refused_with_what_to_do():
    with pytest.raises(ParameterError, match=r"last 24 months; nobody had\..*months=…"):
        rk.coach(company((5, 15, 10)).replay("2025-01-05"), "ada")


def test_who_keeps_customers_is_not_compared_with_those_who_win_them():
    """Dora has two new deals and thirty renewals: no peer of those who sell new business."""
    new = deals((5, 15, 10)).assign(kind="new")
    kept = deals((30,), 30, ("dora",)).assign(kind="renewal")
    few = deals((0,), 2, ("dora",)).assign(kind="new")
    kept["opportunity_id"], few["opportunity_id"] = "K" + kept["opportunity_id"], ["N1", "N2"]
    every = pd.concat([new, few, kept], ignore_index=True)

    team = rk.coach(rk.Dataset(opportunities=every, as_of=AS_OF, currency="EUR"))

    assert team.team["rep"].tolist() == [*REPS]
    assert team.habits["rep"].tolist() == [*REPS, "dora"]
    assert str(rk.table(team.team)).endswith("than new business: dora.")
    assert "dora" not in team.judged
    assert any("dora" in one.get_text() for one in rk.charts.win_rates(team).texts)
    assert rk.coach(company((5, 15, 10))).left_out() == ""


def test_months_beyond_the_calendar_are_refused():
    with pytest.raises(ParameterError, match="a whole number of months, 1 to 1200"):
        rk.coach(company((5, 15, 10)), months=50_000)


def test_what_is_open_is_unknown_where_no_amount_is_and_nothing_where_no_deal_is():
    rows = pd.DataFrame({
        "opportunity_id": list("abc"), "rep_id": ["Ann", "Bob", "Cy"], "kind": "new",
        "created_on": "2026-01-05", "closed_on": [None, None, "2026-02-01"],
        "is_won": [None, None, True], "amount": [None, 50.0, 10.0],
    })  # fmt: skip
    reps = pd.DataFrame({"rep_id": ["Ann", "Bob", "Cy"], "name": ["Ann", "Bob", "Cy"]})
    accounts = pd.DataFrame({"account_id": ["x"], "rep_id": ["Cy"]})
    data = rk.Dataset(
        opportunities=rows, reps=reps, accounts=accounts, as_of="2026-03-31", currency="EUR"
    )

    found = rk.coach(data).territories.set_index("rep_id")["open_amount"]

    assert found.isna().to_dict() == {"Ann": True, "Bob": False, "Cy": False}
    assert found[["Bob", "Cy"]].tolist() == [50.0, 0.0]


def test_who_has_too_few_deals_is_told_of_only_where_there_is_one():
    assert "of 0" not in wording.quiet(3, 0, 20, language("en"))
    assert "of 2 there are too few" in wording.quiet(3, 2, 20, language("en"))
