"""Scenarios: rates, effects, decoys and questions, read from YAML and checked."""
