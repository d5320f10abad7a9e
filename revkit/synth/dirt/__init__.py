"""Errors of an export, put on a clean company, with a key to every changed cell."""
