"""Next actions: who to call, why, and what it is worth."""
