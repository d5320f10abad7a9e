"""From the leaves of formulas to queries: one aggregate per table and date."""
