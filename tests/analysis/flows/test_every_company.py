"""Bridges and waterfalls close to the cent, in companies of all kinds, clean and with dirt."""

import os

import numpy as np
import pytest

import revkit as rk
from benchmarks.cleaning import KINDS
from revkit.synth.scenario.load import scenarios

MRR = {"new": 1, "expansion": 1, "reactivation": 1, "contraction": -1, "churn": -1, "transfer": 1}
PIPELINE = {"created": 1, "reopened": 1, "pulled_in": 1, "amount_up": 1, "transferred": 1,
            "amount_down": -1, "pushed_out": -1, "won": -1, "lost": -1}  # fmt: skip


def assert_closes(frame, signs):
    """Hold closing to opening and the steps, and each opening to the closing before."""
    steps = sum(sign * frame[name].astype(float) for name, sign in signs.items() if name in frame)
    opening, closing = frame["opening"].astype(float), frame["closing"].astype(float)
    assert len(frame) > 0
    assert np.allclose(closing, opening + steps, atol=0.01, rtol=0)


TABLES = ("accounts", "products", "subscriptions", "opportunities", "opportunity_history", "stages",
          "exchange_rates")  # fmt: skip
SCENARIOS = [
    "baseline",
    "enterprise-only",
    "marketplace",
    "price-rise-smb",
    "rep-leaves",
    "self-serve",
]
"""With ``REVKIT_TRUTH=all`` every scenario that is shipped, which takes some minutes."""

if os.environ.get("REVKIT_TRUTH") == "all":
    SCENARIOS = sorted(scenarios())

CASES = [(scenario, "clean") for scenario in SCENARIOS]
CASES += [(scenario, "light") for scenario in ("baseline", "marketplace")]


@pytest.mark.parametrize(("scenario", "dirt"), CASES)
def test_bridges_and_waterfalls_close(scenario, dirt):
    made = rk.generate(scenario, seed=11, accounts=100, months=24, dirt=dirt)
    tables = {name: made.tables[name] for name in TABLES}
    data = rk.Dataset(currency=made.world.scenario.currency, **tables)
    if dirt != "clean":
        data, _ = data.clean(*KINDS)
    bridge = rk.bridge(data, period="month", by="segment")
    assert_closes(bridge, MRR)
    for _, rows in bridge.groupby("segment"):
        opening, closing = (rows[name].to_numpy(float) for name in ("opening", "closing"))
        assert np.allclose(opening[1:], closing[:-1], atol=0.01, rtol=0)
    assert_closes(rk.waterfall(data, by="segment"), PIPELINE)
