"""Jumps of MRR: a price period that costs over ten times the one before, or under a tenth."""

from __future__ import annotations

from collections.abc import Iterator

from revkit.language import message
from revkit.quality.company import Company, counted, first_keys
from revkit.quality.finding import Effect, Finding

TIMES = 10
"""The factor, up or down, from which on a change is a jump."""

WHAT = message("over ten times, or under a tenth, of what the line cost before")
MEND = message("Compare with the contract: yearly and monthly amounts, or cents, get mixed up so.")
EFFECT = message("{amount} of MRR came or went by these changes")


def jump_findings(company: Company) -> Iterator[Finding]:
    """Yield the price periods that cost over ten times, or under a tenth, of the one before."""
    import ibis

    if "subscriptions" not in company.tables:
        return
    expr = company.table("subscriptions")
    line = ibis.window(group_by=[expr.subscription_id, expr.line], order_by=expr.started_on)
    rows = expr.mutate(__before=expr.mrr.lag().over(line))
    before = rows["__before"]
    both = (before > 0) & (rows.mrr > 0)
    bad = both & ((rows.mrr > TIMES * before) | (rows.mrr * TIMES < before))
    found = counted(rows, {"bad": bad, "among": before.notnull()})
    if not found["bad"]:
        return
    moved = (rows.mrr - before).abs().sum(where=bad).execute()
    words = company.words
    flagged = company.flagged("subscriptions", rows, bad, rows.mrr, before)
    yield Finding(
        rule="mrr_jump",
        table="subscriptions",
        column="mrr",
        what=words.gettext(WHAT),
        bad=found["bad"],
        rows=found["among"],
        severity="serious",
        examples=first_keys(flagged),
        effect=Effect(
            words.gettext(EFFECT, amount=words.money(f"{moved:.0f}", company.data.currency))
        ),
        mend=words.gettext(MEND),
        flagged=flagged,
    )
