"""A plan: its months, rates, levers and goals, the probability of its target, other scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit.analysis.plans import tables, wording
from revkit.analysis.plans.futures import Futures
from revkit.analysis.plans.pacing import paced
from revkit.analysis.plans.scenarios import compared, with_scenario
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.frames.tables import table

if TYPE_CHECKING:
    from revkit.dataset import Dataset


@dataclass(frozen=True)
class Plan(Futures):
    """The way to a target and its probability: the futures with their tables and sentences."""

    @cached_property
    def needed(self) -> pd.DataFrame:
        """The months in which the target is reached: one row a month.

        Returns
        -------
        pandas.DataFrame
            ``period``; ``leads``, ``mqls``, ``sqls``, ``opportunities``, ``deals``; ``new``,
            ``expansion``, ``reactivation``, ``contraction``, ``churn`` (MRR); ``arr`` at the end;
            ``reps_needed`` and ``reps`` (ramped ones, at their best; those of today in
            expectation); ``spend``. NaN where the company's tables do not tell.
        """
        return tables.needed(self)

    @cached_property
    def outlook(self) -> pd.DataFrame:
        """ARR by month if all goes on: ``period``, ``value``, ``low``, ``high``, ``target``.

        The range holds the plan's level of futures; target is the way of :attr:`needed`.
        """
        return tables.outlook(self, self.needed)

    @cached_property
    def rates(self) -> pd.DataFrame:
        """The rates that the plan is computed with: one row each, with interval and source.

        Returns
        -------
        pandas.DataFrame
            ``rate``, ``value`` (with the plan's factors), ``low``, ``high`` (95 %), ``n``,
            ``source`` (a call, or what it follows from; "assumed"), ``window`` (its days).
        """
        return tables.rates(self)

    @cached_property
    def goals(self) -> pd.DataFrame:
        """The months of :attr:`needed` by quarter: sums, and ARR and reps at the end of each."""
        return tables.goals(self, self.needed)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """The company's own targets until that day, beside the plan: one row a measure.

        Returns
        -------
        pandas.DataFrame
            ``measure``; ``own`` (targets of kind ``plan``; of ARR the one for the last day);
            ``needed`` (for the plan's target); ``expected``, ``low``, ``high`` and ``probability``
            (of the own target) at the rates of today. Empty where no target of a measure covers
            all days to that of the plan's.
        """
        return tables.targets(self, self.needed)

    @cached_property
    def levers(self) -> pd.DataFrame:
        """The levers, each bettered by a tenth: one row each, the one that brings most first.

        Returns
        -------
        pandas.DataFrame
            ``lever``; ``change`` (0.1, or -0.1 where less is better); ``arr`` (change of the
            expected ARR on the day of the target) and ``probability`` (of the target then);
            ``alone`` (change of this lever that alone makes the target the expected one; NaN where
            none does, or nothing is missing).
        """
        return tables.levers(self, self.moved)

    def scenario(self, *, hires: int | Mapping[int, int] = 0, **factors: float) -> Plan:
        """Return the plan with other rates: a factor a lever, and reps hired.

        Parameters
        ----------
        hires
            Reps who begin now, or by month from now: ``{3: 2}`` for two in the fourth month.
        factors
            By lever: ``win_rate=1.1`` for a tenth more. Levers: leads, mql_to_sql, opportunities,
            win_rate, deal_size, cycle, churn, contraction, expansion, reps.

        Raises
        ------
        ParameterError
            For what is no lever, a factor below 0, or hires without known reps.
        """
        return with_scenario(self, hires, factors)

    def compare(self, scenarios: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
        """Return the plan beside scenarios: one row each, the present course first.

        Parameters
        ----------
        scenarios
            By name what :meth:`scenario` takes: ``{"hire 2": {"hires": 2}}``.

        Returns
        -------
        pandas.DataFrame
            ``scenario``, ``arr`` (expected on the day of the target), ``low``, ``high``,
            ``probability``, ``scale`` (factor on opportunities and leads still needed).
        """
        return compared(self, scenarios)

    def pace(self, later: Dataset) -> pd.DataFrame:
        """Return what has come by a later day beside what should have by then.

        Parameters
        ----------
        later
            The same company as known on a later day, up to that of the target.

        Returns
        -------
        pandas.DataFrame
            One row a measure: ``measure``, ``planned`` (by that day, on the way to the target),
            ``own`` (the company's own target for these days, if any), ``came``, ``share`` (of what
            was planned), ``expected``, ``low``, ``high`` (at the rates the plan was made with),
            ``verdict``: met, near (missed by up to a tenth), missed.

        Raises
        ------
        ParameterError
            When its day is not after the plan's, or after that of the target.
        """
        return paced(self, self.needed, later)

    @property
    def aim(self) -> Finding:
        """The sentence on where the target comes from, and its probability."""
        return wording.aim(self, self.targets)

    @property
    def way(self) -> Finding:
        """The sentence on what the target takes."""
        return wording.way(self, self.needed)

    @cached_property
    def findings(self) -> list[Finding]:
        """The sentences: the past year's plan, own targets, this one, what that takes, a lever."""
        return wording.findings(self, self.needed, self.targets, self.levers)

    def __repr__(self) -> str:
        return "\n".join([*(f"- {one}" for one in self.findings), *self.notes])

    def _repr_html_(self) -> str:
        return table(self.needed, language=self.words.code)._repr_html_()
