"""Result of next actions: one row an action, ranked for whoever is to take it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit import arguments as check
from revkit.analysis.actions import steps
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.frames.spreadsheet import inert
from revkit.language import Language, message
from revkit.language import language as spoken

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

COLUMNS = ("rep_id", "owner", "rank", "action", "id", "account_id", "account", "step", "reasons",
           "probability", "money", "expected")  # fmt: skip
TITLES = {
    "rank": message("Rank"), "action": message("Action"), "id": message("Id"),
    "account": message("Account"), "owner": message("Owner"), "step": message("Next step"),
    "reasons": message("Reasons"), "probability": message("Probability"),
    "money": message("At stake"), "expected": message("Expected value"),
}  # fmt: skip
NOBODY = message("(unassigned)")
NONE = message("There is nothing to act on.")


@dataclass(frozen=True)
class NextActions:
    """Actions for each owner, the most valuable first.

    Parameters
    ----------
    items
        One row an action: its numbers and what was known of it.
    reasons
        Says of an action and its place why, in a language.
    found
        Actions that could be taken, within capacity or beyond it.
    currency
        Of the money.
    as_of
        The day they are for.
    notes
        What was left out or set aside, and why.
    """

    items: pd.DataFrame
    reasons: Callable[[str, int, Language], str]
    found: int
    currency: str | None = None
    as_of: date | None = None
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row an action, in the default language; empty when there is nothing to act on.

        Returns
        -------
        pandas.DataFrame
            ``rep_id`` (empty for what nobody here owns), ``owner``, ``rank`` (of the owner's
            actions, from 1), ``action`` (``lead``, ``deal``, ``save``, ``expand``), ``id`` (of the
            lead, deal or account), ``account_id``, ``account``, ``step`` (what to do),
            ``reasons``, ``probability`` (that the lead becomes an opportunity, the deal is won,
            the customer leaves or grows), ``money`` (at stake), ``expected`` (their product).
        """
        return self.table()

    def table(self, language: str | None = None) -> pd.DataFrame:
        """Return :attr:`rows` in a language.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        known = [dict(row) for _, row in self.items.iterrows()]
        said = {
            "owner": [row["owner"] or words.gettext(NOBODY) for row in known],
            "step": [self._step(row, words) for row in known],
            "reasons": [self.reasons(row["action"], row["place"], words) for row in known],
        }
        rows = self.items.assign(**{k: pd.Series(v, self.items.index, dtype=object)
                                    for k, v in said.items()})[list(COLUMNS)]  # fmt: skip
        rows.attrs = {
            "currency": self.currency,
            "notes": self.notes,
            "titles": TITLES,
            "units": {"probability": "share", "money": "money", "expected": "money"},
            "words": {"action": steps.ACTIONS},
        }
        return rows

    def best(self, most: int = 10, *, language: str | None = None) -> pd.DataFrame:
        """Return the most valuable actions of all owners: who, what, and what it is worth.

        Parameters
        ----------
        most
            How many.
        language
            "en" or "it"; the default one when omitted.
        """
        most = check.whole(most, "most", "actions.best", what="number of actions", example=10)
        rows = self.table(language)
        about = rows.attrs
        rows = rows.sort_values("expected", ascending=False, kind="stable").head(most)
        rows = rows[["owner", "step", "probability", "money", "expected"]].reset_index(drop=True)
        rows.attrs = about
        return rows

    def _step(self, row: dict[str, Any], words: Language) -> str:
        if row["action"] == "expand":
            return steps.expand(row, words, self.currency)
        say = {"lead": steps.lead, "deal": steps.deal, "save": steps.save}[row["action"]]
        return say(row, words)

    def finding(self, language: str | None = None) -> str:
        """Say how much there is to do, and what comes first.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        if self.items.empty:
            return words.gettext(NONE)
        first = self.items.sort_values("expected", ascending=False, kind="stable").iloc[0]
        n, people = len(self.items), int(self.items["rep_id"].nunique())
        money = Quantity("expected", "", "money", self.currency, words=words)
        owners = (
            words.ngettext("{n} owner", "{n} owners", people, n=words.count(people))
            if people
            else words.gettext("owners who are not on record")
        )
        return words.ngettext(
            "{n} action for {owners}, of {all} that could be taken, with {money} expected behind "
            "it; the first: {step}",
            "{n} actions for {owners}, of {all} that could be taken, with {money} expected behind "
            "them; the first: {step}",
            n, n=words.count(n), all=words.count(self.found), owners=owners,
            money=money.text(float(self.items["expected"].sum(min_count=1))),
            step=self._step(dict(first), words),
        )  # fmt: skip

    def to_csv(self, path: str | Path | None = None, *, language: str | None = None) -> str:
        """Return the rows as CSV for a CRM, and write it to a file where one is given.

        Text that a spreadsheet would take for a formula begins with an apostrophe.

        Parameters
        ----------
        path
            The file, which is overwritten.
        language
            "en" or "it"; the default one when omitted.
        """
        rows, text = self.table(language), io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows.columns)
        for row in rows.itertuples(index=False):
            writer.writerow([_cell(each) for each in row])
        if path is not None:
            Path(path).expanduser().write_text(text.getvalue(), encoding="utf-8", newline="")
        return text.getvalue()

    def __repr__(self) -> str:
        lines = [self.finding(), *self.notes]
        if not self.items.empty:
            lines.append(self.rows[["owner", "rank", "step", "expected"]].head(10).to_string())
        return "\n".join(lines)


def _cell(cell: Any) -> Any:
    """Return a cell as a file may hold it: unknown as empty, no text that runs."""
    if isinstance(cell, str):
        return inert(cell)
    if cell is None or pd.isna(cell):
        return ""
    return round(float(cell), 4) if isinstance(cell, float) else cell
