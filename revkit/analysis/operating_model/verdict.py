"""The verdict over all criteria: SalesOps, RevOps, both, neither yet, or cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from revkit.analysis.operating_model.judging import SETTLED, Judgement
from revkit.analysis.operating_model.thresholds import Thresholds
from revkit.analysis.writing.finding import Finding
from revkit.language import Language, message

Verdict = Literal["SalesOps", "RevOps", "both", "neither yet", "cannot tell"]

SENTENCES = {
    "both": message("This company needs both teams, SalesOps and RevOps, and has room for both."),
    "one": message("This company needs {team}, and the other team not yet."),
    "so far": message("This company needs {team}; what is open decides whether it needs the other "
                      "team, too."),
    "no room": message("This company needs {team} first: it has no room for both teams, and more "
                       "speaks for {team}."),
    "even": message("Which team this company needs first, SalesOps or RevOps, cannot be told: it "
                    "has no room for both, and as much speaks for each."),
    "room open": message("Something speaks for each team, SalesOps and RevOps, and whether there "
                         "is room for both is open."),
    "small": message("This company needs neither SalesOps nor RevOps yet: it is smaller than "
                     "others are when they hire the first team."),
    "none": message("This company needs neither SalesOps nor RevOps yet."),
    "open": message("Which team this company needs, SalesOps or RevOps, cannot be told, as too "
                    "much is open."),
}  # fmt: skip
MET = message("For SalesOps speaks: {salesops}; for RevOps: {revops}.")
OPEN = message("Open: {open}.")
AGAINST = message("Against the answers, the data decide on {against}.")
NONE = message("nothing")


@dataclass(frozen=True)
class Team:
    """The criteria of one team, and how many of them it takes.

    Parameters
    ----------
    judgements
        Of its criteria.
    least
        How many must be met.
    """

    judgements: Sequence[Judgement]
    least: float

    def of(self, *states: str) -> list[Judgement]:
        """Return the criteria in these states."""
        return [one for one in self.judgements if one.state in states]

    @property
    def needed(self) -> bool:
        """True where enough criteria are met."""
        return len(self.of("met")) >= self.least

    @property
    def excluded(self) -> bool:
        """True where too few are met, however the open ones turn out."""
        return len(self.of("met", "unclear", "no data")) < self.least

    @property
    def settled(self) -> float:
        """Share of the criteria that are settled."""
        return len(self.of(*SETTLED)) / len(self.judgements)

    @property
    def share(self) -> float:
        """Share of the settled criteria that are met."""
        return len(self.of("met")) / max(1, len(self.of(*SETTLED)))


def decide(
    sales: Team, revenue: Team, both: Judgement, ready: Judgement, least_settled: float
) -> tuple[Verdict, str, str]:
    """Return the verdict, the key of its sentence, and the team that it names alone, if it does."""
    if ready.state == "not met":
        return "neither yet", "small", ""
    if sales.needed and revenue.needed:
        return _of_both(sales, revenue, both)
    for name, team, other in (("SalesOps", sales, revenue), ("RevOps", revenue, sales)):
        if team.needed and other.excluded:
            return name, "one", name  # type: ignore[return-value]
        if team.needed and other.settled >= least_settled:
            return name, "so far", name  # type: ignore[return-value]
    if sales.excluded and revenue.excluded:
        return "neither yet", "none", ""
    return "cannot tell", "open", ""


def _of_both(sales: Team, revenue: Team, both: Judgement) -> tuple[Verdict, str, str]:
    """Return the verdict where the criteria of both teams are met."""
    if both.state == "met":
        return "both", "both", ""
    if both.state != "not met":
        return "cannot tell", "room open", ""
    if sales.share == revenue.share:
        return "cannot tell", "even", ""
    return (
        ("SalesOps", "no room", "SalesOps")
        if sales.share > revenue.share
        else ("RevOps", "no room", "RevOps")
    )


def verdict_of(
    judgements: Sequence[Judgement], ready: Judgement, limits: Thresholds, words: Language
) -> tuple[Verdict, Finding]:
    """Return the verdict and what is behind it; a report's first page has the verdict alone."""
    sales, revenue = (
        Team([one for one in judgements if one.criterion.team == team], limits.least_met)
        for team in ("SalesOps", "RevOps")
    )
    both = next(one for one in judgements if one.criterion.team == "both")
    verdict, key, team = decide(sales, revenue, both, ready, limits.least_settled)
    plain = words.gettext(SENTENCES[key], team=team)
    parts = [
        plain,
        words.gettext(
            MET,
            salesops=listed(sales.of("met"), words),
            revops=listed(revenue.of("met"), words),
        ),
    ]
    if still := [one for one in judgements if one.state not in SETTLED]:
        parts.append(words.gettext(OPEN, open=listed(still, words)))
    if against := [one for one in judgements if one.contradicted]:
        parts.append(words.gettext(AGAINST, against=listed(against, words)))
    return verdict, Finding(" ".join(parts), front=plain)


def listed(judgements: Sequence[Judgement], words: Language) -> str:
    """Return criteria by their names and ids: complex product (S4) and communication (R2)."""
    if not judgements:
        return words.gettext(NONE)
    return words.list(
        f"{words.gettext(one.criterion.name)} ({one.criterion.id})" for one in judgements
    )
