"""Coverage simulation: how often the 95 % interval of each metric contains the true value.

Companies are simulated side by side, as the values of one dimension, and measured through the
metric's own call: one call gives hundreds of intervals. The true value is the metric of all of
them together, a company some hundred times as large; for values that add up over companies
(counts, sums) it is that divided by their number.

    python -m benchmarks.coverage [--metrics win_rate nrr] [--out docs/coverage.md]

With ``--out`` every trial is kept beside the table, in a CSV file of the same name. A later run
adds trials or replaces those of the same metric, data and size, so that the table can be filled
a few metrics at a time.
"""

from benchmarks.coverage.simulations import SIMULATIONS, Simulation
from benchmarks.coverage.table import read_trials, report, write_trials
from benchmarks.coverage.trials import Trial, intervals, trials

__all__ = [
    "SIMULATIONS",
    "Simulation",
    "Trial",
    "intervals",
    "read_trials",
    "report",
    "trials",
    "write_trials",
]
