"""The measures of the criteria: what each is in a company, or why it is not known."""
