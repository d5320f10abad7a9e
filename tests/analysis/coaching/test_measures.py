"""Each measure of a rep by hand: what counts, for whom, and which side is the worse."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk

REPS = ("ada", "bruno", "carla")
AS_OF = "2026-03-31"
STAGES = pd.DataFrame({
    "object": "opportunity", "stage": ["Talk", "Offer", "Won", "Lost"], "position": range(4),
    "is_closed": [False, False, True, True], "is_won": [False, False, True, False],
})  # fmt: skip


def deals(each=12, **columns):
    """So many like deals of each rep; a column may be one value a deal of a rep."""
    frame = pd.DataFrame({"rep_id": np.repeat(REPS, each)})
    frame["opportunity_id"] = [f"{rep}{at}" for rep in REPS for at in range(each)]
    usual = {"created_on": "2026-01-05", "closed_on": "2026-02-14", "is_won": True, "amount": 1e3}
    return frame.assign(**usual | columns)


def coached(opportunities, **tables):
    return rk.coach(rk.Dataset(opportunities=opportunities, **tables, as_of=AS_OF, currency="EUR"))


def measure(found, name):
    return found.measures[found.measures["measure"] == name].set_index("rep_id")


def test_a_high_discount_is_the_worse():
    rows = measure(coached(deals(discount=np.repeat([0.3, 0.1, 0.2], 12))), "discount")

    assert rows["value"].tolist() == pytest.approx([0.3, 0.1, 0.2])
    assert rows["usual"].tolist() == pytest.approx([0.2] * 3)
    assert rows.loc["ada", "distance"] > 0 > rows.loc["bruno", "distance"]


def test_open_deals_past_their_expected_close_are_overdue():
    due = np.where(np.arange(36) < 8, "2026-03-30", "2026-04-30")
    late = deals(closed_on=None, is_won=None, expected_close_on=due)
    late["closed_on"] = late["closed_on"].astype("datetime64[s]")

    rows = measure(coached(late), "overdue")

    assert rows["value"].tolist() == pytest.approx([8 / 12, 0, 0])
    assert rows.loc["ada", "distance"] > 0


def test_leads_answered_after_a_day_are_not():
    """Ada answers hers after two days, Bruno within an hour, Carla never."""
    leads = pd.DataFrame({"rep_id": np.repeat(REPS, 12), "created_at": "2026-02-02T09:00:00"})
    leads["lead_id"] = [f"L{at}" for at in range(36)]
    answers = leads[leads["rep_id"] != "carla"].assign(
        activity_id=leads["lead_id"], kind="call", direction="out", is_selling=True,
        occurred_at=np.repeat(["2026-02-04T09:00:00", "2026-02-02T10:00:00"], 12),
    )  # fmt: skip

    rows = measure(
        coached(deals(), leads=leads, activities=answers.drop(columns="created_at")), "answered"
    )

    assert rows["value"].tolist() == [0, 1, 0]
    assert rows.loc["bruno", "distance"] < 0 < rows.loc["ada", "distance"]


def history(owner, each=12):
    """Every deal talks on 5 January and is offered on the 20th; Carla's are lost at once."""
    rows = [
        (f"{rep}{at}", day, stage, owner(rep, day))
        for rep in REPS
        for at in range(each)
        for day, stage in [("2026-01-05", "Talk"), *(
            [("2026-02-14", "Lost")] if rep == "carla"
            else [("2026-01-20", "Offer"), ("2026-02-14", "Won")])]
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["opportunity_id", "changed_at", "stage", "rep_id"])
    return frame.assign(seq=range(len(frame)))


def lost_by_carla(each=12):
    return deals(each, is_won=np.repeat([True, True, False], each))


def test_a_stage_is_of_who_had_the_deal_when_it_was_left():
    """Ada had Bruno's deals until the offer: she moved 24 on from the talk, he none."""
    then = history(lambda rep, day: "ada" if rep == "bruno" and day == "2026-01-05" else rep)

    rows = measure(coached(lost_by_carla(), opportunity_history=then, stages=STAGES), "stage: Talk")

    assert rows["n"].to_dict() == {"ada": 24, "carla": 12}
    assert rows["value"].to_dict() == {"ada": 1, "carla": 0}
    assert rows.loc["carla", "distance"] > 0


def test_what_was_skipped_on_one_day_is_nobodys_work():
    """Deals that went on at once say nothing of the talk; those of Carla, who had to, do."""
    then = history(lambda rep, day: rep, 36).replace({"2026-01-20": "2026-01-05"})
    found = coached(lost_by_carla(36), opportunity_history=then, stages=STAGES)

    assert not {"ada", "bruno"} & set(measure(found, "stage: Talk").index)


