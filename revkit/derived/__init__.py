"""The tables formulas stand on, made from those a company has; built lazily, never given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from revkit.derived.carriers import carriers
from revkit.derived.customers import customers
from revkit.derived.journeys import journeys
from revkit.derived.movements import movements
from revkit.derived.pipeline import pipeline_changes
from revkit.derived.ramps import ramps
from revkit.derived.stages import lead_stages, opportunity_stages
from revkit.dimensions import Sketch, Spec

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from revkit.dataset import Dataset
    from revkit.periods import Calendar

__all__ = [
    "DERIVED",
    "Derived",
    "carriers",
    "customers",
    "journeys",
    "lead_stages",
    "movements",
    "opportunity_stages",
    "pipeline_changes",
    "ramps",
    "specs",
    "table",
]


@dataclass(frozen=True)
class Derived:
    """One derived table: the tables it needs, how it is made, its relations.

    One made for the periods of a call takes these too. ``informed`` by a table means that it is
    better where that is loaded, and can do without.
    """

    needs: tuple[str, ...]
    build: Callable[..., ir.Table]
    relations: dict[str, tuple[str, str]]
    calendar: bool = False
    informed: tuple[str, ...] = ()


_LEAD = {"lead": ("lead_id", "leads")}
_OPPORTUNITY = {"opportunity": ("opportunity_id", "opportunities")}

DERIVED = {
    "carriers": Derived(("targets", "reps"), carriers, {"rep": ("rep_id", "reps")}),
    "customers": Derived(("subscriptions",), customers, {"account": ("account_id", "accounts")}),
    "journeys": Derived(("leads", "opportunities"), journeys, _LEAD),
    "lead_stages": Derived(("lead_history",), lead_stages, _LEAD),
    "opportunity_stages": Derived(
        ("opportunity_history", "opportunities"), opportunity_stages, _OPPORTUNITY
    ),
    "pipeline_changes": Derived(
        ("opportunities",), pipeline_changes, _OPPORTUNITY, informed=("opportunity_history",)
    ),
    "ramps": Derived(("reps", "targets", "opportunities"), ramps, {"rep": ("rep_id", "reps")}),
}


def needs(name: str) -> tuple[str, ...]:
    """Return the tables of a company that a table, derived or not, is made from.

    >>> needs("journeys"), needs("spend")
    (('leads', 'opportunities'), ('spend',))
    """
    if name == "movements":
        return ("subscriptions",)
    return DERIVED[name].needs if name in DERIVED else (name,)


def informed(name: str) -> tuple[str, ...]:
    """Return the tables that a derived table is better with."""
    return DERIVED[name].informed if name in DERIVED else ()


def table(data: Dataset, name: str, calendar: Calendar) -> ir.Table:
    """Return a table of the company or one derived from it, for the periods of a call."""
    if name not in DERIVED:
        return data.table(name)
    made = DERIVED[name]
    return made.build(data, calendar) if made.calendar else made.build(data)


def specs(data: Dataset, name: str, built: ir.Table) -> dict[str, Spec]:
    """Return what dimension resolution must know to start from a table."""
    known: dict[str, Spec] = dict(data.specs)
    if name in DERIVED:
        columns = frozenset(built.columns)
        known[name] = Sketch(columns, DERIVED[name].relations, key=(f"{name}_row",))
    return known
