"""Sentences about how long customers stay, contracts run and deals take."""

from __future__ import annotations

import math
from typing import Any

from revkit import arguments as check
from revkit.analysis.survival import Survival
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.frames.headings import dimension_name
from revkit.dimensions import placed
from revkit.errors import DimensionError, ParameterError
from revkit.language import Language, message
from revkit.language import language as spoken
from revkit.statistics import family

LASTED = {
    "churn": message("After {time} {share} of the customers still pay"),
    "renewal": message("After {time} {share} of the contracts have always been renewed"),
    "close": message("After {time} {won} of the deals are won and {share} still open"),
}
MEDIANS = {
    "churn": message("half have left after {median}"),
    "renewal": message("half have ended after {median}"),
    "close": message("half are closed after {median}"),
}
UNEQUAL = {
    "churn": message(
        "Customers do not stay equally long in each {name}: after {time} {shares} pay."
    ),
    "renewal": message(
        "Contracts do not last equally long in each {name}: after {time} {shares} run."
    ),
    "close": message(
        "Deals do not take equally long in each {name}: after {time} {shares} are open."
    ),
}
EQUAL = {
    "churn": message("In no {name} do customers stay longer than elsewhere by more than noise."),
    "renewal": message("In no {name} do contracts last longer than elsewhere by more than noise."),
    "close": message("In no {name} do deals take longer than elsewhere by more than noise."),
}
ENDED = {
    "churn": message(
        "Those that left had stayed for {naive} on average. That is not how long customers stay: "
        "{open} of {n} still do."
    ),
    "renewal": message(
        "Those not renewed had lasted {naive} on average. That is not how long contracts last: "
        "{open} of {n} were renewed."
    ),
    "close": message(
        "Closed deals took {naive} on average. That is not how long deals take: {open} of {n} are "
        "still open."
    ),
}


def lasted(result: Survival, *, language: str | None = None) -> Finding:
    """Say what share has had no event at the limit, and when half have had it.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.survival.survival` returned, without `by`.
    language
        "en" or "it"; the default one when omitted.

    Raises
    ------
    DimensionError
        When it is by groups.
    """
    row, words = _whole(result, "rk.say.lasted", language), spoken(language)
    time, share = _time(result, words), Quantity("", "", "share", words=words)
    if row is None or math.isnan(row["stay"]):
        known = time.text(result.within)
        return Finding(
            words.gettext("Nobody has been followed for {time}.", time=known), quiet=True
        )
    low, high = (float(result.at(result.within)[side].iloc[0]) for side in ("low", "high"))
    values = {"time": time.text(result.within), "share": share.text(row["stay"])}
    if "won" in row:
        values["won"] = share.text(row["won"])
    aside = []
    if span := share.span(low, high):
        level = words.level(result.level)
        aside.append(words.gettext("{level} interval {span}", level=level, span=span))
    if row["small"]:
        aside.append(words.gettext("few events so far, so read it with care"))
    parts = [words.gettext(LASTED[result.event], **values)]
    if aside:
        parts[0] += f" ({'; '.join(aside)})"
    if not math.isnan(row["median"]):
        parts.append(words.gettext(MEDIANS[result.event], median=time.text(row["median"])))
    return Finding("; ".join(parts) + ".")


def unequal(result: Survival, *, language: str | None = None) -> Finding:
    """Say whether groups differ in how long they last, by the log-rank test.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.survival.survival` returned by groups.
    language
        "en" or "it"; the default one when omitted.

    Returns
    -------
    Finding
        Quiet where the difference is not clear enough for a report, all of whose tests are one
        family. Groups of few events are named as such.
    """
    _checked(result, "rk.say.unequal")
    if not result.by:
        raise ParameterError.not_grouped("rk.say.unequal")
    words = spoken(language)
    values = {"name": ", ".join(dimension_name(one, words) for one in result.by)}
    p = float("nan") if result.spells.empty else result.difference()["p"]
    if not family.claimed(p):  # false of NaN, too
        return Finding(words.gettext(EQUAL[result.event], **values), quiet=True)
    share, rows = Quantity("", "", "share", words=words), placed(result.summary(), result.by)
    rows = rows[rows["stay"].notna()].sort_values("stay", ascending=False)
    names = rows[list(result.by)].agg(" · ".join, axis=1)
    names = names.where(~rows["small"], [words.gettext(FEW_ENDED, group=one) for one in names])
    said = [f"{share.text(stay)} ({name})" for name, stay in zip(names, rows["stay"], strict=True)]
    if len(said) > ENDS:
        said = [said[0], said[-1]]
    values |= {"time": _time(result, words).text(result.within), "shares": words.list(said)}
    return Finding(words.gettext(UNEQUAL[result.event], **values))


FEW_ENDED = message("{group}, few have ended")
ENDS = 4
"""Groups up to which all are named; of more the first and the last."""


def ended(result: Survival, *, language: str | None = None) -> Finding:
    """Say what the mean of those that ended is, and whom it leaves out.

    Parameters
    ----------
    result
        What :func:`revkit.analysis.survival.survival` returned, without `by`.
    language
        "en" or "it"; the default one when omitted.

    Raises
    ------
    DimensionError
        When it is by groups.
    """
    row, words = _whole(result, "rk.say.ended", language), spoken(language)
    if row is None or math.isnan(row["naive"]):
        return Finding(words.gettext("Nothing has ended yet."), quiet=True)
    return Finding(
        words.gettext(
            ENDED[result.event],
            naive=_time(result, words).text(row["naive"]),
            open=words.count(row["open"]),
            n=words.count(row["n"]),
        )
    )


def _checked(result: Survival, where: str) -> None:
    check.of_kind(
        result, Survival, "result", where, needed="what rk.survival returned",
        example="rk.survival(data)",
    )  # fmt: skip


def _whole(result: Survival, where: str, language: str | None) -> Any:
    """Return the only row of the summary; None where there is nothing to tell of."""
    _checked(result, where)
    if result.by:
        raise DimensionError.not_whole(where, by=result.by)
    return None if result.spells.empty else result.summary().iloc[0]


def _time(result: Survival, words: Language) -> Quantity:
    return Quantity("", "", result.unit, words=words)
