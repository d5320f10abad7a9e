"""The words of the dimensions that no scenario changes, each with its share of the accounts."""

INDUSTRIES = {
    "Software": 0.21, "Manufacturing": 0.17, "Retail": 0.15, "Financial Services": 0.13,
    "Healthcare": 0.12, "Professional Services": 0.12, "Logistics": 0.10,
}  # fmt: skip
COUNTRIES = {
    "United States": ("Americas", 0.34), "Canada": ("Americas", 0.08),
    "Brazil": ("Americas", 0.05), "United Kingdom": ("EMEA", 0.15), "Germany": ("EMEA", 0.13),
    "France": ("EMEA", 0.10), "Italy": ("EMEA", 0.09), "Spain": ("EMEA", 0.06),
}  # fmt: skip
REGIONS = ("Americas", "EMEA")
