"""The public names of revkit, as editors complete them. Written by `make stubs`."""

from revkit import charts as charts
from revkit import errors as errors
from revkit import metrics as metrics
from revkit import notebook as notebook
from revkit.algebra import Cohort as Cohort
from revkit.algebra import Length as Length
from revkit.algebra import Median as Median
from revkit.algebra import Quantile as Quantile
from revkit.algebra import Stock as Stock
from revkit.algebra import Total as Total
from revkit.analysis import say as say
from revkit.analysis.flows.cohorts import cohorts as cohorts
from revkit.analysis.flows.funnel import funnel as funnel
from revkit.analysis.flows.movements import bridge as bridge
from revkit.analysis.flows.waterfall import waterfall as waterfall
from revkit.analysis.forecasts.backtest import backtest as backtest
from revkit.analysis.forecasts.forecast import forecast as forecast
from revkit.analysis.lifetime import lifetime_value as lifetime_value
from revkit.analysis.operating_model.assess import assess as assess
from revkit.analysis.pipelines.calibration import calibration as calibration
from revkit.analysis.pipelines.calls import backtest_calls as backtest_calls
from revkit.analysis.pipelines.forecast_pipeline import backtest_pipeline as backtest_pipeline
from revkit.analysis.pipelines.forecast_pipeline import forecast_pipeline as forecast_pipeline
from revkit.analysis.pipelines.rep_calls import rep_calls as rep_calls
from revkit.analysis.pipelines.stage_rates import stage_rates as stage_rates
from revkit.analysis.reconciliation.reconcile import reconcile as reconcile
from revkit.analysis.scorecards.scorecard import scorecard as scorecard
from revkit.analysis.survival import survival as survival
from revkit.analysis.whitespace import room_to_grow as room_to_grow
from revkit.analysis.writing.finding import findings as findings
from revkit.analysis.writing.tables import table as table
from revkit.catalogue import catalog as catalog
from revkit.catalogue import measure as measure
from revkit.catalogue import metric as metric
from revkit.dataset import Dataset as Dataset
from revkit.examples import example as example
from revkit.language import use_language as use_language
from revkit.policy import Policy as Policy
from revkit.policy import policies as policies
from revkit.quality import check as check
from revkit.quality import clean as clean
from revkit.sources import load as load
from revkit.sources.proposals import propose_mapping as propose_mapping
from revkit.synth import generate as generate

__version__: str
