"""Sentences and headings of segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from revkit.analysis.writing.counts import counted
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import VAGUE, Quantity
from revkit.language import message

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

    from revkit.language import Language

MOST = 3
"""Segments that a sentence is said about, each for one measure."""

UNITS = {"win_rate": "share", "cycle": "days", "deal_size": "money", "grr": "share", "nrr": "ratio"}


def findings(
    table: pd.DataFrame, contrasts: pd.DataFrame, by: Sequence[str], words: Language
) -> list[Finding]:
    """Return sentences on what stands out: where the next euro goes, and how segments differ."""
    clear = contrasts[contrasts["stands_out"]].sort_values("p", kind="stable")
    said = []
    for _, one in clear[clear["measure"] == "lift"].head(MOST).iterrows():
        row = table[(table[list(by)] == one[list(by)]).all(axis=1)].iloc[0]
        money = Quantity("", "", table.attrs["units"]["returned"], table.attrs["currency"],
                         words=words)  # fmt: skip
        per = PER_COST if money.unit == "ratio" else PER_DEAL
        span = money.span(row["low"], row["high"])
        text = BEST if row["lift"] > 1 and span != words.gettext(VAGUE) else WORST
        said.append(
            words.gettext(
                text,
                segment=name_of(row, by),
                returned=words.gettext(per, value=money.text(row["returned"])),
                span=span,
                lift=words.number(f"{row['lift']:.1f}"),
                rows=counted(float(row["n"]), "opportunities", words),
            )
        )
    for name, text in TEXTS.items():
        for _, one in clear[clear["measure"] == name].head(1).iterrows():
            quantity = Quantity("", "", UNITS[name], table.attrs["currency"], words=words)
            value, rest = quantity.text(one["value"]), quantity.text(one["rest"])
            said.append(words.gettext(text, segment=name_of(one, by), value=value, rest=rest))
    return [Finding(one) for one in said]


def name_of(row: Any, by: Sequence[str]) -> str:
    """Return the name of a segment: its values, one after the other."""
    return " / ".join(str(row[name]) for name in by)


def told(by: Sequence[str], currency: str | None, *, per_cost: bool) -> dict[Hashable | None, Any]:
    """Return the titles and units by which a table of segments is written."""
    return {
        "currency": currency, "by": tuple(by), "level": 0.95, "titles": TITLES,
        "units": {"win_rate": "share", "cycle": "days", "deal_size": "money", "grr": "share",
                  "nrr": "share", "worth": "money", "ltv_cac": "ratio", "payback": "months",
                  "customers": "count", "accounts": "count", "ours": "share", "lift": "ratio",
                  "returned": "ratio" if per_cost else "money", "n": "count"},
    }  # fmt: skip


BEST = message("{segment} returns {returned} ({span}; {rows} decided), {lift} times that of all "
               "others: spend on acquisition there first.")  # fmt: skip
WORST = message("{segment} returns {returned} ({span}; {rows} decided), {lift} times that of all "
                "others.")  # fmt: skip
PER_COST = message("{value} times what an opportunity costs")
PER_DEAL = message("{value} of lifetime value for each opportunity")
TEXTS = {
    "win_rate": message("{segment} is won at {value}, all others at {rest}."),
    "cycle": message("{segment} takes {value} on average to be won, all others {rest}."),
    "deal_size": message("A deal of {segment} is {value}, of all others {rest}."),
    "grr": message("{segment} keeps {value} of its revenue a year, all others {rest}."),
    "nrr": message("{segment} grows to {value} of its revenue a year, all others to {rest}."),
}
TITLES = {
    "n": message("Decided"), "customers": message("Customers"), "accounts": message("Accounts"),
    "ours": message("Already ours"), "win_rate": message("Win rate"),
    "cycle": message("Mean sales cycle"), "deal_size": message("Deal size"), "grr": message("GRR"),
    "nrr": message("NRR"), "worth": message("Lifetime value"), "ltv_cac": message("LTV/CAC"),
    "payback": message("Payback"), "returned": message("Return"), "lift": message("Over the rest"),
}  # fmt: skip
