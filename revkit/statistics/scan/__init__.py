"""Scan of many series at once for lasting or passing changes: shapes, noise, evidence, names."""
