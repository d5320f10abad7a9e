"""Worlds: simulated companies with known parameters, many at once, for judging intervals.

A world is a function that draws many companies side by side, identified by a column ``replicate``,
so that one call ``metric(data, by="replicate")`` measures all. The events of March 2026 are the
sample.

There are three kinds of data; no method was chosen on them (the tests' accounts are lognormal):

even
    Amounts and durations vary by half their mean; rows are independent.
skewed
    Seven in ten accounts are small, a quarter six times and one in twenty forty times as large;
    durations vary by more than their mean.
clustered
    Months differ: counts vary twice as much as independent ones would. One account in five has
    two rows in the month, with correlated outcomes and sizes.
"""

from benchmarks.worlds.accounts import apart, arrivals, base, contracts, lives, moves, tries
from benchmarks.worlds.billing import bills, signed
from benchmarks.worlds.deals import campaigns, cohort, deals, due, explained, passages, quarters
from benchmarks.worlds.leads import answers, buyers, leads
from benchmarks.worlds.scene import AS_OF, KINDS, MARCH, Rows, Scene, Tables, World, shift
from benchmarks.worlds.support import seats, tickets
from benchmarks.worlds.team import called, ended, hires, leavers, meetings, week

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
    "bills",
    "buyers",
    "called",
    "campaigns",
    "cohort",
    "contracts",
    "deals",
    "due",
    "ended",
    "explained",
    "hires",
    "leads",
    "leavers",
    "lives",
    "meetings",
    "moves",
    "passages",
    "quarters",
    "seats",
    "shift",
    "signed",
    "tickets",
    "tries",
    "week",
]
