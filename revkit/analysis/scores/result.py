"""Result of a score: each row's probability with its band and reasons, and how good it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from revkit.analysis.scores import reasons
from revkit.language import Language, message
from revkit.language import language as spoken

if TYPE_CHECKING:
    from datetime import date

TARGETS = ("win", "churn", "expand", "convert")

TITLES = {
    "account": message("Account"), "rep_id": message("Owner"),
    "probability": message("Probability"), "money": message("At stake"),
    "expected": message("Expected value"), "reasons": message("Reasons"),
}  # fmt: skip

FEW = message("Too few to say: {rows} with a known outcome in the past, {events} of the rarer one; "
              "{least_rows} and {least_events} are needed.")  # fmt: skip
ALIKE = message("Nothing to learn from: no column tells one past row from another.")
GOOD = message(
    "On {n} rows that it had not learned from, the score told one with the outcome from one "
    "without in {auc} of pairs; the highest tenth had it {lift} times as often as all "
    "({base} did)."
)
UNTESTED = message("How good the score is cannot be told yet: too few rows to test it on.")
POOR = message("That is little better than chance: do not rank by it.")
COIN = 0.6
"""AUC below which a score hardly ranks better than chance."""


@dataclass(frozen=True)
class Score:
    """Probabilities of an outcome, with what they rest on.

    Parameters
    ----------
    target
        ``win``, ``churn``, ``expand`` or ``convert``; the outcome's column of a plain table.
    scored
        One row each: its key, ``account``, ``rep_id``, ``probability``, ``low``, ``high``,
        ``money``, ``expected``.
    moved
        What each feature adds to a row's log-odds.
    values
        What was known of each row.
    evaluation
        How good the score was on later rows; empty where there were too few to learn from.
    by_score
        The test's rows in groups of like scores: what was predicted, and what was seen.
    currency
        Of the money.
    horizon
        Days within which the outcome is to come; 0 of a plain table.
    as_of
        The day that is scored.
    notes
        What was left out or set aside, and why.
    """

    target: str
    scored: pd.DataFrame
    moved: pd.DataFrame
    values: pd.DataFrame
    evaluation: pd.DataFrame
    by_score: pd.DataFrame
    currency: str | None = None
    horizon: int = 0
    as_of: date | None = None
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row each, the likeliest first, with its reasons in the default language.

        Returns
        -------
        pandas.DataFrame
            ``opportunity_id``, ``account_id`` or ``lead_id``; ``account`` (its name), ``rep_id``
            (the owner), ``probability`` with the band ``low``, ``high``; ``money`` at stake,
            ``expected`` (probability times money; NaN where either is unknown), ``reasons``.
        """
        return self.table()

    def table(self, language: str | None = None) -> pd.DataFrame:
        """Return :attr:`rows` with the reasons in a language.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        rows = self.scored.assign(reasons=[self._reasons(place, words)
                                           for place in range(len(self.scored))])  # fmt: skip
        rows.attrs = {
            "currency": self.currency,
            "notes": self.notes,
            "titles": TITLES,
            "units": {"probability": "share", "money": "money", "expected": "money"},
        }
        return rows

    def _reasons(self, place: int, words: Language) -> str:
        if not self.known:
            return ""
        moved, values = self.moved.iloc[place], self.values.iloc[place]
        return reasons.sentence(moved, values, words, self.currency)

    @property
    def known(self) -> bool:
        """True where there was enough to learn from."""
        return len(self.evaluation) > 0

    def finding(self, language: str | None = None) -> str:
        """Say how good the score was, or that there is too little to say.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        if not self.known:
            return self.notes[-1] if self.notes else words.gettext(UNTESTED)
        test = self.evaluation.iloc[0]
        if pd.isna(test["auc"]):
            return words.gettext(UNTESTED)
        said = words.gettext(
            GOOD,
            n=words.count(test["n_test"]),
            auc=words.percent(f"{100 * test['auc']:.0f}"),
            lift=words.number(f"{test['lift']:.1f}"),
            base=words.percent(f"{100 * test['base_rate']:.1f}"),
        )
        return f"{said} {words.gettext(POOR)}" if test["auc"] < COIN else said

    def __repr__(self) -> str:
        shown = [name for name in self.scored.columns if name not in ("account", "rep_id")]
        lines = [self.finding(), *self.notes[: len(self.notes) - (not self.known)]]
        return "\n".join([*lines, self.scored[shown].head(10).to_string(index=False)])
