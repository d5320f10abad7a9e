"""Features: their names and values in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.frames.headings import dimension_name
from revkit.language import Language, message

LABELS = {
    "age": message("days since it was created"),
    "stage": message("stage"),
    "stage_days": message("days in this stage"),
    "size": message("size"),
    "grown": message("amount beside the first one"),
    "due_in": message("days until the expected close"),
    "pushes": message("times the expected close was put off"),
    "idle": message("days since anything happened"),
    "silence": message("longest silence in days"),
    "recent": message("activities in 30 days"),
    "meetings": message("meetings so far"),
    "answers": message("answers lately"),
    "rep_wins": message("win rate of the owner so far"),
    "rep_months": message("months the owner has been here"),
    "lost_before": message("earlier deals lost"),
    "won_before": message("earlier deals won"),
    "source": message("source"),
    "employees": message("employees"),
    "paid": message("MRR"),
    "tenure": message("months as a customer"),
    "seat_count": message("seats"),
    "lines": message("lines of the contract"),
    "rises": message("times MRR rose in a year"),
    "falls": message("times MRR fell in a year"),
    "unchanged": message("months since MRR last changed"),
    "growth": message("MRR beside a year ago"),
    "term_in": message("days until the term ends"),
    "notice": message("notice given"),
    "past_due": message("past due"),
    "past_dues": message("times past due in a year"),
    "interval": message("billing interval"),
    "product_id": message("product"),
    "discount": message("discount"),
    "used": message("seats in use"),
    "usual_use": message("seats in use over six months"),
    "intensity": message("events per seat"),
    "features": message("features in use"),
    "trend": message("usage beside the months before"),
    "quarter": message("usage beside a quarter ago"),
    "tickets": message("tickets in 90 days"),
    "severe": message("severe tickets in 90 days"),
    "satisfaction": message("satisfaction with support"),
    "overdue": message("invoices overdue"),
    "paid_late": message("invoices late in a year"),
    "contacts": message("contacts in 90 days"),
    "renewal_open": message("renewals being negotiated"),
    "renewal_lost": message("renewals refused lately"),
    "expansion_open": message("expansions being negotiated"),
    "expansion_lost": message("expansions refused lately"),
    "touches": message("touches in 90 days"),
    "account_leads": message("leads of the account in a year"),
    "deals_open": message("open deals of the account"),
    "deals_before": message("closed deals of the account"),
}
LOGS = frozenset({"age", "stage_days", "seat_count", "intensity", "employees"})
"""Counts that are learned from as logarithms."""
MONEY = frozenset({"size", "paid"})
SHARES = frozenset({"rep_wins", "discount", "used", "usual_use"})
RATIOS = frozenset({"grown", "growth"})
CHANGES = frozenset({"trend", "quarter"})
YES = frozenset({"notice", "past_due"})
UNKNOWN, HERE, NOT = message("unknown"), message("yes"), message("no")


def label(name: str, words: Language) -> str:
    """Return a feature's name as a sentence says it."""
    return words.gettext(LABELS[name]) if name in LABELS else dimension_name(name, words)


def value(name: str, given: Any, words: Language, currency: str | None) -> str:
    """Return a feature's value as a sentence says it."""
    if pd.isna(given):
        return words.gettext(UNKNOWN)
    if isinstance(given, str):
        return given
    number = float(given)
    if name in YES:
        return words.gettext(HERE if number else NOT)
    if name in MONEY:
        return Quantity(name, "", "money", currency, words=words).text(float(np.expm1(number)))
    if name in LOGS:
        return words.count(float(np.expm1(number)))
    if name in SHARES | RATIOS:
        return words.percent(f"{100 * number:.0f}")
    if name in CHANGES:
        return words.percent(f"{100 * np.expm1(number):+.0f}")
    return words.number(f"{number:.0f}" if number == round(number) else f"{number:.1f}")
