"""The bridge between two answers to one question."""
