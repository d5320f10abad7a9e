"""Headings and units of the columns that tables of reps have."""

from __future__ import annotations

from typing import Any

from revkit.language import message

HEADINGS: dict[Any, str] = {
    "rep": message("Rep"), "team": message("Team"), "months": message("Months here"),
    "n": message("Decided deals"), "value": message("Won"), "usual": message("Like deals"),
    "likely": message("Likely"), "attainment": message("Of quota"),
    "expected": message("Peers, of quota"), "likely_attainment": message("Likely, of quota"),
    "says": message("What can be said"), "selling": message("Logged selling time"),
    "silent": message("Silent weeks"), "contacts_a_week": message("Contacts a week"),
    "answered": message("Leads answered within a day"), "discount": message("Discount"),
    "pushes": message("Moved dates a deal"), "idle": message("Left alone"),
    "overdue": message("Overdue"), "measure": message("Measure"),
}  # fmt: skip

TRAINED: dict[Any, str] = {
    "trained_on": message("Trained on"), "n_before": message("Deals before"),
    "before": message("Before"), "n_after": message("Deals after"), "after": message("After"),
    "peers": message("Peers meanwhile"), "effect": message("Beyond that"),
    "clear": message("Beyond chance"),
}  # fmt: skip

UNITS = {
    **dict.fromkeys(
        ("value", "usual", "likely", "low", "high", "attainment", "expected", "likely_attainment",
         "selling", "answered", "discount", "idle", "overdue"), "share"),
    "pushes": "ratio", "silent": "count", "n": "count", "contacts_a_week": "count",
    "months": "count",
}  # fmt: skip
