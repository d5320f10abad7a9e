"""Errors of an export, added to a clean company, with a key to every changed cell."""
