"""The result of coaching one rep: every measure, what stands out, and what to practise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from revkit.analysis.coaching import wording
from revkit.analysis.coaching.compare import FEW
from revkit.analysis.coaching.headings import HEADINGS
from revkit.analysis.coaching.measures import STAGE
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.frames.tables import table
from revkit.analysis.writing.result import Result
from revkit.language import language as spoken
from revkit.language import message


class Team(Protocol):
    """The coaching of a team, beside which one rep is shown."""

    @property
    def names(self) -> dict[str, str]: ...
    @property
    def measures(self) -> pd.DataFrame: ...
    @property
    def quotas(self) -> pd.DataFrame: ...
    @property
    def stages(self) -> list[str]: ...


SOME = 1.0
"""Standard deviations from which on a stage is where a rep who stands out loses."""


@dataclass(frozen=True, repr=False)
class RepCoaching(Result):
    """One rep beside like deals of the team: every measure, and what to practise.

    Parameters
    ----------
    team
        The whole.
    rep_id
        Whose it is.
    """

    team: Team
    rep_id: str

    @property
    def rep(self) -> str:
        """The name."""
        return self.team.names.get(self.rep_id, "")

    @property
    def rows(self) -> pd.DataFrame:
        """The rep's rows of the measures compared."""
        rows = self.team.measures
        return rows[rows["rep_id"] == self.rep_id].reset_index(drop=True)

    @property
    def stage(self) -> str | None:
        """The stage where most is lost beside like deals, of a rep who stands out; else None."""
        rows = self.rows
        stages = rows["measure"].isin(self.team.stages)
        named = rows["named"].astype(bool)
        if not (named & (stages | (rows["measure"] == "win"))).any():
            return None
        told = rows[stages & rows["told"].astype(bool) & (rows["distance"] > SOME)]
        if told.empty:
            return None
        worst = told["measure"].to_numpy()[told["distance"].to_numpy().argmax()]
        return str(worst).removeprefix(STAGE)

    @property
    def costly(self) -> bool:
        """True where it costs money: wins, discounts, or a quota missed beyond doubt."""
        rows = self.rows
        if rows.loc[rows["named"].astype(bool), "measure"].isin(["win", "discount"]).any():
            return True
        quota = self.team.quotas.loc[self.team.quotas.index == self.rep_id]
        return bool((quota["high"].astype(float) < quota["expected"].astype(float)).any())

    @property
    def table(self) -> pd.DataFrame:
        """Every measure: cases, value, what is usual, likely, its interval, what to practise."""
        words, rows = spoken(None), self.rows
        shown = pd.DataFrame({
            "rep": [self.rep] * len(rows),
            "measure": [wording.title(one, words) for one in rows["measure"]],
            "n": rows["n"],
            **{name: [self._text(row, name, words) for row in rows.itertuples()]
               for name in ("value", "usual", "likely")},
            "says": [self._says(row, words) for row in rows.itertuples()],
        })  # fmt: skip
        own = {"n": message("Cases"), "value": message("Value"), "usual": message("Like cases")}
        shown.attrs = {"titles": HEADINGS | own, "wrapped": ("says",)}
        return shown

    def _text(self, row: Any, name: str, words: Any) -> str:
        what = wording.quantity(row.measure, words)
        if name != "likely":
            return what.text(getattr(row, name))
        return f"{what.text(row.likely)} ({what.span(row.low, row.high)})" if row.told else "–"

    def _says(self, row: Any, words: Any) -> str:
        if row.named:
            return str(words.gettext(wording.TRY[wording.part(row.measure, self.team.stages)]))
        return str(words.gettext(wording.ALIKE_SAY if row.told else wording.FEW_SAY))

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return what stands out of this rep, with its doubt and what to try; else the wins.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words, rows = spoken(language), self.rows
        named = rows[rows["named"].astype(bool)].sort_values(["chance", "measure"])
        if len(named):
            stage, stages = self.stage, self.team.stages
            known = set(named["measure"])
            at = None if stage is None or STAGE + stage in known else stage
            sure = words.gettext(wording.SURE)
            front = None if self.costly else ""
            return [
                Finding(wording.named(self.rep, row, stages, words, at=at,
                                      alone=bool(len(known) == 1 or row.measure != "win")),
                        aside=sure, front=front)
                for row in named.itertuples()
            ]  # fmt: skip
        if not len(rows):
            return [Finding(words.gettext(wording.NOBODY, least=FEW), quiet=True)]
        wins = rows[rows["measure"] == "win"]
        said = [" ".join(wording.seen(self.rep, row, words)) for row in wins.itertuples()]
        told = len(wins) and bool(wins["told"].iloc[0])
        said.append(words.gettext(WITHIN if told else TOO_FEW, rep=self.rep))
        return [Finding(" ".join(said), quiet=True)]

    def __repr__(self) -> str:
        return "\n".join([str(wording.shown(self.findings)), str(table(self.table))])

    def _repr_html_(self) -> str:
        bundle = wording.shown(self.findings)._repr_mimebundle_()
        return f"{bundle['text/html']}{table(self.table)._repr_html_()}"


WITHIN = message("That is within what chance does among so many reps and measures.")
TOO_FEW = message("Too few of {rep}'s deals are decided to say more.")
