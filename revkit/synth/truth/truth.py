"""Truth about a company: planted effects, what they caused, and the true figures."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from revkit import manifest
from revkit.synth.scenario.effects import start_of, without
from revkit.synth.scenario.model import Effect
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import Simulated, simulate
from revkit.synth.simulate.world import World
from revkit.synth.truth.auc_limits import auc_limits, scored_outcomes
from revkit.synth.truth.catalogue.part import Part
from revkit.synth.truth.catalogue.values import catalogue_values
from revkit.synth.truth.contract_figures import contract_figures
from revkit.synth.truth.figures import YEAR, Figures, figures, sum_figures
from revkit.synth.truth.futures import next_quarter
from revkit.synth.truth.latent_values import latent_tables
from revkit.synth.write.files import MADE, truth_folder
from revkit.synth.write.formats import parquet_writer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from revkit.synth.write.checksums import Content

TRUTH = "truth.json"
METHOD = "the same company with this effect off, all draws the same; they do not add up"
STOCKS = ("mrr", "customers")
"""Figures at a moment; the others are of a month, and add up."""

MONEY = ("mrr", "bookings")


class TruthSource(Protocol):
    """Company as the truth needs it: its world, and what its tables hold."""

    @property
    def world(self) -> World:
        """Scenario, size and seed."""

    @property
    def dirt(self) -> str:
        """Level of errors: clean, light or heavy."""

    @property
    def workers(self) -> int:
        """Number of processes that simulate."""

    @property
    def detectability(self) -> str:
        """Explain why the planted effect cannot be detected; empty if it can."""

    @property
    def content(self) -> Mapping[str, Content]:
        """Number of rows and hash of each table."""


@dataclass(frozen=True)
class Truth:
    """Planted effects, latent values and true figures of a company, computed on first access.

    Money is in cents. Each effect is judged by making the company once more without it.

    Examples
    --------
    >>> from revkit.synth import generate
    >>> truth = generate("broken-handoff", accounts=300).truth
    >>> [effect["id"] for effect in truth.effects], truth.effects[0]["caused"]["sqls"] < 0
    (['handoff'], True)
    """

    company: TruthSource

    @property
    def world(self) -> World:
        """World of the company."""
        return self.company.world

    @cached_property
    def months(self) -> list[str]:
        """Months shown, as 2024-03."""
        first = np.datetime64(self.world.scenario.start, "M")
        return [str(first + month) for month in range(self.world.months)]

    @cached_property
    def figures(self) -> Figures:
        """Figures by month, from the simulation alone; see :meth:`metrics`."""
        return self.of(self.world)

    def of(self, world: World) -> Figures:
        """Compute the figures of a world."""
        roster = Roster(world)
        return sum_figures(
            [figures(world, roster, simulate(world, roster, chunk)) for chunk in world.chunks]
        )

    @cached_property
    def oracle(self) -> dict[str, Any]:
        """Best achievable accuracy: no model predicts better than the true chances.

        The AUC of the true chances of winning, and of the true hazard of leaving in a month; and
        ``next_quarter_bookings``, how what is won in the three months after the last day spreads
        over futures that agree with all that is known on it (:mod:`revkit.synth.truth.futures`):
        mean, p10, p50 and p90 in cents, in all and for new, expansion and renewal.
        """
        known = auc_limits(
            [scored_outcomes(self.world, self.simulated(i)) for i in self.world.chunks]
        )
        return {**known, "next_quarter_bookings": next_quarter(self.world, self.company.workers)}

    @cached_property
    def effects(self) -> list[dict[str, Any]]:
        """Effects with their first month, and what each caused up to the last day."""
        return [
            {
                **describe(effect),
                "from": self.month(start_of(effect)),
                "to": self.month(effect.months[1]) if len(effect.months) > 1 else None,
                "caused": self.caused(effect.id),
            }
            for effect in self.world.scenario.effects
        ]

    @cached_property
    def together(self) -> dict[str, int]:
        """Changes of the figures that all effects caused together."""
        return self.caused(*(effect.id for effect in self.world.scenario.effects))

    def caused(self, *effects: str) -> dict[str, int]:
        """Subtract the totals without some effects from those with them."""
        off = replace(self.world, scenario=without(self.world.scenario, *effects))
        with_, less = total_figures(self.figures), total_figures(self.of(off))
        return {name: value - less[name] for name, value in with_.items()}

    def month(self, number: int) -> str:
        """Format a month counted from the start as 2024-03."""
        return str(np.datetime64(self.world.scenario.start, "M") + number)

    @property
    def metrics(self) -> dict[str, dict[str, int | float | None]]:
        """Figures of each month, with the win rate of new deals closed in it.

        ``nrr_12m``, ``grr_12m`` and ``churn_rate_12m`` compare the customers of a year before with
        what they pay at the month's end; none before there is a year.
        """
        found: dict[str, dict[str, int | float | None]] = {}
        for place, month in enumerate(self.months):
            row = {name: int(values[place]) for name, values in self.figures.items()}
            then, net, gross, stood, lost = (row.pop(name) for name in YEAR)
            found[month] = {
                **{figure_name(name): value for name, value in row.items()},
                "win_rate": share(row["new_deals_won"], row["new_deals_closed"]),
                "nrr_12m": share(net, then),
                "grr_12m": share(gross, then),
                "churn_rate_12m": share(lost, stood),
            }
        return found

    @cached_property
    def catalogue(self) -> dict[str, dict[str, int | float | None]]:
        """Value of each metric of the catalogue that the simulation knows, by month.

        Under the metric's name and in its unit, money in the company's currency; None where it has
        no value. Counted from the simulation's arrays, and never by the metric itself.
        """
        values = catalogue_values(self.world, self.company.workers)
        columns = {name: column.tolist() for name, column in values.items()}
        return {
            month: {
                name: None if column[place] != column[place] else column[place]
                for name, column in columns.items()
            }
            for place, month in enumerate(self.months)
        }

    @cached_property
    def contracts(self) -> dict[str, dict[str, int]]:
        """Changes of contracts in each month, and what they stand at by its end.

        Under the names of :func:`revkit.synth.truth.contract_figures.contract_figures`; money in
        cents.
        """
        world, roster = self.world, Roster(self.world)
        parts = [Part(world, roster, chunk, self.simulated(chunk)) for chunk in world.chunks]
        found = sum_figures([contract_figures(part) for part in parts])
        return {
            month: {name: round(float(values[place])) for name, values in found.items()}
            for place, month in enumerate(self.months)
        }

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Questions with their answers: the effects, where they apply and since when."""
        known = {effect.id: effect for effect in self.world.scenario.effects}
        return [
            {
                "ask": question.ask,
                "answer": [
                    {**describe(known[id_]), "month": self.month(start_of(known[id_]))}
                    for id_ in question.effects
                ],
                "score": list(question.score),
            }
            for question in self.world.scenario.questions
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return the whole truth as plain values for JSON."""
        world, scenario = self.world, self.world.scenario
        return {
            "format": scenario.format,
            "scenario": scenario.name,
            "story": scenario.story,
            "seed": world.seed,
            "start": scenario.start,
            "months": world.months,
            "accounts": world.accounts,
            "min_accounts": scenario.min_accounts,
            "findable": not self.company.detectability,
            "currency": scenario.currency,
            "locale": scenario.locale,
            "dirt": self.company.dirt,
            "tables": {
                name: {"rows": content.rows, "content": content.digest}
                for name, content in self.company.content.items()
            },
            "method": METHOD,
            "effects": self.effects,
            "together": self.together,
            "decoys": [asdict(decoy) for decoy in scenario.decoys],
            "oracle": self.oracle,
            "questions": self.questions,
            "metrics": self.metrics,
            "catalogue": self.catalogue,
            "contracts": self.contracts,
        }

    def write(self, folder: str | Path) -> Path:
        """Write truth.json and the latent values to a folder beside the tables.

        The tables in ``data/shop`` have their truth in ``data/shop-truth/truth.json``, and
        beside it, as Parquet, what no table shows
        (:func:`revkit.synth.truth.latent_values.latent_tables`).
        """
        place = truth_folder(folder)
        with manifest.replacing(place, made=MADE, keep=True) as (staged,):
            self.write_files(staged)
        return place / TRUTH

    def write_files(self, folder: Path) -> None:
        """Write the files of the truth into a folder."""
        with ExitStack() as files:
            writers: dict[str, Any] = {}
            for chunk in self.world.chunks:
                for name, table in latent_tables(self.world, self.simulated(chunk)).items():
                    if name not in writers:
                        writer = parquet_writer(folder / f"{name}.parquet", table.schema)
                        writers[name] = files.enter_context(writer)
                    writers[name].write_table(table)
        text = json.dumps(self.as_dict(), indent=1) + "\n"
        (folder / TRUTH).write_text(text, encoding="utf-8")

    def simulated(self, chunk: int) -> Simulated:
        """Simulate a chunk."""
        return simulate(self.world, self._roster, chunk)

    @cached_property
    def _roster(self) -> Roster:
        return Roster(self.world)


def describe(effect: Effect) -> dict[str, Any]:
    """Describe an effect as plain values."""
    return {
        "id": effect.id,
        "target": effect.target,
        "op": effect.op,
        "factor": effect.factor,
        "where": dict(effect.where),
    }


def total_figures(found: Figures) -> dict[str, int]:
    """Sum each figure over all months; of stocks, take the last."""
    return {
        (f"end_{figure_name(name)}" if name in STOCKS else figure_name(name)): int(
            values[-1] if name in STOCKS else values.sum()
        )
        for name, values in found.items()
        if name not in YEAR
    }


def share(part: int, whole: int) -> float | None:
    """Divide a part by a whole; None if the whole is 0."""
    return part / whole if whole else None


def figure_name(figure: str) -> str:
    """Name a figure, with its unit where it is money."""
    return f"{figure}_cents" if figure.endswith(MONEY) else figure
