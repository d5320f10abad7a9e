"""Statistics of prices: surveys, tests, and changes beside what did not change."""
