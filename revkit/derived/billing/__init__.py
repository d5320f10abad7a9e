"""Derived tables of invoices and contract terms: what is owed, unearned and committed."""
