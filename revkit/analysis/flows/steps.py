"""The steps of the funnel in the last cohort that could take all of them, beside a year before."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from revkit.analysis.flows.funnel import ENOUGH, by_cohort
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.differences import difference, level_of, periods_a_year
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of
from revkit.language import Language, message
from revkit.language import language as spoken
from revkit.statistics import family

ROSE = message("{step} rose to {now}, from {before} a year before")
FELL = message("{step} fell to {now}, from {before} a year before")
CHANGED = message("Leads of {period}, within {days} at each step: {changes}.")
ALIKE = message("Leads of {period}, within {days} at each step: {shares}. No step differs from a "
                "year before by more than noise.")  # fmt: skip
ALONE = message("Leads of {period}, within {days} at each step: {shares}.")
OTHERS = message("The others differ by no more than noise: {shares}.")


@dataclass(frozen=True)
class Step:
    """The share that passes from one stage to the next, now and a year before.

    Parameters
    ----------
    name
        The two stages.
    now, before
        Share, low and high; NaN where too few could take the step.
    level
        Of the intervals.
    """

    name: str
    now: tuple[float, float, float]
    before: tuple[float, float, float] | None
    level: float

    def changed(self, tests: int) -> float:
        """Return by how much the share differs from a year before; 0 if by no more than noise."""
        if self.before is None:
            return 0.0
        moved, low, high = difference(self.before, self.now)
        p = family.probability(moved, low, high, self.level, counted=True)
        return moved if family.claimed(p * tests) else 0.0

    def text(self, share: Quantity, words: Language) -> str:
        """Return the step with its share, and that of a year before."""
        if self.before is None:
            return f"{self.name} {share.text(self.now[0])}"
        then = words.gettext("{share} a year before", share=share.text(self.before[0]))
        return f"{self.name} {share.text(self.now[0])} ({then})"


def matured(stages: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say what passed each step in time, and which step differs from a year before.

    It is the last cohort that was followed for all of the days at every step.

    Parameters
    ----------
    stages
        What :func:`funnel` returned by cohort and within some days, not by other groups.
    language
        "en" or "it"; the default one when omitted.

    Raises
    ------
    DimensionError
        When several groups share a cohort.
    """
    stages = by_cohort(stages, "rk.say.matured")
    words, cohorts = spoken(language), stages.groupby("period")
    steps = stages.assign(before=cohorts["reached"].shift(1), above=cohorts["stage"].shift(1))
    steps = steps[steps["before"] > 0]
    steps["name"] = [
        words.gettext("{before} to {stage}", before=before, stage=stage)
        for before, stage in zip(steps["above"], steps["stage"], strict=True)
    ]
    whole = steps["followed"].eq(1).groupby(steps["period"]).transform("all")
    known = steps[whole & (steps["before"] >= ENOUGH)]
    if known.empty:
        return Finding(words.gettext("No cohort has been followed long enough yet."), quiet=True)
    last = known["period"].max()
    found = _beside_a_year_before(stages, known, last)
    share = Quantity("", "", "share", words=words)
    texts = {
        "period": period_of(stages, last, words),
        "days": counted(stages.attrs["within"], "days", words),
        "shares": words.list([one.text(share, words) for one in found]),
    }
    changes = {one.name: one.changed(len(found)) for one in found}
    if not any(changes.values()):
        told = ALIKE if any(one.before for one in found) else ALONE
        return Finding(words.gettext(told, **texts))
    moved = [
        words.gettext(
            ROSE if changes[one.name] > 0 else FELL,
            step=one.name, now=share.text(one.now[0]), before=share.text(one.before[0]),
        )
        for one in found if one.before and changes[one.name]
    ]  # fmt: skip
    said = [words.gettext(CHANGED, **texts, changes="; ".join(moved))]
    if still := [one.text(share, words) for one in found if not changes[one.name]]:
        said.append(words.gettext(OTHERS, shares=words.list(still)))
    return Finding(" ".join(said))


def _beside_a_year_before(stages: pd.DataFrame, known: pd.DataFrame, last: object) -> list[Step]:
    """Return the steps of a cohort beside those of the one a year before."""
    periods = sorted(stages["period"].unique())
    at = periods.index(last) - periods_a_year(stages)
    ends = ["within", "within_low", "within_high"]
    then = known[known["period"] == periods[at]] if at >= 0 else known.iloc[:0]
    before = {
        name: (value, low, high)
        for name, value, low, high in then[["name", *ends]].itertuples(index=False)
    }
    return [
        Step(name, (value, low, high), before.get(name), level_of(stages))
        for name, value, low, high in known.loc[known["period"] == last, ["name", *ends]]
        .itertuples(index=False)
    ]  # fmt: skip
