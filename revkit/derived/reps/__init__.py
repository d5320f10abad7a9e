"""Tables derived from reps: how long each has a quota, and how fast each reaches it."""
