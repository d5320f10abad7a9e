"""Sentences of a plan, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from revkit.analysis.plans.targets.attained import sentence
from revkit.analysis.plans.targets.measures import BALANCE
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.language import message

if TYPE_CHECKING:
    import pandas as pd

    from revkit.analysis.plans.futures import Futures


def findings(
    plan: Futures, needed: pd.DataFrame, targets: pd.DataFrame, levers: pd.DataFrame
) -> list[Finding]:
    """Return what the plan says: how far the past year's was met, the targets, what it takes."""
    past, own = sentence(plan.basis.attained, plan.currency, plan.words), _own(plan, targets)
    if _moved(plan):  # a scenario has other rates than today's
        past, own = None, []
    said = [
        past,
        *own,
        aim(plan, targets),
        way(plan, needed),
        _reps(plan, needed),
        _lever(plan, levers),
    ]
    return [one for one in said if one]


def _money(plan: Futures, unit: str = "money") -> Quantity:
    return Quantity("", "", unit, plan.currency, words=plan.words)


def aim(plan: Futures, targets: pd.DataFrame) -> Finding:
    """Return where the plan's target comes from, what is likely, and the target's probability."""
    money, words = _money(plan), plan.words
    low, high = plan.range
    text = TARGET if _moved(plan) else TARGETS[plan.source]
    said = [words.gettext(
        _here(plan, text),
        target=money.text(plan.target),
        day=words.day(plan.by),
        now=money.text(plan.basis.course.mrr * 12),
        expected=money.text(plan.expected),
        level=words.level(plan.level),
        span=money.span(low, high),
        chance=percent(plan, plan.probability),
    )]  # fmt: skip
    own: Any = targets[targets["measure"] == "new"]
    if text == GROWN and np.isfinite(plan.scale):
        said += [words.gettext(BESIDE, needed=money.text(row.needed), own=money.text(row.own))
                 for row in own.itertuples()]  # fmt: skip
    return Finding(" ".join(said))


def way(plan: Futures, needed: pd.DataFrame) -> Finding:
    """Return how many deals, opportunities and leads the target takes."""
    words, scale = plan.words, plan.scale
    if not np.isfinite(scale):
        return Finding(words.gettext(UNREACHABLE))
    total = needed[["deals", "opportunities", "leads"]].sum(min_count=1)
    won = plan.basis.rates.get("opportunities")
    texts = {
        "deals": counted(round(total["deals"]), "new deals" if won else "new customers", words),
        "opportunities": counted(round(total["opportunities"]), "opportunities", words),
        "change": percent(plan, abs(scale - 1)),
    }
    known = plan.basis.course.leads > 0
    if known:
        texts["leads"] = counted(round(total["leads"]), "leads", words)
    if not won:
        text = CUSTOMERS_MORE if scale > 1 else CUSTOMERS_FEWER
    elif known:
        text = MORE if scale > 1 else FEWER
    else:
        text = DEALS_MORE if scale > 1 else DEALS_FEWER
    return Finding(words.gettext(_here(plan, text), **texts))


def _here(plan: Futures, text: str) -> str:
    """Return a text, or what stands for it in a scenario, whose rates are not those of now."""
    return IN_SCENARIO[text] if _moved(plan) else text


def _moved(plan: Futures) -> bool:
    """Report whether a plan is a scenario."""
    return bool(plan.hires) or any(factor != 1 for factor in plan.factors.values())


def _own(plan: Futures, targets: pd.DataFrame) -> list[Finding]:
    money, words, said = _money(plan), plan.words, []
    row: Any
    for row in targets.itertuples():
        if row.measure not in OWN or (row.measure == BALANCE and row.own == plan.target):
            continue
        said.append(Finding(words.gettext(
            OWN[row.measure], own=money.text(row.own), expected=money.text(row.expected),
            level=words.level(plan.level), span=money.span(row.low, row.high),
            day=words.day(plan.by), chance=percent(plan, row.probability),
        )))  # fmt: skip
    return said


def _reps(plan: Futures, needed: pd.DataFrame) -> Finding | None:
    team = plan.course.team
    if team is None or not np.isfinite(plan.scale):
        return None
    last = needed.iloc[-1]
    words, hires = plan.words, plan.hires_needed
    texts = {
        "needed": words.number(f"{last['reps_needed']:.1f}"),
        "there": words.number(f"{last['reps']:.1f}"),
        "hires": words.count(hires),
    }
    return Finding(words.gettext(HIRE if hires else ENOUGH, **texts))


def _lever(plan: Futures, table: pd.DataFrame) -> Finding | None:
    if table.empty or not table["arr"].iloc[0] > 0:
        return None
    best = table.iloc[0]
    words, money, title = plan.words, _money(plan), LEVER_TITLES[best["lever"]]
    return Finding(
        words.gettext(
            LEVER,
            lever=words.gettext(title),
            arr=money.text(best["arr"]),
            before=percent(plan, plan.probability),
            after=percent(plan, best["probability"]),
        )
    )


