"""The verdict over all criteria: SalesOps, RevOps, both, neither yet, or cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from revkit.analysis.operating_model.judging import SETTLED, Judgement
from revkit.analysis.operating_model.thresholds import Thresholds
from revkit.language import Language, message

Verdict = Literal["SalesOps", "RevOps", "both", "neither yet", "cannot tell"]

SENTENCES = {
    "both": message("This company needs both teams and has room for both (met for SalesOps: "
                    "{salesops}; for RevOps: {revops})."),
    "one": message("This company needs {team}, and the other team not yet (met for SalesOps: "
                   "{salesops}; for RevOps: {revops})."),
    "so far": message("This company needs {team}; what is open decides whether it needs the other "
                      "team, too (met for SalesOps: {salesops}; for RevOps: {revops})."),
    "no room": message("This company needs {team} first: it has no room for both, and more of the "
                       "criteria of {team} are met (met for SalesOps: {salesops}; for RevOps: "
                       "{revops})."),
    "even": message("Which team this company needs first cannot be told: it has no room for both, "
                    "and as much speaks for each (met for SalesOps: {salesops}; for RevOps: "
                    "{revops})."),
    "room open": message("Criteria of both teams are met, and whether there is room for both is "
                         "open: answer B (met for SalesOps: {salesops}; for RevOps: {revops})."),
    "small": message("This company needs neither team yet: it is smaller than others are when "
                     "they hire the first one (met for SalesOps: {salesops}; for RevOps: "
                     "{revops})."),
    "none": message("This company needs neither team yet (met for SalesOps: {salesops}; for "
                    "RevOps: {revops})."),
    "open": message("Which team this company needs cannot be told, as too much is open (met for "
                    "SalesOps: {salesops}; for RevOps: {revops})."),
}  # fmt: skip
OPEN = message("Open: {open}.")
AGAINST = message("Against the answers, the data decide on {against}.")
NONE = message("none")


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
) -> tuple[Verdict, str]:
    """Return the verdict and the sentence that says which criteria are behind it."""
    sales, revenue = (
        Team([one for one in judgements if one.criterion.team == team], limits.least_met)
        for team in ("SalesOps", "RevOps")
    )
    both = next(one for one in judgements if one.criterion.team == "both")
    verdict, key, team = decide(sales, revenue, both, ready, limits.least_settled)
    parts = [
        words.gettext(
            SENTENCES[key],
            team=team,
            salesops=listed(sales.of("met"), words),
            revops=listed(revenue.of("met"), words),
        )
    ]
    if still := [one for one in judgements if one.state not in SETTLED]:
        parts.append(words.gettext(OPEN, open=listed(still, words)))
    if against := [one for one in judgements if one.contradicted]:
        parts.append(words.gettext(AGAINST, against=listed(against, words)))
    return verdict, " ".join(parts)


def listed(judgements: Sequence[Judgement], words: Language) -> str:
    """Return criteria by their ids and names: S4 (complex product) and R2 (communication)."""
    if not judgements:
        return words.gettext(NONE)
    return words.list(
        f"{one.criterion.id} ({words.gettext(one.criterion.name)})" for one in judgements
    )
