"""From answers to values: every sum on a grid of groups by periods."""
