"""Companies whose parameters are known, many at once, for judging intervals.

A world makes so many companies side by side, told apart by a column ``replicate``, so that one
call ``metric(data, by="replicate")`` measures all. What happens in March 2026 is the sample.

Three kinds of data, none of which chose a method (the tests' accounts are lognormal):

even
    Amounts and durations vary by half their mean; rows are independent.
skewed
    Seven in ten accounts are small, a quarter six times and one in twenty forty times as large;
    durations vary by more than their mean.
clustered
    Months differ: counts vary twice as much as independent ones would. One account in five has
    two rows in the month, which share what becomes of them and three quarters of their size.
"""

from benchmarks.worlds.accounts import apart, arrivals, base, contracts, lives, moves, tries
from benchmarks.worlds.deals import campaigns, cohort, deals, due, passages
from benchmarks.worlds.leads import answers, buyers, leads
from benchmarks.worlds.scene import AS_OF, KINDS, MARCH, Rows, Scene, Tables, World, later
from benchmarks.worlds.team import hires, week

__all__ = [
    "AS_OF",
    "KINDS",
    "MARCH",
    "Rows",
    "Scene",
    "Tables",
    "World",
    "answers",
    "apart",
    "arrivals",
    "base",
    "buyers",
    "campaigns",
    "cohort",
    "contracts",
    "deals",
    "due",
    "hires",
    "later",
    "leads",
    "lives",
    "moves",
    "passages",
    "tries",
    "week",
]
