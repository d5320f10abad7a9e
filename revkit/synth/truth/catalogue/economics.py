"""Economics: what is spent and earned, and what new customers and their revenue cost."""

from __future__ import annotations

import numpy as np

from revkit.synth.kernel.random_streams import Numbers
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.world import World
from revkit.synth.tables.per_company.finance import COGS, price_index
from revkit.synth.tables.per_company.spend import spend_rows
from revkit.synth.tables.per_company.totals import Totals
from revkit.synth.truth.catalogue.marketing import RETURN
from revkit.synth.truth.catalogue.months import (
    Values,
    earlier,
    over,
    positive,
    trailing,
)
from revkit.synth.truth.figures import Figures, by_month

ACQUISITION = ("sales", "marketing")
WINDOW = 3
"""Months over which lifetime value and payback are looked at."""


def money_figures(world: World, roster: Roster, sums: Totals) -> Figures:
    """Sum what the company spends and earns by month, in cents."""
    rows = spend_rows(world, roster, sums)
    function, category = (rows[name].astype(str) for name in ("function", "category"))

    def spent(which: Numbers) -> Numbers:
        return by_month(world, rows["spent_on"][which], rows["amount"][which])

    direct = np.isin(function, COGS)
    programmes = (function == "marketing") & (category == "programs")
    old = rows["spent_on"] + RETURN < world.end
    return {
        "revenue": sums.revenue,
        "cogs": spent(direct),
        "opex": spent(~direct),
        "acquisition": spent(np.isin(function, ACQUISITION)),
        "programmes": spent(programmes),
        "old_programmes": spent(programmes & old),
        "prices": price_index(world),
    }


def economic_values(f: Figures) -> Values:
    """Form the metrics of costs and growth; money in the company's currency."""
    revenue, burned = f["revenue"], f["cogs"] + f["opex"] - f["revenue"]
    won, gained = 12 * (f["new"] + f["grown"]), 12 * (f["closing"] - f["opening"])
    grown = over(revenue, positive(earlier(revenue, 12)))
    dearer = over(f["prices"], earlier(f["prices"], 12))
    return {
        "gross_margin": over(revenue - f["cogs"], revenue),
        "free_cash_flow_margin": over(-burned, revenue),
        "burn_multiple": over(burned, positive(gained)),
        "real_revenue_growth": grown - 1,
        "real_revenue_growth_deflated": over(grown, dearer) - 1,
        "rule_of_40": 100 * (grown - over(f["cogs"] + f["opex"], revenue)),
        "sales_and_marketing_share": over(f["acquisition"], revenue),
        "sales_efficiency": over(won, f["acquisition"]),
        "cac_ratio": over(f["acquisition"], won),
        "magic_number": over(gained, earlier(f["acquisition"], 1)),
        "cac": over(f["acquisition"] / 100, f["first_paid"]),
        "cost_per_lead": over(f["programmes"] / 100, f["leads_created"]),
        "cost_per_opportunity": over(f["programmes"] / 100, f["created_new"]),
        **lifetime_values(f),
    }


def lifetime_values(f: Figures) -> Values:
    """Form the metrics of lifetime value and payback over three months."""
    names = ("revenue", "cogs", "acquisition", "first_paid", "first_paid_mrr",
             "gone_accounts", "opening_accounts")  # fmt: skip
    revenue, cogs, spent, joined, paid, gone, stood = (trailing(f[name], WINDOW) for name in names)
    margin = over(revenue - cogs, revenue)
    arpa = over(f["closing"] / 100, f["closing_accounts"])
    cac, value = over(spent / 100, joined), over(arpa * margin, over(gone, stood))
    return {
        "cltv": value,
        "cac_payback": over(cac, over(paid / 100, joined) * margin),
        "ltv_cac": over(value, cac),
    }
