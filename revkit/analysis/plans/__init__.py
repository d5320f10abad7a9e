"""Plans: from a target back to what it takes, and the probability of reaching it."""
