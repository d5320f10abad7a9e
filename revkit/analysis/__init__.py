"""Analysis of computed metrics: forecasts, flows, scorecards, findings."""
