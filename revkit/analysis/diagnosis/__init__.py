"""Diagnosis: why one metric moved between two periods."""
