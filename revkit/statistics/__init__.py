"""Statistics of plain arrays: intervals, order statistics, customer lifetimes, changes."""
