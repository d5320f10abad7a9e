"""Flows: movements of revenue, the funnel, the waterfall of the pipeline, and cohorts."""
