"""Companies for unit economics: what they earn, spend and hold, as of the end of March 2026."""
