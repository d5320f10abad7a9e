"""Names of companies, so that two spellings of one are equal."""

from __future__ import annotations

from typing import Any

FORMS = (
    *("inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "plc", "corp", "corporation"),
    *("co", "company", "gmbh", "ag", "kg", "ohg", "ug", "se", "sa", "sas", "sarl", "srl", "spa"),
    *("snc", "sl", "slu", "bv", "nv", "oy", "oyj", "ab", "as", "aps", "pty", "kk"),
)
"""Legal forms at the end of a name."""

DROPPED = "[.'’`´]"
BETWEEN = r"[-–—_,;:/&+()\[\]\"!?*#| \t\n]+"


def bare(name: Any) -> Any:
    """Return a name in lower case, its words apart by one blank, without punctuation."""
    words = name.lower().re_replace(DROPPED, "").re_replace(BETWEEN, " ")
    return words.re_replace("^ +| +$", "")


def without_form(name: Any) -> Any:
    """Return a bare name without one legal form at its end; a name that is nothing else stays."""
    return name.re_replace(f" ({'|'.join(FORMS)})$", "")


def without_forms(name: Any) -> Any:
    """Return a bare name without all legal forms at its end: rossi srl inc is rossi."""
    return name.re_replace(f"( ({'|'.join(FORMS)}))+$", "")
