"""A report: notebooks run headlessly, left as pages that open anywhere."""
