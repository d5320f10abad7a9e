"""Tables derived from subscriptions: price periods, MRR movements, renewals and trials."""
