"""leads and lead_history, as known on the last day."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.kernel.text import CodedText, Ids, JoinedText
from revkit.synth.scenario.vocabulary import DISQUALIFIED_REASONS
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.campaigns import Campaigns
from revkit.synth.simulate.leads import Leads
from revkit.synth.simulate.reps import Roster, names
from revkit.synth.simulate.world import DAY, World

if TYPE_CHECKING:
    import pyarrow as pa

    from revkit.synth.simulate.deals import Deals


def assign_lead_seats(world: World, accounts: Accounts, roster: Roster, leads: Leads) -> Numbers:
    """Choose the seat that owns each lead."""
    return roster.seat_of(
        roster.team("SDR", accounts.segment[leads.account]), accounts.region[leads.account],
        leads.created // DAY, leads.slots(world).uniform("leads.rep_id"),
    )  # fmt: skip


def lead_tables(
    world: World,
    accounts: Accounts,
    roster: Roster,
    leads: Leads,
    seat: Numbers,
    deals: Deals,
    deal: Numbers,
) -> Iterator[tuple[str, pa.Table]]:
    """Build leads and lead_history of the leads shown, as known on the last day.

    ``seat`` looks after each lead, and ``deal`` is the position of the deal that it became, -1 for
    none.
    """
    scenario, until = world.scenario, world.end * DAY
    ids, created = leads.ids, leads.created
    found = deal >= 0
    opened = np.where(found, leads.opportunity, NEVER)
    won = np.r_[np.where(deals.won, deals.closes_at, NEVER), NEVER][deal]
    set_aside = np.where(found, NEVER, leads.given_up)
    disqualified = np.where((leads.fate >= 0) & (set_aside < until), set_aside, NEVER)
    recycled = np.where(leads.fate < 0, set_aside, NEVER)

    rep = roster.holder(seat, created // DAY)
    first, last = names(world, "leads.name", leads.slots(world))
    mail = JoinedText((mailboxes(first), ".", mailboxes(last), ".", ids.number, "@example.com"))
    reason = np.where(disqualified < until, leads.fate, -1)
    recorded = leads.slots(world).uniform("leads.channel.recorded")
    recorded = recorded < world.effects.factor(
        "channel_recorded", created // DAY, channel=leads.channel
    )
    channel = np.where(recorded, leads.channel, -1)
    yield (
        "leads",
        arrow(
            "leads",
            {
                "lead_id": ids,
                "account_id": accounts.ids.of(leads.account),
                "campaign_id": Campaigns(world).of(channel, created // DAY),
                "channel": CodedText(channel, list(scenario.channels)),
                "rep_id": roster.ids.of(rep),
                "name": JoinedText((first, " ", last)),
                "email": mail,
                "created_at": created,
                "opportunity_id": deals.ids.of(np.where(opened < until, deal, -1)),
                "disqualified_at": disqualified,
                "disqualified_reason": CodedText(reason, list(DISQUALIFIED_REASONS)),
            },
        ),
    )

    entered = {
        "lead": created, "MQL": leads.mql, "SQL": leads.sql, "opportunity": opened,
        "customer": won, "recycled": recycled, "disqualified": disqualified,
    }  # fmt: skip
    rows = [np.flatnonzero(moments < until) for moments in entered.values()]
    when = np.concatenate(
        [moments[row] for row, moments in zip(rows, entered.values(), strict=True)]
    )
    stage = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    order = in_order(when)
    row, stage, when = np.concatenate(rows)[order], stage[order], when[order]
    yield (
        "lead_history",
        arrow(
            "lead_history",
            {
                "lead_id": ids.of(row),
                "entered_at": when,
                "stage": CodedText(stage, list(entered)),
                "rep_id": roster.ids.of(roster.holder(seat[row], when // DAY)),
            },
        ),
    )


def mailboxes(names: CodedText) -> CodedText:
    """Convert names to parts of an e-mail address."""
    assert not isinstance(names.vocabulary, Ids)
    codes, parts = _mailboxes(tuple(names.vocabulary))
    return CodedText(codes[names.codes], parts)


@cache
def _mailboxes(names: tuple[str, ...]) -> tuple[Numbers, tuple[str, ...]]:
    """Return the unique parts of addresses, and the code of each name's part."""
    parts = tuple(dict.fromkeys(map(mailbox, names)))
    place = {part: code for code, part in enumerate(parts)}
    return np.array([place[mailbox(name)] for name in names]), parts


def mailbox(name: str) -> str:
    """Convert a name to ASCII letters, digits and dots for an e-mail address.

    >>> mailbox("Aarón D'Angelo")
    'aaron.dangelo'
    """
    plain = unicodedata.normalize("NFKD", name.lower().replace(" ", ".").replace("ß", "ss"))
    return "".join(
        letter for letter in plain if letter.isascii() and (letter.isalnum() or letter in ".-")
    )
