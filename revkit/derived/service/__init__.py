"""Derived tables of support: how long tickets wait."""
