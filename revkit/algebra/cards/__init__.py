"""Cards: what a metric tells of itself, with figures that others have published."""
