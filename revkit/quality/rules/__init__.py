"""Rules: a module for each kind, which yields its findings."""
