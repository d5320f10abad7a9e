"""Watched metrics: leaves and series of each metric, from the tables of a company."""
