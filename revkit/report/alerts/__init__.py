"""Alerts: rules on metrics that fire on evidence, and say each thing once."""
