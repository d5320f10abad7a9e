"""Frames as readers see them: headings, tables, notebooks and spreadsheets."""
