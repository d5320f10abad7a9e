"""Tables derived from opportunities: where they came from, and the stages they passed."""
