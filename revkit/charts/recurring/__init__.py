"""Charts of recurring revenue: its movements, its retention, and both by cohort."""
