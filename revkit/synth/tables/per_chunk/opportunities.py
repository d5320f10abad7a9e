"""opportunities and opportunity_history: deals as known on the last day, and their changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.ids import product_ids
from revkit.synth.kernel.random_streams import Numbers, choose, in_order
from revkit.synth.kernel.text import CodedText
from revkit.synth.scenario.pipelines import (
    WORDS,
    chances,
    pipeline_of,
    pipelines,
    renamed_on,
    words,
)
from revkit.synth.scenario.vocabulary import COMPETITORS, LOST_REASONS
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.campaigns import Campaigns
from revkit.synth.simulate.deal_history import (
    CLOSING,
    FIELDS,
    FORECAST,
    NO_AMOUNT,
    WON,
    history,
)
from revkit.synth.simulate.deals import KINDS, NEW, Deals
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.reps import Roster
from revkit.synth.simulate.simulation import shown_deals
from revkit.synth.simulate.world import DAY, World

if TYPE_CHECKING:
    import pyarrow as pa

SHARES = (0.5, 0.7, 0.8)
"""Shares of a deal that stay with its owner when it is shared."""


def opportunity_tables(
    world: World, accounts: Accounts, leads: Leads, deals: Deals, roster: Roster
) -> Iterator[tuple[str, pa.Table]]:
    """Build opportunities and opportunity_history of deals not closed before the start."""
    deals = deals.take(shown_deals(world, deals))
    rows = history(world, deals, roster, accounts)
    order = in_order(deals.opened, deals.number)
    draws = deals.slots(world)
    final = np.zeros(len(deals), np.int64)
    final[rows["deal"]] = np.arange(len(rows["deal"]))
    now = {name: rows[name][final] for name in FIELDS}
    closed = deals.closes < world.end
    process = pipeline_of(world.scenario, deals.kind)

    created = np.append(leads.created, NEVER)[deals.lead]
    traced = (deals.lead >= 0) & (created >= world.start * DAY)
    lead = np.where(traced, deals.lead, -1)
    campaign = Campaigns(world).of(
        np.append(leads.channel, 0)[lead], np.where(traced, created // DAY, 0)
    )
    lost = closed & ~deals.won
    reasons = list(LOST_REASONS)
    reason = choose(draws.uniform("opportunities.lost_reason"), np.array([*LOST_REASONS.values()]))
    rival = choose(draws.uniform("opportunities.competitor"), np.array([*COMPETITORS.values()]))
    met = draws.uniform("opportunities.met") < world.scenario.deals.met_competitor
    named = np.where(deals.won, met & (deals.kind == NEW), reason == reasons.index("competitor"))
    products = product_ids(len(world.scenario.products))
    deal_table = {
        "opportunity_id": deals.ids,
        "account_id": accounts.ids.of(deals.account),
        "lead_id": leads.ids.of(lead),
        "rep_id": roster.ids.of(now["person"]),
        "product_id": CodedText(deals.product, products),
        "campaign_id": campaign,
        "kind": CodedText(deals.kind, KINDS),
        "pipeline": CodedText(process, pipelines(world.scenario)),
        "created_on": deals.opened,
        "expected_close_on": now["expected"],
        "closed_on": np.where(closed, deals.closes, NEVER),
        "is_won": np.where(closed, deals.won, -1),
        "amount": known_amount(now["amount"]),
        "currency": CodedText(np.zeros(len(deals), np.int64), [world.scenario.currency]),
        "probability": chances()[process, now["stage"]],
        "forecast_category": CodedText(now["forecast"], FORECAST),
        "discount": np.round(deals.discount, 4),
        "lost_reason": CodedText(np.where(lost, reason, -1), reasons),
        "competitor": CodedText(np.where(closed & named, rival, -1), list(COMPETITORS)),
    }
    yield "opportunities", arrow("opportunities", deal_table, order)

    when = moments(rows["when"], deals, rows)
    along = in_order(when)
    yield "opportunity_splits", split_table(world, accounts, deals, roster, now["person"])
    history_table = {
        "opportunity_id": deals.ids.of(rows["deal"]),
        "changed_at": when,
        "seq": rows["seq"],
        "stage": CodedText(labels(world, process[rows["deal"]], rows), WORDS),
        "amount": known_amount(rows["amount"]),
        "expected_close_on": rows["expected"],
        "forecast_category": CodedText(rows["forecast"], FORECAST),
        "rep_id": roster.ids.of(rows["person"]),
    }
    yield "opportunity_history", arrow("opportunity_history", history_table, along)


def split_table(
    world: World, accounts: Accounts, deals: Deals, roster: Roster, owner: Numbers
) -> pa.Table:
    """Build opportunity_splits: deals with larger accounts that two reps share."""
    draws, last = deals.slots(world), np.minimum(deals.closes, world.end - 1)
    shared = (draws.uniform("opportunity_splits.shared") < world.scenario.pipeline.split) & (
        (deals.kind == NEW) & (accounts.segment[deals.account] > 0)
    )
    seat = roster.other_seat(deals.seat, deals.opened, draws.uniform("opportunity_splits.seat"))
    other = roster.holder(seat, last)
    rows = np.flatnonzero(shared & (other != owner))
    place = (draws.uniform("opportunity_splits.share")[rows] * len(SHARES)).astype(np.int64)
    part = np.array(SHARES)[place]
    columns = {
        "opportunity_id": deals.ids.of(np.repeat(rows, 2)),
        "rep_id": roster.ids.of(np.stack([owner[rows], other[rows]], axis=1).ravel()),
        "share": np.stack([part, np.round(1 - part, 2)], axis=1).ravel(),
    }
    return arrow("opportunity_splits", columns)


def labels(world: World, process: Numbers, rows: dict[str, Numbers]) -> Numbers:
    """Return the label of each change's stage at the time, as a place in ``WORDS``."""
    today = words()[process, rows["stage"]]
    if (day := renamed_on(world.scenario)) is None:
        return today
    return np.where(rows["when"] < day, words(former=True)[process, rows["stage"]], today)


def known_amount(cents: Numbers) -> Numbers:
    """Return amounts in cents, NaN where none is known."""
    return np.where(cents == NO_AMOUNT, np.nan, cents)


def moments(days: Numbers, deals: Deals, rows: dict[str, Numbers]) -> Numbers:
    """Convert fractional days to seconds in working hours; a close has its own moment."""
    day = np.floor(days).astype(np.int64)
    seconds = day * DAY + ((9 + 8 * (days - day) / CLOSING * 0.99) * 3600).astype(np.int64)
    final = (rows["stage"] >= WON) & (day == deals.closes[rows["deal"]])
    return np.where(final, deals.closes_at[rows["deal"]], seconds)
