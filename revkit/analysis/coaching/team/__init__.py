"""The team as a whole: ramp of new reps, turnover, and how territories are divided."""
