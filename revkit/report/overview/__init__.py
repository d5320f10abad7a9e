"""The first page of a report: what moved, the headline numbers, what to know of the data."""
