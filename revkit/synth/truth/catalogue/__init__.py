"""True values of the catalogue's metrics by month, counted from the simulation's arrays."""
