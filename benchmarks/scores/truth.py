"""True chances of the rows that were scored."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from revkit.synth.company import Company
from revkit.synth.truth.latent_values import latent_tables


def latent(company: Company) -> dict[str, pd.DataFrame]:
    """Return the latent values of a company, as its folder of truth would hold them."""
    truth = company.truth
    parts = [latent_tables(truth.world, truth.simulated(chunk)) for chunk in truth.world.chunks]
    return {name: pa.concat_tables([part[name] for part in parts]).to_pandas() for name in parts[0]}


def of_deals(rows: pd.DataFrame, known: dict[str, pd.DataFrame]) -> pd.Series:
    """Return the true chance that each deal is ever won; NaN where nothing was left to chance."""
    chance = known["truth_opportunities"].set_index("opportunity_id")["chance"]
    return rows["opportunity_id"].map(chance)


def of_deals_untold(
    rows: pd.DataFrame, known: dict[str, pd.DataFrame], company: Company
) -> pd.Series:
    """Return the log-odds of each deal by what a table may tell on its first day.

    The true chance counts the account's health, which nothing shows before it is a customer, and
    whether nobody will work at the deal for a while. Both are taken out here.
    """
    deals = known["truth_opportunities"].set_index("opportunity_id")
    scenario = company.world.scenario
    odds = np.log(deals["chance"] / (1 - deals["chance"]))
    odds -= np.where(deals["idle_days"] > 0, scenario.deals.idle_odds, 0.0)
    health = known["truth_accounts"].set_index("account_id")["health"]
    return rows["opportunity_id"].map(odds) - scenario.health.win * rows["account_id"].map(health)


def of_customers(rows: pd.DataFrame, known: dict[str, pd.DataFrame], months: int) -> np.ndarray:
    """Return the true chance that each customer leaves in the months after a month's end.

    A month after it left has the chance of its middle month.
    """
    table = known["truth_churn"]
    month = pd.to_datetime(table["month"]).dt.to_period("M")
    chance = pd.Series(table["chance"].to_numpy(), [table["account_id"], month])
    usual = table.groupby("account_id")["chance"].median()
    stays = np.ones(len(rows))
    taken = rows["day"].dt.to_period("M")
    for ahead in range(1, months + 1):
        at = pd.MultiIndex.from_arrays([rows["account_id"], taken + ahead])
        here = chance.reindex(at).to_numpy()
        other = rows["account_id"].map(usual).to_numpy()
        stays *= 1 - np.where(np.isnan(here), other, here)
    return 1 - stays
