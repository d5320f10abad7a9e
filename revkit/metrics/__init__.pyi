"""The metrics of revkit, as editors complete them. Written by `make stubs`."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import pandas as pd

from revkit.dataset import Dataset
from revkit.measures import Metric

_Period = Literal["day", "week", "month", "quarter", "year"] | str | None

class _Asked(Metric):
    def __call__(  # type: ignore[override]
        self,
        data: Dataset,
        /,
        *,
        by: str | Sequence[str] | None = None,
        period: _Period = "month",
        start: date | str | None = None,
        end: date | str | None = None,
        trailing: int | None = None,
        compare: Literal["previous", "year"] | None = None,
        level: float = 0.95,
    ) -> pd.DataFrame: ...

class _AskedLag(Metric):
    def __call__(  # type: ignore[override]
        self,
        data: Dataset,
        /,
        *,
        by: str | Sequence[str] | None = None,
        period: _Period = "month",
        start: date | str | None = None,
        end: date | str | None = None,
        trailing: int | None = None,
        compare: Literal["previous", "year"] | None = None,
        level: float = 0.95,
        lag: int = 0,
    ) -> pd.DataFrame: ...

class _AskedWithin(Metric):
    def __call__(  # type: ignore[override]
        self,
        data: Dataset,
        /,
        *,
        by: str | Sequence[str] | None = None,
        period: _Period = "month",
        start: date | str | None = None,
        end: date | str | None = None,
        trailing: int | None = None,
        compare: Literal["previous", "year"] | None = None,
        level: float = 0.95,
        within: int | None = None,
    ) -> pd.DataFrame: ...

class _AskedLag2(Metric):
    def __call__(  # type: ignore[override]
        self,
        data: Dataset,
        /,
        *,
        by: str | Sequence[str] | None = None,
        period: _Period = "month",
        start: date | str | None = None,
        end: date | str | None = None,
        trailing: int | None = None,
        compare: Literal["previous", "year"] | None = None,
        level: float = 0.95,
        lag: int = 1,
    ) -> pd.DataFrame: ...

arpa: _Asked
arr: _Asked
burn_multiple: _Asked
cac: _AskedLag
cac_payback: _AskedLag
churn_rate: _Asked
churned_mrr: _Asked
close_rate: _AskedWithin
contraction_mrr: _Asked
cost_per_lead: _Asked
deal_size: _Asked
expansion_mrr: _Asked
expansion_rate: _Asked
gross_margin: _Asked
gross_mrr_churn_rate: _Asked
grr: _Asked
lead_to_customer_rate: _AskedWithin
logo_retention: _Asked
magic_number: _AskedLag2
median_deal_size: _Asked
median_sales_cycle: _Asked
mql_to_sql_rate: _AskedWithin
mqls: _Asked
mrr: _Asked
mrr_growth_rate: _Asked
net_mrr_churn_rate: _Asked
net_new_mrr: _Asked
new_mrr: _Asked
nrr: _Asked
nrr_with_reactivation: _Asked
pipeline_open: _Asked
pipeline_velocity: _Asked
quick_ratio: _Asked
quick_ratio_with_reactivation: _Asked
reactivation_mrr: _Asked
real_revenue_growth: _Asked
real_revenue_growth_deflated: _Asked
rule_of_40: _Asked
sales_cycle: _Asked
sales_efficiency: _Asked
sqls: _Asked
stage_share: _Asked
upsell_rate: _Asked
win_loss_ratio: _Asked
win_rate: _Asked
won_amount: _Asked