def percent(plan: Futures, share: float) -> str:
    """Return a share as whole per cents; "under 1 %" and "over 99 %" at the ends."""
    words = plan.words
    if 0 <= share < 0.01:
        return words.gettext(UNDER, share=words.percent("1"))
    if 0.99 < share <= 1:
        return words.gettext(OVER, share=words.percent("99"))
    return words.percent(f"{100 * share:.0f}")


TARGET = message("ARR is {now} today; at the rates of the last twelve months it will be {expected} "
                 "on {day} ({level} range {span}). The probability of {target} or more is "
                 "{chance}.")  # fmt: skip
OURS = message("The company's own target is an ARR of {target} on {day}. It is {now} today; at the "
               "rates of the last twelve months it will be {expected} then ({level} range {span}). "
               "The probability of the target is {chance}.")  # fmt: skip
GROWN = message("The company names no ARR as its target, so this page asks what as much growth as "
                "in the last twelve months takes: from {now} today to {target} on {day}. At the "
                "rates of these months it will be {expected} ({level} range {span}). The "
                "probability of {target} or more is {chance}.")  # fmt: skip
KEPT = message("The company names no ARR as its target and had more twelve months ago, so this "
               "page asks what it takes to keep the {now} of today until {day}. At the rates of "
               "these months it will be {expected} ({level} range {span}). The probability of "
               "{target} or more is {chance}.")  # fmt: skip
BESIDE = message("It takes {needed} of new MRR, the company's own targets {own}.")
TARGETS = {"given": TARGET, "own": OURS, "grown": GROWN, "kept": KEPT}
MORE = message("The target takes {deals} from {opportunities} and {leads} "
               "until then: {change} more opportunities and leads a month than now, at the "
               "rates of now.")  # fmt: skip
FEWER = message("The target takes {deals} from {opportunities} and {leads} "
                "until then: {change} fewer opportunities and leads a month than now would "
                "do, at the rates of now.")  # fmt: skip
DEALS_MORE = message("The target takes {deals} from {opportunities} until "
                     "then: {change} more opportunities a month than now, at the rates of "
                     "now.")  # fmt: skip
DEALS_FEWER = message("The target takes {deals} from {opportunities} until "
                      "then: {change} fewer opportunities a month than now would do, at the rates "
                      "of now.")  # fmt: skip
CUSTOMERS_MORE = message("The target takes {deals} until then: {change} more a month "
                         "than now.")  # fmt: skip
CUSTOMERS_FEWER = message("The target takes {deals} until then: {change} fewer a "
                          "month than now would do.")  # fmt: skip
UNREACHABLE = message("More leads and opportunities alone cannot reach the target: too few of them "
                      "would be won by then.")  # fmt: skip
OWN = {
    "arr": message("The company's own target is an ARR of {own} on {day}: its probability is "
                   "{chance}."),
    "new": message("The company's own targets add up to {own} of new MRR until {day}; at the rates "
                   "of the last twelve months {expected} will come ({level} range {span}). The "
                   "probability of {own} or more is {chance}."),
}  # fmt: skip
HIRE = message("In the last month that takes {needed} ramped reps at their best; those of today, "
               "with who leaves and is replaced, are worth {there}: hire {hires} now.")  # fmt: skip
ENOUGH = message("In the last month that takes {needed} ramped reps at their best; those of today, "
                 "with who leaves and is replaced, are worth {there}: reps are not what limits "
                 "it.")  # fmt: skip
LEVER = message("Of all that could be bettered by a tenth, {lever} brings most: {arr} of ARR, and "
                "a probability of {after} in place of {before}.")  # fmt: skip
IN_SCENARIO = {
    TARGET: message("ARR is {now} today; in this scenario it will be {expected} on {day} ({level} "
                    "range {span}). The probability of {target} or more is {chance}."),
    MORE: message("The target takes {deals} from {opportunities} and "
                  "{leads} until then: {change} more opportunities and leads a month than "
                  "in this scenario, at its rates."),
    FEWER: message("The target takes {deals} from {opportunities} and "
                   "{leads} until then: {change} fewer opportunities and leads a month than "
                   "in this scenario would do, at its rates."),
    DEALS_MORE: message("The target takes {deals} from {opportunities} "
                        "until then: {change} more opportunities a month than in this scenario, "
                        "at its rates."),
    DEALS_FEWER: message("The target takes {deals} from {opportunities} "
                         "until then: {change} fewer opportunities a month than in this scenario "
                         "would do, at its rates."),
    CUSTOMERS_MORE: message("The target takes {deals} until then: {change} more a "
                            "month than in this scenario."),
    CUSTOMERS_FEWER: message("The target takes {deals} until then: {change} fewer a "
                             "month than in this scenario would do."),
}  # fmt: skip
UNDER = message("under {share}")
OVER = message("over {share}")

LEVER_TITLES = {
    "leads": message("the number of leads"), "mql_to_sql": message("the rate from MQL to SQL"),
    "opportunities": message("the number of opportunities"),
    "win_rate": message("the win rate"), "deal_size": message("the size of deals"),
    "cycle": message("the sales cycle"), "churn": message("churn"),
    "contraction": message("contraction"), "expansion": message("expansion"),
    "reps": message("the number of reps"),
}  # fmt: skip
