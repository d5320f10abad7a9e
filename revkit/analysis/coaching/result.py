"""The result of coaching a team: its reps, the sentences, and their tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit.analysis.coaching import wording
from revkit.analysis.coaching.compare import FEW
from revkit.analysis.coaching.headings import HEADINGS, TRAINED, UNITS
from revkit.analysis.coaching.measures import STAGE
from revkit.analysis.coaching.rep import RepCoaching
from revkit.analysis.coaching.team.ramp import FIRST_WIN, Ramp
from revkit.analysis.coaching.team.turnover import Turnover
from revkit.analysis.coaching.training import COLUMNS, LEVEL
from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.frames.tables import table
from revkit.analysis.writing.result import Result
from revkit.errors import ParameterError
from revkit.language import language as spoken

if TYPE_CHECKING:
    from revkit.analysis.coaching.deals import Span

RESULTS = ("rep", "n", "value", "usual", "likely", "low", "high", "says")
QUOTAS = ("rep", "team", "months", "attainment", "expected", "likely_attainment")
HABITS = ("rep", "selling", "silent", "contacts_a_week", "pushes", "discount", "idle", "overdue",
          "answered")  # fmt: skip


@dataclass(frozen=True, repr=False)
class Coaching(Result):
    """A sales team beside its own like deals: who stands out, where, and what to try.

    Parameters
    ----------
    reps
        One row a rep who is there and sells, by name: ``rep_id``, ``rep``, ``team``, ``role``,
        ``months`` of tenure, wins (``n`` decided deals of new business with peers, ``value``,
        ``usual`` of like deals, ``likely``, ``low``, ``high``), quotas (``attainment``,
        ``expected``, ``likely_attainment``), time (``selling``, ``silent``, ``contacts_a_week``)
        and habits (``answered``, ``discount``, ``pushes``, ``idle``, ``overdue``).
    measures
        One row a rep and measure, as :func:`~revkit.analysis.coaching.compare.compared` returns
        them, of everybody who sold in the span.
    quotas
        By rep_id, with those who left.
    ramp
        Months from hire to the first win and to a full quota.
    territories
        Accounts, potential and open deals by rep.
    span, months
        What was looked at.
    trained
        What reps did before and after each training.
    turnover
        Who of the sellers of a year ago is gone.
    keepers
        Reps most of whose deals are renewals and expansions; they are not compared in wins.
    """

    reps: pd.DataFrame
    measures: pd.DataFrame
    quotas: pd.DataFrame
    ramp: Ramp
    territories: pd.DataFrame
    span: Span
    months: int
    currency: str | None = None
    notes: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    trained: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*COLUMNS]))
    turnover: Turnover = field(default_factory=lambda: Turnover(0, 0, 0))
    keepers: frozenset[str] = frozenset()

    @cached_property
    def named(self) -> pd.DataFrame:
        """Rows of ``measures`` that stand out by more than chance, clearest first."""
        rows = self.measures[self.measures["named"].astype(bool)]
        return rows.sort_values(["chance", "rep_id", "measure"], ignore_index=True)

    @cached_property
    def judged(self) -> frozenset[str]:
        """Reps who are there, with enough decided deals with peers to be compared in wins."""
        told = self.measures[
            (self.measures["measure"] == "win") & self.measures["told"].astype(bool)
        ]
        return frozenset(told["rep_id"]) & frozenset(self.winners["rep_id"])

    @property
    def winners(self) -> pd.DataFrame:
        """Rows of ``reps`` of those who win customers, rather than keep them."""
        return self.reps[~self.reps["rep_id"].isin(self.keepers)].reset_index(drop=True)

    def left_out(self, language: Any = None) -> str:
        """Say who is not compared in wins, keeping customers rather than winning them."""
        names = self.reps.loc[self.reps["rep_id"].isin(self.keepers), "rep"].astype(str)
        words = spoken(language)
        return words.gettext(wording.LEFT_OUT, reps=words.list([*names])) if len(names) else ""

    @property
    def stages(self) -> list[str]:
        """The measures of stages, in the order of the process."""
        known = dict.fromkeys(self.measures["measure"])
        return [name for name in known if name.startswith(STAGE)]

    @property
    def team(self) -> pd.DataFrame:
        """Wins beside like deals, by name: no table from best to worst."""
        frame = self._view(RESULTS, self.winners)
        frame.attrs["below"] = tuple(filter(None, [self.left_out()]))
        return frame

    @property
    def attainment(self) -> pd.DataFrame:
        """Shares of quotas won, beside peers of the same team and tenure, by name."""
        return self._view(QUOTAS)

    @property
    def attained(self) -> float:
        """Share that the team won of all its quotas of these months; NaN without quotas."""
        quota = float(self.quotas["quota"].sum())
        return float(self.quotas["won"].sum()) / quota if quota else float("nan")

    @property
    def habits(self) -> pd.DataFrame:
        """Time, contacts and care of deals by rep, by name."""
        return self._view(HABITS)

    @property
    def training(self) -> pd.DataFrame:
        """Outcome of each training, beside the half-year before it and peers without one.

        Empty where no activity of kind ``training`` has enough decided deals around it.
        """
        words = spoken(None)
        frame = self.trained.copy()
        frame.insert(0, "rep", [self.names.get(one, one) for one in frame.pop("rep_id")])
        frame["measure"] = [wording.title(one, words) for one in frame["measure"]]
        units = dict.fromkeys(("before", "after"), "share") | dict.fromkeys(
            ("peers", "effect"), "share points"
        )
        frame.attrs = {
            "titles": HEADINGS | TRAINED, "units": UNITS | units,
            "level": LEVEL, "notes": self.notes,
        }  # fmt: skip
        return frame

    def of(self, rep: str | None = None) -> RepCoaching:
        """Return one rep, by id or name; when omitted who stands out, else who has most deals.

        Raises
        ------
        ParameterError
            When nobody, or more than one, is called so among those who sold in the span.
        """
        if rep is None:
            order = self.winners.sort_values(["n", "rep_id"], ascending=[False, True])["rep_id"]
            return RepCoaching(self, str(next(iter([*self.named["rep_id"], *order]), "")))
        called = [one for one, name in self.names.items() if rep in {one, name}]
        exact = [one for one in called if one == rep]
        if not self.names:
            raise ParameterError.no_seller(rep, months=self.months)
        if len(exact or called) != 1:
            raise ParameterError.unfit(
                "rep", rep, where="rk.coach", needed="the rep_id or the name of one who sold then",
                example=repr(next(iter(self.names))),
            )  # fmt: skip
        return RepCoaching(self, (exact or called)[0])

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return who stands out and what to try, then what holds for the team.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        asked = (self.quota, self.gone, self.time, self.new_sellers, self.trainings)
        facts = [one for one in (fact(words) for fact in asked) if not one.quiet]
        said = []
        for rep in dict.fromkeys(self.named["rep_id"]):
            said += self.of(rep).sentences(words.code)
        if not said:
            judged = len(self.judged)
            text = wording.quiet(judged, len(self.winners) - judged, FEW, words)
            said = [Finding(text, quiet=not facts)]
        return [*said, *facts]

    def wins(self, language: Any = None) -> Finding:
        """Say in two lines who wins otherwise than like deals come to by more than chance."""
        words = spoken(language)
        rows = self.named[self.named["measure"] == "win"]
        for row in rows.itertuples():
            return Finding(" ".join(wording.seen(self.names[str(row.rep_id)], row, words)))
        return Finding(wording.no_wins(len(self.judged), FEW, words), quiet=True)

    def quota(self, language: Any = None) -> Finding:
        """Say what the team won of its quotas."""
        words = spoken(language)
        if not len(self.quotas):
            return Finding(words.gettext(wording.NO_QUOTA), quiet=True)
        return Finding(words.gettext(
            wording.QUOTA, attainment=Quantity("", "", "share", words=words).text(self.attained),
            months=counted(self.months, "months", words),
            reps=counted(len(self.quotas), "reps", words),
        ))  # fmt: skip

    def gone(self, language: Any = None) -> Finding:
        """Say how many of the sellers of a year ago are gone, and how those win who came since."""
        words, found = spoken(language), self.turnover
        return Finding(
            wording.gone(found, words),
            quiet=not found.gone,
            front=None if found.share >= wording.MANY else "",
        )

    def time(self, language: Any = None) -> Finding:
        """Say how much selling time was logged, beside a survey."""
        words, told = spoken(language), self.reps["selling"].dropna()
        if not len(told):
            return Finding(words.gettext(wording.NO_TIME), quiet=True)
        share = Quantity("", "", "share", words=words)
        hours = self.reps["hours"].sum() / (40 * self.reps["weeks"].sum())
        return Finding(words.gettext(
            wording.LOGGED, value=share.text(hours), lowest=share.text(told.min()),
            highest=share.text(told.max()),
        ))  # fmt: skip

    def new_sellers(self, language: Any = None) -> Finding:
        """Say how long it takes until half of the new sellers have won."""
        words, rows = spoken(language), self.ramp.summary()
        rows = rows[(rows["event"] == FIRST_WIN) & (rows["cohort"] == "all")]
        known = rows[rows["median"].notna()].to_dict("records")
        if not known:
            return Finding(words.gettext(wording.NO_RAMP), quiet=True)
        (row,) = known
        months = Quantity("", "", "months", words=words)
        span = months.span(row["low"], row["high"])
        return Finding(words.gettext(
            wording.RAMPED, median=words.number(f"{row['median']:.1f}"), n=row["n"],
            span=f" ({span})" if span else "", reached=row["reached"],
        ))  # fmt: skip

    def trainings(self, language: Any = None) -> Finding:
        """Say after which training a rep did otherwise by more than chance; quiet without any."""
        words, rows = spoken(language), self.trained
        clear = rows[rows["clear"].astype(bool)]
        if len(clear):
            each: Any = clear.itertuples()
            who = self.names
            said = [wording.trained(who.get(row.rep_id, row.rep_id), row, words) for row in each]
            return Finding(" ".join(said))
        n = len(rows.drop_duplicates(["rep_id", "trained_on"]))
        return Finding(words.gettext(wording.NOT_BEYOND, n=words.count(n)), quiet=not n)

    def _view(self, columns: tuple[str, ...], reps: pd.DataFrame | None = None) -> pd.DataFrame:
        words, reps = spoken(None), self.reps if reps is None else reps
        frame = reps[[name for name in columns if name != "says"]].copy()
        if "says" in columns:
            frame["says"] = [self._says(row, words) for row in reps.itertuples()]
        frame = frame.drop(columns=[one for one in frame if frame[one].isna().all()])
        frame.attrs = {
            "currency": self.currency, "notes": self.notes, "titles": HEADINGS,
            "units": UNITS, "wrapped": ("says",),
        }  # fmt: skip
        return frame

    def _says(self, row: Any, words: Any) -> str:
        """Return in a word what can be said of a rep."""
        named = self.named[self.named["rep_id"] == row.rep_id]
        if len(named):
            return str(words.list([wording.title(one, words) for one in named["measure"]]))
        return str(words.gettext(
            wording.ALIKE_SAY if row.rep_id in self.judged else wording.FEW_SAY
        ))  # fmt: skip

    def __repr__(self) -> str:
        return str(wording.shown(self.findings, self.notes))

    def _repr_html_(self) -> str:
        bundle = wording.shown(self.findings, self.notes)._repr_mimebundle_()
        return f"{bundle['text/html']}{table(self.team)._repr_html_()}"
