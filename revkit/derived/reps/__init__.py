"""Tables derived from reps: quota spans and ramp times."""
