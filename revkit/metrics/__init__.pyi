"""The metrics of revkit, as editors complete them. Written by `make stubs`."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import pandas as pd

from revkit.algebra import Metric
from revkit.dataset import Dataset

_Period = Literal["day", "week", "month", "quarter", "year"] | str | None

class _MetricWeights(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        weights: str | None = None,
    ) -> pd.DataFrame: ...

class _Metric(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
    ) -> pd.DataFrame: ...

class _MetricModel(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        model: str = "linear",
    ) -> pd.DataFrame: ...

class _MetricLagMotionAllocate(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        lag: int = 0,
        motion: str = "all",
        allocate: str | None = None,
    ) -> pd.DataFrame: ...

class _MetricLag(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        lag: int = 0,
    ) -> pd.DataFrame: ...

class _MetricWithin(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        within: int | None = None,
    ) -> pd.DataFrame: ...

class _MetricForecastDays(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        forecast: str = "commit",
        days: int = 30,
    ) -> pd.DataFrame: ...

class _MetricReturned(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        returned: str = "counted",
    ) -> pd.DataFrame: ...

class _MetricLag2(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        lag: int = 1,
    ) -> pd.DataFrame: ...

class _MetricWithin2(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        within: int | None = 30,
    ) -> pd.DataFrame: ...

class _MetricWithin22(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        within: int = 180,
    ) -> pd.DataFrame: ...

class _MetricMinutes(Metric):
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
        compare: Literal["previous", "year", "rest"] | None = None,
        level: float = 0.95,
        limit: int | None = 1_000_000,
        minutes: int = 5,
    ) -> pd.DataFrame: ...

account_health: _MetricWeights
active_users: _Metric
activities_per_rep: _Metric
acv: _Metric
arpa: _Metric
arr: _Metric
arr_per_employee: _Metric
attach_rate: _Metric
attributed_pipeline: _MetricModel
billings: _Metric
bookings_linearity: _Metric
burn_multiple: _Metric
cac: _MetricLagMotionAllocate
cac_payback: _MetricLag
cac_ratio: _MetricLag
campaign_influenced_pipeline: _Metric
churn_rate: _Metric
churn_rate_daily: _Metric
churn_rate_joined: _Metric
churned_mrr: _Metric
close_rate: _MetricWithin
cltv: _Metric
clv: _Metric
competitor_win_rate: _Metric
concentration: _Metric
contract_length: _Metric
contraction_mrr: _Metric
cost_per_lead: _Metric
cost_per_opportunity: _Metric
csat: _Metric
customers: _Metric
days_sales_outstanding: _Metric
deal_size: _Metric
deferred_revenue: _Metric
discount_bands: _Metric
discount_rate: _Metric
expansion_cac_ratio: _MetricLag
expansion_mrr: _Metric
expansion_rate: _Metric
first_response_time: _Metric
forecast_accuracy: _MetricForecastDays
forecast_bias: _MetricForecastDays
free_cash_flow_margin: _Metric
fx_movement_mrr: _Metric
gross_margin: _Metric
gross_mrr_churn_rate: _Metric
grr: _MetricReturned
involuntary_churn_share: _Metric
lead_to_customer_rate: _MetricWithin
lead_to_mql_rate: _MetricWithin
leads: _Metric
logo_retention: _Metric
loss_reasons: _Metric
ltv_cac: _MetricLag
magic_number: _MetricLag2
marketing_sourced_share: _Metric
median_deal_size: _Metric
median_sales_cycle: _Metric
meetings_held: _Metric
mql_to_sql_rate: _MetricWithin
mqls: _Metric
mrr: _Metric
mrr_growth_rate: _Metric
net_mrr_churn_rate: _Metric
net_new_mrr: _Metric
net_renewal_rate_mrr: _MetricWithin2
new_cac_ratio: _MetricLag
new_customers: _Metric
new_mrr: _Metric
nrr: _MetricReturned
nrr_with_reactivation: _Metric
opportunities_created: _Metric
overdue_share: _Metric
paid_cac: _MetricLag
pipeline_age: _Metric
pipeline_coverage: _Metric
pipeline_created: _Metric
pipeline_open: _Metric
pipeline_velocity: _Metric
price_realisation: _Metric
push_count: _Metric
quick_ratio: _Metric
quick_ratio_with_reactivation: _Metric
quota_attainment: _Metric
ramp_months: _Metric
reactivation_mrr: _Metric
real_revenue_growth: _Metric
real_revenue_growth_deflated: _Metric
remaining_performance_obligation: _Metric
renewal_rate: _MetricWithin2
renewal_rate_mrr: _MetricWithin2
rep_attrition: _Metric
resolution_time: _Metric
revenue_per_rep: _Metric
roi: _MetricWithin22
rule_of_40: _Metric
sales_and_marketing_share: _Metric
sales_cycle: _Metric
sales_efficiency: _Metric
seat_utilisation: _Metric
selling_time_share: _Metric
share_of_reps_at_quota: _Metric
show_rate: _Metric
slippage_rate: _Metric
speed_to_lead: _Metric
speed_to_lead_within: _MetricMinutes
sql_acceptance_rate: _MetricWithin
sql_to_opportunity_rate: _MetricWithin
sqls: _Metric
stage_conversion: _MetricWithin
stage_duration: _Metric
stage_share: _Metric
stale_deals: _Metric
stickiness: _Metric
tcv: _Metric
territory_balance: _Metric
time_to_close: _Metric
trial_conversion_rate: _MetricWithin
upsell_cross_sell_split: _Metric
upsell_rate: _Metric
weighted_pipeline: _Metric
win_loss_ratio: _Metric
win_rate: _Metric
win_rate_value: _Metric
won_amount: _Metric
won_deals: _Metric
