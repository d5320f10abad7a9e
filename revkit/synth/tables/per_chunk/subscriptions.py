"""subscriptions: the price regimes of contract lines, as known on the last day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from revkit.synth.kernel.arrow import NEVER, arrow
from revkit.synth.kernel.ids import product_ids, scramble
from revkit.synth.kernel.random_streams import Numbers, in_order
from revkit.synth.kernel.text import CodedText, Ids
from revkit.synth.scenario.vocabulary import CHURN_REASONS
from revkit.synth.simulate.accounts import Accounts
from revkit.synth.simulate.customers.contracts import MAIN, STATUSES
from revkit.synth.simulate.customers.customer_months import Ledger
from revkit.synth.simulate.world import World

if TYPE_CHECKING:
    import pyarrow as pa


def subscription_table(world: World, chunk: int, accounts: Accounts, ledger: Ledger) -> pa.Table:
    """Build subscriptions: every price regime begun by the last day.

    An end after the last day is there only when it was asked for by then.
    """
    rows = {name: np.r_[paid, ledger.unpaid[name]] for name, paid in ledger.rows.items()}
    known = np.flatnonzero(rows["started"] < world.end)
    rows = {name: values[known] for name, values in rows.items()}
    account = rows["account"]
    order = in_order(rows["started"], account, rows["line"])
    planned = (rows["ended"] >= world.end) & (rows["requested"] < world.end)
    ended = np.where((rows["ended"] < world.end) | planned, rows["ended"], NEVER)
    over = ended < world.end
    failed = over & (rows["reason"] == len(CHURN_REASONS))
    reasons = [*CHURN_REASONS, "payment failed"]

    def ids(contract: Numbers) -> Ids:
        return Ids("S", 7, scramble(account * 64 + contract, 21) + (chunk << 21))

    discount = np.round(np.maximum(rows["discount"], 0.0), 4)
    values = {
        "subscription_id": ids(rows["contract"]),
        "line": CodedText(rows["line"] - MAIN, ["1", "2", "3"]),
        "started_on": rows["started"],
        "ended_on": ended,
        "account_id": accounts.ids.of(account),
        "product_id": CodedText(rows["product"], product_ids(len(world.scenario.products))),
        "mrr": rows["seats"] * rows["price"],
        "currency": CodedText(np.zeros(len(account), np.int64), [world.scenario.currency]),
        "quantity": rows["seats"].astype(float),
        "unit_price": rows["price"],
        "list_unit_price": rows["listed"],
        "interval": CodedText(rows["annual"].astype(np.int64), ["month", "year"]),
        "discount": discount,
        "discount_kind": CodedText(np.where(discount > 0, 0, -1), ["forever"]),
        "status": CodedText(rows["status"], STATUSES),
        "cancel_requested_on": np.where(ended < NEVER, rows["requested"], NEVER),
        "term_ends_on": rows["term"],
        "renewed_from": ids(np.maximum(rows["contract"] - 1, 0)).only(rows["renewed"] > 0),
        "churn_reason": CodedText(np.where(over | failed, rows["reason"], -1), reasons),
    }
    return arrow("subscriptions", values, order)
