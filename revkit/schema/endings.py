"""Words by which other systems say that a subscription is over: ``cancelled``, ``scaduto``."""

from __future__ import annotations

import re
from unicodedata import normalize

ENDED = "ended"
"""The status of a subscription that is over; it says so, and ``ended_on`` since when."""

_OVER = {
    *("ended", "canceled", "cancelled", "expired", "terminated", "churned", "lapsed"),
    *("inactive", "deactivated", "stopped", "closed"),
    *("cancellato", "cancellata", "cessato", "cessata", "disdetto", "disdetta"),
    *("scaduto", "scaduta", "annullato", "annullata"),
    *("terminato", "terminata", "chiuso", "chiusa"),
    *("concluso", "conclusa", "inattivo", "inattiva"),
    *("beendet", "gekundigt", "gekuendigt", "abgelaufen", "storniert", "inaktiv"),
    *("resilie", "resiliee", "termine", "terminee"),
    *("expire", "expiree", "annule", "annulee", "cloture", "cloturee"),
    *("cancelado", "cancelada", "finalizado", "finalizada", "terminado"),
    *("caducado", "caducada", "anulado", "anulada", "expirado"),
}


def says_ended(word: str) -> bool:
    """Return whether the word of a status says that a subscription is over.

    >>> says_ended("Cancelled"), says_ended("Gekündigt (Kunde)"), says_ended("non_renewing")
    (True, True, False)
    """
    plain = "".join(one for one in normalize("NFKD", word.casefold()) if one.isascii())
    first = re.search("[a-z]+", plain)
    return first is not None and first.group() in _OVER
