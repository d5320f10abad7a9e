"""Simulation of a company: accounts, leads, deals, customers, and the people who sell."""
