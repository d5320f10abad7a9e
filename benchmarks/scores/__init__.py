"""Scores and next actions of generated companies, held against what the generator knows.

``python -m benchmarks.scores`` says for each scenario how well scores rank the latest rows they had
not learned from, beside the true chances of the same rows: the chance that a deal is ever won, and
that a customer leaves within the horizon. A score may come out above: it sees stages and notices,
which the true chance, drawn beforehand, does not. ``ever`` is whether a deal is won at all,
asked on the first day it is met in the test; ``new`` the same of deals not older than a month then.
``ever_tables`` is the true chance without what no table tells on that day: the account's health and
the idle days to come. Slopes are pooled over the seeds, with their standard errors. ``--actions``
says what lists of a quarter before the end earned, beside lists of the same length drawn at random
and by size.
"""