def test_most_is_lost_at_the_stage_that_is_furthest_from_the_usual():
    found = coached(lost_by_carla(), opportunity_history=history(lambda rep, day: rep),
                    stages=STAGES)  # fmt: skip

    assert "carla" in set(measure(found, "win").query("distance > 1").index)
    rows = found.measures.assign(named=found.measures["rep_id"] == "carla", told=True)
    rows.loc[rows["measure"] == "stage: Offer", "distance"] = 1.5
    again = rk.coach(rk.Dataset(opportunities=lost_by_carla(), as_of=AS_OF))
    object.__setattr__(again, "measures", rows)

    assert again.of("carla").stage == "Talk"


def test_who_loses_early_and_wins_as_many_is_not_named_for_the_stage():
    """Ada ends 30 of 60 deals at once and wins the others; peers win 30 of 60 after the offer."""
    rows = []
    for rep in REPS:
        for at in range(60):
            kept = at % 2 == 0
            ends = [("2026-02-14", "Won" if kept else "Lost")]
            offer = [("2026-01-20", "Offer")] if kept or rep != "ada" else []
            for day, stage in [("2026-01-05", "Talk"), *offer, *ends]:
                rows.append((f"{rep}{at}", day, stage, rep))
    frame = pd.DataFrame(rows, columns=["opportunity_id", "changed_at", "stage", "rep_id"])
    won = deals(60, is_won=np.tile([True, False], 90))

    found = coached(won, opportunity_history=frame.assign(seq=range(len(frame))), stages=STAGES)
    row = measure(found, "stage: Talk").loc["ada"]

    assert (row["chance"] <= 0.05, row["high"] < row["usual"]) == (True, True)
    assert found.named.empty


def test_accounts_of_one_parent_are_one_piece_of_evidence():
    accounts = pd.DataFrame({"account_id": [f"{rep}{at}" for rep in REPS for at in range(12)]})
    mine = lost_by_carla().assign(account_id=accounts["account_id"])
    parents = pd.DataFrame({"account_id": REPS, "parent_account_id": None})
    groups = accounts.assign(parent_account_id=np.repeat(REPS, 12))

    alone = measure(coached(mine, accounts=accounts), "win")
    one = measure(coached(mine, accounts=pd.concat([parents, groups])), "win")

    assert one.loc["carla", "distance"] < alone.loc["carla", "distance"] / 2


def test_a_manager_whose_quota_repeats_those_of_the_reps_is_left_out():
    names = ["boss", *REPS]
    reps = pd.DataFrame({"rep_id": names, "name": names, "hired_on": "2020-01-01"})
    reps["manager_id"] = [None, *["boss"] * 3]
    quotas = pd.DataFrame({
        "target_id": list("abcd"), "kind": "quota", "rep_id": names,
        "measure": "bookings", "starts_on": "2026-01-01", "ends_on": "2026-04-01",
        "amount": [36e3, 12e3, 12e3, 12e3],
    })  # fmt: skip

    found = coached(deals(), reps=reps, targets=quotas)

    assert found.quotas.index.tolist() == list(REPS)
    assert found.quotas["attainment"].tolist() == [1, 1, 1]


def test_who_left_before_a_win_was_there_so_long_and_no_longer():
    """Dora was hired when deals were won already, left, and a deal of hers was won later."""
    reps = pd.DataFrame({"rep_id": [*REPS, "dora"], "hired_on": ["2020-01-01"] * 3 + ["2026-02-15"],
                         "left_on": [None] * 3 + ["2026-03-01"]})  # fmt: skip
    late = deals().iloc[:1].assign(rep_id="dora", opportunity_id="d", closed_on="2026-03-20")

    spells = coached(pd.concat([deals(), late]), reps=reps).ramp.spells.set_index("rep_id")

    assert spells.loc["dora", "reached"] == 0
    assert spells.loc["dora", "months"] == pytest.approx(14 / 30.4375, rel=0.01)


def test_the_potential_of_a_territory_is_in_accounts_that_have_not_bought():
    """Half of Ada's accounts bought, for 1,000 each: each of the others is worth half of that."""
    accounts = pd.DataFrame({"account_id": [f"a{at}" for at in range(8)], "rep_id": "ada"})
    bought = deals(each=4, account_id=[f"a{at % 4}" for at in range(12)])

    found = coached(bought, accounts=accounts).territories.set_index("rep_id")

    assert found.loc["ada", ["accounts", "customers", "potential"]].tolist() == [8, 4, 4 * 500]
