"""Accounts: every company that may buy, with its segment, size and latent health."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revkit.synth.kernel.ids import account_ids
from revkit.synth.kernel.name_pools import pool
from revkit.synth.kernel.random_streams import Numbers, Streams, choose, choose_each
from revkit.synth.kernel.text import CodedText, Ids, JoinedText
from revkit.synth.scenario.vocabulary import COUNTRIES, INDUSTRIES
from revkit.synth.simulate.world import CHUNK, World

FAMILY = 50
"""Accounts before each among which its parent is."""


@dataclass(frozen=True)
class Accounts:
    """Accounts of a chunk, one per position; words are codes into their vocabulary."""

    ids: Ids
    names: JoinedText
    segment: Numbers
    industry: Numbers
    country: Numbers
    region: Numbers
    employees: Numbers
    arrival: Numbers
    health: Numbers
    territory: Numbers
    parent: Numbers

    def __len__(self) -> int:
        return len(self.segment)


def draw_accounts(world: World, chunk: int) -> Accounts:
    """Draw the accounts of one chunk."""
    streams, size = world.streams(chunk), world.size(chunk)
    specs, mix = list(world.scenario.segments.values()), world.scenario.accounts
    regions = sorted({region for region, _ in COUNTRIES.values()})
    country = choose(
        streams.uniform("accounts.country", size), np.array([w for _, w in COUNTRIES.values()])
    )
    industry = choose(streams.uniform("accounts.industry", size), np.array([*INDUSTRIES.values()]))
    unknown = streams.uniform("accounts.industry.unknown", size) < mix.unknown_industry
    spread = np.exp(mix.employees_spread * streams.normal("accounts.employees", size))
    days = np.searchsorted(
        np.cumsum(world.arrivals()), streams.uniform("accounts.created_on", size), side="right"
    )
    arrival = np.minimum(world.first + days, world.until - 1)
    weights = [
        spec.share * world.effects.factor("mix", arrival, segment=np.array(place))
        for place, spec in enumerate(specs)
    ]
    segment = choose_each(
        streams.uniform("accounts.segment", size),
        np.stack([np.broadcast_to(weight, size) for weight in weights], axis=1),
    )
    low, median, high = np.array([spec.employees for spec in specs]).T
    local = np.arange(size)
    return Accounts(
        ids=account_ids(local, chunk),
        names=company_names(world, chunk * CHUNK + local),
        segment=segment,
        industry=np.where(unknown, -1, industry),
        country=country,
        region=np.array([regions.index(region) for region, _ in COUNTRIES.values()])[country],
        employees=np.clip(median[segment] * spread, low[segment], high[segment]).astype(np.int64),
        arrival=arrival,
        health=streams.normal("accounts.health", size),
        territory=streams.uniform("accounts.territory", size),
        parent=draw_parents(streams, size, mix.with_parent),
    )


def draw_parents(streams: Streams, size: int, share: float) -> Numbers:
    """Draw the account that each belongs to, among those a little before it; -1 for none.

    An account that belongs to another has none of its own.
    """
    belongs = streams.uniform("accounts.parent", size) < share
    back = 1 + (FAMILY * streams.uniform("accounts.family", size)).astype(np.int64)
    parent = np.arange(size) - back
    return np.where(belongs & (parent >= 0) & ~belongs[np.maximum(parent, 0)], parent, -1)


def company_names(world: World, number: Numbers) -> JoinedText:
    """Name each account; once the pool is used up, with a city appended."""
    companies, cities = (pool(world.scenario.locale)[kind] for kind in ("company", "city"))
    place = (number * 2654435761 + 17) % len(companies)
    round_ = number // len(companies)
    city = np.where(round_ > 0, 1 + (round_ + place) % len(cities), 0)
    return JoinedText(
        (CodedText(place, companies), CodedText(city, ["", *(f" {city}" for city in cities)]))
    )
