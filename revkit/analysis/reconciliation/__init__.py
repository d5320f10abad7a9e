"""Reconciliation of two policies' values of one metric."""
