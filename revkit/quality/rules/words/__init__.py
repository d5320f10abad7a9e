"""Words that are almost alike: of categories, accounts and people."""
