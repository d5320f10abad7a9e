"""Statistics of plain numbers: intervals, order statistics, lifetimes, change."""
