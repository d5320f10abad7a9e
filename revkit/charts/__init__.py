"""Charts: numbers in, Axes out. A page writes the finding as the title."""

from revkit.charts.events import events as events
from revkit.charts.forecast import calibration as calibration
from revkit.charts.forecast import forecast as forecast
from revkit.charts.panels import small_multiples as small_multiples
from revkit.charts.plan import plan as plan
from revkit.charts.prices import demand as demand
from revkit.charts.prices import elasticity as elasticity
from revkit.charts.prices import price_points as price_points
from revkit.charts.prices import price_test as price_test
from revkit.charts.quality import data_quality as data_quality
from revkit.charts.rates import by_group as by_group
from revkit.charts.rates import over_time as over_time
from revkit.charts.recurring.cohorts import cohorts as cohorts
from revkit.charts.recurring.movements import bridge as bridge
from revkit.charts.recurring.retention import retention as retention
from revkit.charts.reps import ramp as ramp
from revkit.charts.reps import selling_time as selling_time
from revkit.charts.reps import win_rates as win_rates
from revkit.charts.stages import conversion as conversion
from revkit.charts.stages import funnel as funnel
from revkit.charts.survival import survival as survival
from revkit.charts.theme import headline as headline
from revkit.charts.theme import use_theme as use_theme
from revkit.charts.waterfall import waterfall as waterfall

__all__ = [
    "bridge",
    "by_group",
    "calibration",
    "cohorts",
    "conversion",
    "data_quality",
    "demand",
    "elasticity",
    "events",
    "forecast",
    "funnel",
    "headline",
    "over_time",
    "plan",
    "price_points",
    "price_test",
    "ramp",
    "retention",
    "selling_time",
    "small_multiples",
    "survival",
    "use_theme",
    "waterfall",
    "win_rates",
]
