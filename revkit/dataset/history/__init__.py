"""History of a company: what was known on a day, how deals were then, which days are on record."""
