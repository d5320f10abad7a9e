"""Scores: who is likely to buy, leave or grow, learned from the company's own past."""
