"""Sentences about a price test: whether it can be read, what it could see, and what it saw."""

from __future__ import annotations

import math
from typing import Any

from revkit.analysis.prices.comparison import YES, Comparison
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity
from revkit.analysis.writing.result import Result
from revkit.language import Language, message
from revkit.language import language as spoken

UNEVEN = 0.001
"""Probability of a split as uneven below which visitors were not split as planned."""


class PriceTest(Result, Comparison):
    """A comparison that says what it could see, and what it saw."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Doubts: figures that are not known, and why, in the default language."""
        words = spoken(None)
        return tuple(words.gettext(text) for text in self.doubts)

    def sentences(self, language: str | None = None) -> list[Finding]:
        """Return doubts about the split, what the test saw, then what it could have seen.

        Parameters
        ----------
        language
            "en" or "it"; the default one when omitted.
        """
        words = spoken(language)
        if len(self.rows) < 2:
            return [Finding(words.gettext(NO_TEST), quiet=True)]
        said = [self._uneven(words)] if self.uneven < UNEVEN else []
        others = [name for name in self.rows["variant"] if name != self.control]
        said += [self._verdict(name, words) for name in others]
        if len(others) > 1:
            level = words.level(self.level)
            said.append(words.gettext(TOGETHER, count=len(others), level=level))
        power = self._power_said(words)
        said = [power, *said] if power == words.gettext(NOBODY_BOUGHT) else [*said, power]
        return [Finding(one) for one in (*said, *map(words.gettext, self.doubts))]

    def _uneven(self, words: Language) -> str:
        rows = self.rows
        share = Quantity("", "", "share", words=words)
        got = [
            f"{name} {words.count(n)} ({share.text(self.split[name])})"
            for name, n in zip(rows["variant"], rows["visitors"], strict=True)
        ]
        return words.gettext(SPLIT, visitors=words.list(got))

    def _power_said(self, words: Language) -> str:
        """Return what the variant of most visitors could show."""
        rows = self.power
        first = rows["variant"].iloc[0]
        at = rows[rows["variant"] == first].set_index("measure")
        share = Quantity("", "", "share", words=words)
        conversion, revenue = at.loc["conversion"], at.loc["revenue"]
        fewest = words.count(self.rows["visitors"].min())
        values = {"n": fewest, "conversion": share.text(conversion["relative"])}
        if math.isnan(conversion["relative"]):
            return words.gettext(NOBODY_BOUGHT)
        if math.isnan(revenue["relative"]):
            return words.gettext(POWER_OF_CONVERSION, **values)
        needed = words.count(float(f"{revenue['needed']:.2g}"))
        return words.gettext(
            POWER, revenue=share.text(revenue["relative"]), needed=needed, **values
        )

    def _verdict(self, name: str, words: Language) -> str:
        money = Quantity("", "", "money", self.currency, words=words)
        share = Quantity("", "", "share", words=words)
        about = self.variants.set_index("variant")
        mine: Any = about.loc[name]
        other: Any = about.loc[self.control]
        rows = self.differences[self.differences["variant"] == name]
        at: Any = rows.set_index(["measure", "looks"])
        bought, paid = at.loc[("conversion", "end")], at.loc[("revenue", "end")]
        values = {
            "variant": name, "price": money.text(mine["price"]),
            "other": money.text(other["price"]),
            "conversion": share.text(mine["conversion"]),
            "usual": share.text(other["conversion"]),
            "change": share.difference(bought["value"]),
            "span": share.difference_span(bought["low"], bought["high"]),
        }  # fmt: skip
        said = [words.gettext(BOUGHT, **values)]
        if not math.isnan(paid["value"]):
            values = {
                "revenue": money.text(mine["revenue"]), "usual": money.text(other["revenue"]),
                "change": money.text(paid["value"], signed=True),
                "span": money.difference_span(paid["low"], paid["high"]),
            }  # fmt: skip
            said.append(words.gettext(PAID, **values))
        deciding = "conversion" if math.isnan(paid["value"]) else "revenue"
        clear = {looks: at.loc[(deciding, looks), "clear"] == YES for looks in ("end", "any")}
        verdict = AT_ANY if clear["any"] else AT_END if clear["end"] else OPEN
        said.append(words.gettext(verdict))
        return " ".join(said)


NO_TEST = message("There is no test of two prices: nothing to compare.")
NOBODY_BOUGHT = message("Nobody bought at the control's price: the test can tell nothing yet.")
SPLIT = message(
    "Visitors were not split as planned: {visitors}. Find out why before reading the test: what "
    "sent visitors elsewhere may also decide who buys."
)
POWER = message(
    "A test of {n} visitors a variant can see a difference of {conversion} or more in conversion, "
    "or of {revenue} in revenue a visitor, four times in five; to see a tenth of revenue it needs "
    "{needed} a variant."
)
POWER_OF_CONVERSION = message(
    "A test of {n} visitors a variant can see a difference of {conversion} or more in conversion "
    "four times in five."
)
BOUGHT = message(
    "{variant} at {price}: {conversion} bought, {usual} at {other} ({change}, {span})."
)
PAID = message("Revenue a visitor was {revenue}, {usual} at the control ({change}, {span}).")
AT_ANY = message("That is no noise, however often somebody looked.")
AT_END = message(
    "That is no noise if the end was fixed beforehand; if somebody looked and then stopped, it "
    "may be."
)
OPEN = message("What it brings cannot be told from the control's.")
TOGETHER = message("The {count} comparisons hold together with {level}.")
