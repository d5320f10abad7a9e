"""Dates and moments of a mapping: formats, epochs, Excel serials, zones."""
