"""The metrics of revkit, as editors complete them. Written by `make stubs`."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import pandas as pd

from revkit.algebra import Metric
from revkit.dataset import Dataset

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

class _AskedWithin2(Metric):
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
        within: int | None = 30,
    ) -> pd.DataFrame: ...

class _AskedWithin22(Metric):
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
        within: int = 180,
    ) -> pd.DataFrame: ...

class _AskedMinutes(Metric):
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
        minutes: int = 5,
    ) -> pd.DataFrame: ...

activities_per_rep: _Asked
arpa: _Asked
arr: _Asked
attach_rate: _Asked
burn_multiple: _Asked
cac: _AskedLag
cac_payback: _AskedLag
campaign_influenced_pipeline: _Asked
churn_rate: _Asked
churn_rate_daily: _Asked
churn_rate_joined: _Asked
churned_mrr: _Asked
close_rate: _AskedWithin
cltv: _Asked
clv: _Asked
concentration: _Asked
contraction_mrr: _Asked
cost_per_lead: _Asked
cost_per_opportunity: _Asked
deal_size: _Asked
discount_rate: _Asked
expansion_mrr: _Asked
expansion_rate: _Asked
fx_movement_mrr: _Asked
gross_margin: _Asked
gross_mrr_churn_rate: _Asked
grr: _Asked
involuntary_churn_share: _Asked
lead_to_customer_rate: _AskedWithin
logo_retention: _Asked
ltv_cac: _AskedLag
magic_number: _AskedLag2
marketing_sourced_share: _Asked
median_deal_size: _Asked
median_sales_cycle: _Asked
mql_to_sql_rate: _AskedWithin
mqls: _Asked
mrr: _Asked
mrr_growth_rate: _Asked
net_mrr_churn_rate: _Asked
net_new_mrr: _Asked
net_renewal_rate_mrr: _AskedWithin2
new_mrr: _Asked
nrr: _Asked
nrr_with_reactivation: _Asked
pipeline_coverage: _Asked
pipeline_created: _Asked
pipeline_open: _Asked
pipeline_velocity: _Asked
price_realisation: _Asked
push_count: _Asked
quick_ratio: _Asked
quick_ratio_with_reactivation: _Asked
quota_attainment: _Asked
ramp_months: _Asked
reactivation_mrr: _Asked
real_revenue_growth: _Asked
real_revenue_growth_deflated: _Asked
renewal_rate: _AskedWithin2
renewal_rate_mrr: _AskedWithin2
revenue_per_rep: _Asked
roi: _AskedWithin22
rule_of_40: _Asked
sales_cycle: _Asked
sales_efficiency: _Asked
selling_time_share: _Asked
slippage_rate: _Asked
speed_to_lead: _Asked
speed_to_lead_within: _AskedMinutes
sql_acceptance_rate: _AskedWithin
sqls: _Asked
stage_conversion: _AskedWithin
stage_duration: _Asked
stage_share: _Asked
stale_deals: _Asked
territory_balance: _Asked
time_to_close: _Asked
trial_conversion_rate: _AskedWithin
upsell_cross_sell_split: _Asked
upsell_rate: _Asked
weighted_pipeline: _Asked
win_loss_ratio: _Asked
win_rate: _Asked
won_amount: _Asked
