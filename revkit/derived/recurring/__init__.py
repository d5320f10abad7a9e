"""Tables derived from subscriptions: what accounts pay, and what changed it."""
