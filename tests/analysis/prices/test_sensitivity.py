"""A survey of prices: published points, who is set aside, and which prices could be the best."""

import numpy as np
import pandas as pd
import pytest

import revkit as rk
from revkit.errors import ParameterError, PriceError

FOUR = ["too_cheap", "cheap", "expensive", "too_expensive"]
TWENTY = {
    "Too Cheap": [100, 120, 200, 200, 300, 100, 100, 300, 100, 350, 340, 450, 100, 257, 109, 109,
                  280, 400, 250, 200],
    "Cheap": [150, 200, 250, 300, 340, 190, 200, 350, 120, 360, 360, 460, 110, 388, 299, 129, 350,
              410, 260, 240],
    "Expensive": [400, 400, 450, 350, 400, 200, 300, 370, 180, 370, 490, 490, 130, 433, 399, 149,
                  400, 420, 270, 280],
    "Too Expensive": [500, 480, 500, 400, 490, 300, 500, 380, 200, 380, 500, 500, 140, 499, 422,
                      199, 410, 430, 280, 300],
}  # fmt: skip


def at(found, point, convention="both"):
    rows = found.points
    return rows[(rows["point"] == point) & (rows["convention"] == convention)]["value"].item()


def test_published_example():
    """Best price 300, acceptable 280 to 350, where the survey tool of the page says 280.1 to 350.0.

    From 280 to 300 as many say too cheap as expensive: the page takes the lower end. Source:
    S. Yang, "Pricing research: Van Westendorp's price sensitivity meter in Python" (2020).
    """
    found = rk.price_sensitivity(pd.DataFrame(TWENTY))

    assert at(found, "OPP") == 300
    assert at(found, "PME", "narrow") == 350
    assert 280 <= at(found, "PMC", "narrow") <= 300


@pytest.fixture
def four():
    """Three hundred people whose four prices are about 50."""
    rng = np.random.default_rng(8)
    level = 50 * np.exp(0.25 * rng.standard_normal(300))
    return pd.DataFrame(
        {name: level * by for name, by in zip(FOUR, (0.6, 0.8, 1.25, 1.6), strict=True)}
    )


def test_the_two_conventions_are_those_published(four):
    """Too cheap meets not cheap (1976), or expensive; each where both have their median."""
    found = rk.price_sensitivity(four)

    together = {
        ("PMC", "original"): ("too_cheap", "cheap"), ("PMC", "narrow"): ("too_cheap", "expensive"),
        ("PME", "original"): ("expensive", "too_expensive"),
        ("PME", "narrow"): ("cheap", "too_expensive"),
        ("OPP", "both"): ("too_cheap", "too_expensive"), ("IPP", "both"): ("cheap", "expensive"),
    }  # fmt: skip
    for (point, convention), names in together.items():
        both = np.median(four[[*names]])
        assert at(found, point, convention) == pytest.approx(both, rel=0.01)
    assert at(found, "PMC", "original") < at(found, "PMC", "narrow")
    assert at(found, "PME", "narrow") < at(found, "PME", "original")


def test_who_is_out_of_order_is_set_aside_and_counted(four):
    plain = rk.price_sensitivity(four)
    wrong = four.iloc[:2].assign(cheap=[500.0, None])

    found = rk.price_sensitivity(pd.concat([four, wrong]))

    assert (found.answers.disordered, found.answers.unanswered) == (1, 1)
    assert found.points.equals(plain.points)
    assert any(
        "1 answer is set aside: its four prices are not in order" in one for one in found.notes
    )


def test_few_answers_say_so_and_each_group_has_its_points(four):
    assert not rk.price_sensitivity(four).notes
    assert "ask 200" in rk.price_sensitivity(four.iloc[:199]).notes[0]

    both = rk.price_sensitivity(four.assign(size=["small"] * 100 + ["large"] * 200), by="size")

    large = rk.price_sensitivity(four.iloc[100:])
    rows = both.points[both.points["size"] == "large"].drop(columns="size")
    assert rows.reset_index(drop=True).equals(large.points)
    assert both.findings[0].startswith("large: fewest reject")


def test_a_file_a_frame_and_a_company_say_the_same(four, tmp_path):
    four.to_csv(tmp_path / "survey.csv", index=False)
    table = four.assign(response_id=[f"Q{at}" for at in range(len(four))])
    company = rk.Dataset(price_survey=table, as_of="2026-03-31", currency="EUR")

    values = [
        rk.price_sensitivity(one).points["value"].to_numpy()
        for one in (four, tmp_path / "survey.csv", str(tmp_path / "survey.csv"), company)
    ]

    assert all(one == pytest.approx(values[0]) for one in values)


def test_nobody_is_nothing():
    nobody = pd.DataFrame({name: [3.0, 2.0, 1.0, 0.0][at : at + 1] for at, name in enumerate(FOUR)})

    found = rk.price_sensitivity(nobody)

    assert found.points["value"].isna().all()
    assert found.findings[0].quiet


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (pd.DataFrame({"to_cheap": [1]}), "Did you mean 'to_cheap'"),
        (pd.DataFrame({name: ["12,50 €"] for name in FOUR}), "must hold a number; found '12,50 €'"),
        (pd.DataFrame({"price": [1], "would_buy": ["perhaps"]}), "yes or no; found 'perhaps'"),
        (pd.DataFrame({"price": [1, 1], "would_buy": [True, True], "respondent": ["a", "a"]}),
         "'a' answers to one price twice"),
        ("missing.csv", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_survey_is_refused(answers, said):
    with pytest.raises(PriceError, match=said.replace("(", r"\(")):
        rk.price_sensitivity(answers)


def test_groups_by_an_unknown_column_are_refused(four):
    with pytest.raises(PriceError, match="no such column"):
        rk.price_sensitivity(four, by="segment")
    with pytest.raises(ParameterError):
        rk.price_sensitivity(four, by=3)


@pytest.fixture
def offers():
    """A thousand people, each offered all of six prices; 20 and 30 bring most."""
    rng = np.random.default_rng(1)
    worth, prices = np.exp(rng.normal(3.5, 0.5, 1000)), [10, 20, 30, 40, 50, 60]
    rows = [(who, price, most >= price) for who, most in enumerate(worth) for price in prices]
    return pd.DataFrame(rows, columns=["respondent", "price", "would_buy"])


def test_demand_is_the_share_that_would_buy_and_revenue_its_product(offers):
    found = rk.price_sensitivity(offers).prices.set_index("price")

    share = offers.groupby("price")["would_buy"].mean()
    assert found["share"].to_dict() == share.to_dict()
    assert found["revenue"].to_numpy() == pytest.approx(100 * share.to_numpy() * share.index)
    assert set(found.index[found["best"] != ""]) == {20.0, 30.0}


def test_offers_that_belong_together_tell_prices_apart_better(offers):
    apart = rk.price_sensitivity(offers.iloc[:1200].drop(columns="respondent")).prices

    together = rk.price_sensitivity(offers.iloc[:1200]).prices

    assert (together["best"] != "").sum() <= (apart["best"] != "").sum()


def test_demand_that_rises_with_the_price_is_told():
    rising = pd.DataFrame({"price": [1, 1, 2, 2], "would_buy": ["no", "yes", "Yes", "y"]})

    found = rk.price_sensitivity(rising)

    assert found.prices["share"].tolist() == [0.5, 1.0]
    assert any("at some price than at the one below" in note for note in found.notes)
