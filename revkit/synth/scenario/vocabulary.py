"""Words that no scenario changes, each with its share: industries, countries, reasons, rivals."""

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

DISQUALIFIED_REASONS = {
    "bad fit": 0.34,
    "no budget": 0.22,
    "no interest": 0.26,
    "wrong contact": 0.18,
}
"""Reasons for disqualifying leads."""

LOST_REASONS = {
    "no decision": 0.27, "price": 0.21, "competitor": 0.20, "missing feature": 0.13,
    "timing": 0.12, "no budget": 0.07,
}  # fmt: skip
COMPETITORS = {"Rival A": 0.4, "Rival B": 0.3, "Rival C": 0.2, "built in-house": 0.1}
CHURN_REASONS = {
    "price": 0.24, "low usage": 0.24, "missing feature": 0.18, "competitor": 0.17,
    "sponsor left": 0.10, "out of business": 0.07,
}  # fmt: skip
"""Reasons for churn, other than failed payment."""
