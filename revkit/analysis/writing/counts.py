"""Numbers of things, with the noun in the form that the number needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from revkit.language import Language


def counted(n: float, rows: str, words: Language) -> str:
    """Write a number of rows and what they are.

    >>> from revkit.language import language
    >>> counted(1234, "leads", language("it"))
    '1.234 lead'
    """
    count, n = words.count(n), int(n)
    match rows:
        case "opportunities":
            return words.ngettext("{n} opportunity", "{n} opportunities", n, n=count)
        case "leads":
            return words.ngettext("{n} lead", "{n} leads", n, n=count)
        case "accounts":
            return words.ngettext("{n} account", "{n} accounts", n, n=count)
        case "contracts":
            return words.ngettext("{n} contract", "{n} contracts", n, n=count)
        case "trials":
            return words.ngettext("{n} trial", "{n} trials", n, n=count)
        case "activities":
            return words.ngettext("{n} activity", "{n} activities", n, n=count)
        case "months":
            return words.ngettext("{n} month", "{n} months", n, n=count)
        case "rows":
            return words.ngettext("{n} row", "{n} rows", n, n=count)
        case "tickets":
            return words.ngettext("{n} ticket", "{n} tickets", n, n=count)
        case "answers":
            return words.ngettext("{n} answer", "{n} answers", n, n=count)
        case "forecasts":
            return words.ngettext("{n} forecast", "{n} forecasts", n, n=count)
        case "reps":
            return words.ngettext("{n} rep", "{n} reps", n, n=count)
        case "quotas":
            return words.ngettext("{n} quota", "{n} quotas", n, n=count)
        case "invoice lines":
            return words.ngettext("{n} invoice line", "{n} invoice lines", n, n=count)
        case "account-months":
            return words.ngettext("{n} account-month", "{n} account-months", n, n=count)
        case "days":
            return words.ngettext("{n} day", "{n} days", n, n=count)
        case "won deals":
            return words.ngettext("{n} won deal", "{n} won deals", n, n=count)
        case "new deals":
            return words.ngettext("{n} new deal", "{n} new deals", n, n=count)
        case "new customers":
            return words.ngettext("{n} new customer", "{n} new customers", n, n=count)
        case "past forecasts":
            return words.ngettext("{n} past forecast", "{n} past forecasts", n, n=count)
        case "complete weeks":
            return words.ngettext("{n} complete week", "{n} complete weeks", n, n=count)
        case "complete months":
            return words.ngettext("{n} complete month", "{n} complete months", n, n=count)
        case "complete quarters":
            return words.ngettext("{n} complete quarter", "{n} complete quarters", n, n=count)
        case _:  # a noun of a user's own
            return f"{count} {_singular(rows) if n == 1 and words.code == 'en' else rows}"


def _singular(noun: str) -> str:
    """Return one of an English plural.

    >>> [_singular(many) for many in ("visits", "replies", "boxes", "staff")]
    ['visit', 'reply', 'box', 'staff']
    """
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    if noun.endswith(("xes", "ches", "shes", "sses")):
        return noun[:-2]
    return noun.removesuffix("s")
