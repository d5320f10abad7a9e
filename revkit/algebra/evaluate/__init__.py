"""From query results to values: every sum as an array of groups by periods."""
