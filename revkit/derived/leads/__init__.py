"""Tables derived from leads: each person once, the first touch, the response, the outcome."""
