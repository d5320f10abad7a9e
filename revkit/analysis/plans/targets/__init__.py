"""Targets: what was planned beside what came, and the company's own."""
