"""From the leaves of formulas to aggregate queries: one per table and date."""
