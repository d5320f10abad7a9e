"""The tables that show what happened, as known on the last day."""
