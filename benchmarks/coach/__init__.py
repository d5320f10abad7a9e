"""Reps who are named: of teams whose deals were dealt out at random, and of planted weak ones.

``python -m benchmarks.coach`` deals the deals of generated companies out among the reps at random,
within a segment and quarter, and counts the teams in which anybody is named. ``--equal`` takes
companies whose reps are all of one skill instead, with their own ramps, hand-overs and territories.
``--planted`` lets one rep lose a share of the deals at one stage that he moved on from it, and
counts how often he is found, with the right stage, and anybody else: of those, who wins less by
the generator's truth, too, was rightly named.
"""
