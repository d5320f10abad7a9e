"""How exact forecasts are, and what their bands hold, beside methods of others in one run."""
