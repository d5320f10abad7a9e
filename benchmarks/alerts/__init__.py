"""Alerts benchmark: the shipped rules on companies of which the truth is known.

Quiet companies (baseline and decoy in turn) are asked at the end of each of twelve months, each
with what the month before told, as a schedule would. Every alert that is new is false, but for a
level that is true: ``nrr < 1.0`` where the retention of all months is below 1. Goal: 2 % of the
reports at most.

Planted companies are asked one and two quarters after the onset, again with memory. What was
planted has fired where an alert names its metric, or one that follows from it, by a rule or with
its place among ``anything``.

Restated companies are generated ones of which some deals, closed before a report, were entered,
changed or removed after it. The next report has to name these deals and no others.

    python -m benchmarks.alerts [--companies 200] [--accounts 1500] [--seed 1000] [--out FILE]
    python -m benchmarks.alerts --planted [--seeds 10] [--scenarios broken-handoff ...] [--out FILE]
    python -m benchmarks.alerts --restated [--companies 20]

What a file holds is not asked again: a run can be stopped, and another one goes on.
"""
