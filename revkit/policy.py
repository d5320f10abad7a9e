"""Policy: a company's counting rules, which choose the rows and amounts that formulas see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from revkit import arguments as check
from revkit.errors import ParameterError, PeriodError
from revkit.periods import Calendar, WeekYear, calendar_by, zone
from revkit.periods.weeks import PATTERNS, WEEKDAYS

if TYPE_CHECKING:
    import pandas as pd

Rows = Literal["exclude", "include"]

_CHOICES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("trials", "paused", "usage"), get_args(Rows)),
    "churn_at": ("end", "request"),
    "discounts": ("all", "forever", "none"),
    "fx": ("constant", "spot"),
    "netting": ("period", "event"),
}
_DAYS = {"past_due_days": True, "gap_days": False, "reactivation_days": True}  # may be None
_NOT_RULES = ("variants", "name")

DATING = ("week_start", "fiscal_year_start", "calendar", "year_ends")
"""The rules that say when periods begin."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The counting rules of one company, carried by its :class:`~revkit.dataset.Dataset`.

    Two vendors that count the same customers publish different numbers, each right by its own
    rules; :func:`revkit.reconcile` explains the difference step by step.

    Parameters
    ----------
    trials, paused, usage
        Whether price periods in trial, paused, or priced by usage count towards MRR.
    past_due_days
        Days after which a price period that is past due (or unpaid) stops counting; None counts
        it until it ends.
    churn_at
        ``end``: MRR lasts until the subscription ends; ``request``: until it is cancelled.
    gap_days
        Days without payment that do not count as churn: what the account paid before holds until
        it pays again.
    discounts
        The discounts subtracted from MRR: ``all``; ``forever``, those without an end (and those
        of unknown kind); ``none``.
    fx
        Exchange rates for MRR: ``constant``, those of the as-of date, or ``spot``, those of each
        period's end; changes by rates alone are then movements named ``fx``. Losses are valued at
        the period's end and opening MRR at its start, so a share such as GRR may exceed 1 or fall
        below 0.
    reactivation_days
        Days after which an account that returns is new again; None: never.
    netting
        ``period``: compare what an account pays at the two ends of a period; ``event``: count each
        day on which it changes, so that joining and leaving within a period is seen.
    timezone
        IANA name of the zone in which the company's days begin and end.
    fiscal_year_start
        Month, 1 to 12, in which the fiscal year begins; quarters and years follow it.
    week_start
        The weekday on which weeks begin, such as ``sunday``. None: on Monday, or where years are
        of whole weeks, on the weekday after their last.
    calendar
        The weeks in the months of a year of whole weeks: ``4-4-5``, ``4-5-4``, ``5-4-4``, or
        ``13x4`` for thirteen months of four weeks, in quarters of three, the last of four. None:
        months of the calendar. Where a year has 53 weeks, its last month has the 53rd.
    year_ends
        With ``calendar``, the last day of a year: ``last saturday of september``, or
        ``saturday nearest january 31``; any weekday, month and day. A year that ends in January
        or February bears the number of the year before, any other that of the year it ends in.
    variants
        By metric, the metric that the vendor publishes under that name. Only
        :func:`revkit.reconcile` follows them: a metric's formula is the same under every policy.
    name
        The label shown for the policy; it changes no number.

    Raises
    ------
    ParameterError
        When a rule has a value it does not allow.
    PeriodError
        When ``fiscal_year_start`` is not a month, ``timezone`` not a time zone, ``calendar`` or
        ``year_ends`` not one of those above, or one of them is given without the other.

    Examples
    --------
    >>> Policy.of("baremetrics").past_due_days
    30
    >>> str(Policy.of("stripe").but(gap_days=5))
    'stripe, gap_days=5'
    """

    trials: Rows = "exclude"
    paused: Rows = "exclude"
    usage: Rows = "exclude"
    past_due_days: int | None = None
    churn_at: Literal["end", "request"] = "end"
    gap_days: int = 0
    discounts: Literal["all", "forever", "none"] = "all"
    fx: Literal["constant", "spot"] = "constant"
    reactivation_days: int | None = None
    netting: Literal["period", "event"] = "period"
    timezone: str = "UTC"
    fiscal_year_start: int = 1
    week_start: str | None = None
    calendar: str | None = None
    year_ends: str | None = None
    variants: Mapping[str, str] = field(default_factory=dict, hash=False)
    name: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        for rule, known in _CHOICES.items():
            if getattr(self, rule) not in list(known):
                raise ParameterError.no_choice(rule, getattr(self, rule), known, where="Policy")
        for rule, open_end in _DAYS.items():
            days = getattr(self, rule)
            if not ((_whole(days) and days >= 0) or (open_end and days is None)):
                needed = "a number of days, 0 or more" + (", or None" if open_end else "")
                raise ParameterError.out_of_range(rule, days, needed)
        if not (_whole(self.fiscal_year_start) and 1 <= self.fiscal_year_start <= 12):
            raise PeriodError.no_fiscal_month(self.fiscal_year_start)
        self._check_weeks()
        zone(self.timezone)
        needed, example = "metrics by name", "{'nrr': 'nrr_with_reactivation'}"
        check.mapping(self.variants, "variants", "Policy", needed=needed, example=example)
        if self.name != "":
            check.text(self.name, "name", "Policy", example="ours")
        object.__setattr__(self, "variants", MappingProxyType(dict(self.variants)))

    def _check_weeks(self) -> None:
        """Refuse a weekday that is none, and years of weeks that are not wholly given."""
        for rule in ("week_start", "year_ends"):
            if isinstance(written := getattr(self, rule), str):
                object.__setattr__(self, rule, " ".join(written.casefold().split()))
        if self.week_start is not None and self.week_start not in [*WEEKDAYS]:
            raise PeriodError.no_weekday(self.week_start, known=WEEKDAYS)
        if self.calendar is None and self.year_ends is None:
            return
        known, example = next(iter(PATTERNS)), "last saturday of january"
        weeks = WeekYear(
            known if self.calendar is None else self.calendar,
            example if self.year_ends is None else self.year_ends,
        )
        if self.calendar is None:
            raise PeriodError.half_a_calendar(f"year_ends={self.year_ends!r}", "calendar=…")
        if self.year_ends is None:
            raise PeriodError.half_a_calendar(f"calendar={self.calendar!r}", "year_ends=…")
        begins = WEEKDAYS[weeks.begins_on]
        if self.week_start not in (None, begins):
            raise PeriodError.two_beginnings(
                "week_start", self.week_start, ends=self.year_ends, needed=begins
            )
        if self.fiscal_year_start not in (1, weeks.begins_in):
            raise PeriodError.two_beginnings(
                "fiscal_year_start", self.fiscal_year_start, ends=self.year_ends,
                needed=weeks.begins_in,
            )  # fmt: skip

    @property
    def dating(self) -> dict[Any, Any]:
        """The rules that say when periods begin, by name."""
        return {rule: getattr(self, rule) for rule in DATING}

    def periods(
        self, period: str | None, start: date | None = None, end: date | None = None
    ) -> Calendar:
        """Return the calendar of some periods, as of :class:`~revkit.periods.Calendar`.

        >>> Policy(fiscal_year_start=2).periods("year").number(date(2026, 1, 31))
        2025
        """
        return calendar_by(self.dating, period, start, end)

    @classmethod
    def of(cls, policy: Policy | str) -> Policy:
        """Return the policy itself, or the preset of that name.

        Raises
        ------
        ParameterError
            When no preset has the name.
        """
        if isinstance(policy, Policy):
            return policy
        if not isinstance(policy, str) or policy not in PRESETS:
            raise ParameterError.no_policy(policy, known=PRESETS)
        stated = {rule: entry.value for rule, entry in PRESETS[policy].items()}
        return cls(**stated, name=policy)

    def but(self, **rules: Any) -> Policy:
        """Return the same policy with some rules changed; its name lists the changes.

        Raises
        ------
        ParameterError
            When there is no such rule, or its value is not allowed.
        """
        known = [rule.name for rule in fields(self)]
        for rule in rules:
            if rule not in known:
                raise ParameterError.unknown(rule, where="Policy", known=known)
        other = replace(self, **rules)
        changed = [f"{rule}={getattr(other, rule)!r}" for rule in self.differs(other)]
        return other if "name" in rules else replace(other, name=", ".join([str(self), *changed]))

    def differs(self, other: Policy) -> tuple[str, ...]:
        """Return the names of the rules in which two policies differ, in the order they apply."""
        rules = [rule.name for rule in fields(self) if rule.name not in _NOT_RULES]
        return tuple(rule for rule in rules if getattr(self, rule) != getattr(other, rule))

    def __str__(self) -> str:
        if self.name:
            return self.name
        plain = Policy()
        rules = [f"{rule}={getattr(self, rule)!r}" for rule in plain.differs(self)]
        return ", ".join(rules) or "default"


class Stated(NamedTuple):
    """The value of a rule in a preset, and the vendor page that states it."""

    value: Any
    source: str


_SILENT = "as default: the pages read say nothing else"
_EVERYONE = "excluded on every vendor's page read (ChartMogul, Stripe, ProfitWell, Chargebee)"
_STRIPE_CHURN = "Stripe support, Calculating churn rate in Billing"
_STRIPE_MRR = "Stripe support, Billing Analytics"
_STRIPE_WORDS = "Stripe docs, Billing analytics glossary"
_PADDLE = "Paddle help, ProfitWell vs Maxio"
_BAREMETRICS = "Baremetrics help 5380347, User and Revenue Churn"

PRESETS: Mapping[str, Mapping[str, Stated]] = MappingProxyType(
    {
        "default": {
            "trials": Stated("exclude", _EVERYONE),
            "paused": Stated("exclude", f"{_PADDLE}: on hold counts 0"),
            "usage": Stated("exclude", f"{_STRIPE_WORDS}: metered products are left out"),
            "past_due_days": Stated(None, f"{_STRIPE_WORDS}: past_due is active"),
            "churn_at": Stated("end", f"{_PADDLE}: ProfitWell counts to the cycle's end"),
            "gap_days": Stated(0, "dbt-labs/mrr-playbook: any month without MRR is a gap"),
            "discounts": Stated("all", f"{_PADDLE}: both always subtract them"),
            "fx": Stated("constant", "ours: rates move no MRR, so none of it is churn"),
            "reactivation_days": Stated(None, f"{_PADDLE}: ProfitWell, after any time"),
            "netting": Stated("period", "Carl Gold, Fighting Churn with Data, listing 2.2"),
            "timezone": Stated("UTC", "ours: the time stamps' own"),
            "fiscal_year_start": Stated(1, "ours: the calendar year"),
            "week_start": Stated(None, "ISO 8601: weeks begin on Monday"),
            "calendar": Stated(None, "ours: months of the calendar"),
            "year_ends": Stated(None, "ours: years of the calendar"),
        },
        "chartmogul": {
            "trials": Stated("exclude", _EVERYONE),
            "netting": Stated(
                "period", "ChartMogul help 203359321: joined and left within it is left out"
            ),
            "variants": Stated(
                {"nrr": "nrr_with_reactivation", "quick_ratio": "quick_ratio_with_reactivation"},
                "ChartMogul, net MRR churn rate: reactivation is set against churn; our reading "
                "takes it for a gain in the quick ratio too",
            ),
        },
        "stripe": {
            "trials": Stated("exclude", f"{_STRIPE_MRR}: trialing does not count"),
            "usage": Stated("exclude", f"{_STRIPE_WORDS}: metered products are left out"),
            "past_due_days": Stated(None, f"{_STRIPE_WORDS}: active and past_due count"),
            "churn_at": Stated(
                "request", "ProfitWell vs Stripe: MRR is removed at the time of cancellation"
            ),
            "discounts": Stated("forever", f"{_STRIPE_MRR}: once and repeating leave MRR as is"),
            "netting": Stated(
                "event", f"{_STRIPE_CHURN}: a start and end within 30 days is in, each end counts"
            ),
            "variants": Stated(
                {"churn_rate": "churn_rate_joined"},
                f"{_STRIPE_CHURN}: over those active 30 days ago plus those new",
            ),
        },
        "profitwell": {
            "trials": Stated("exclude", _EVERYONE),
            "paused": Stated("exclude", f"{_PADDLE}: on hold is $0 in MRR"),
            "usage": Stated("include", f"{_PADDLE} and vs Chargify: recurring metered rolls in"),
            "past_due_days": Stated(None, "ProfitWell FAQ: past due is active while in dunning"),
            "churn_at": Stated("end", f"{_PADDLE}: until the end of the billing cycle"),
            "discounts": Stated("all", "ProfitWell: discounts subtracted regardless of frequency"),
            "reactivation_days": Stated(None, f"{_PADDLE}: after any period in time"),
            "netting": Stated("period", f"{_PADDLE}: joined and left in a month is ignored"),
        },
        "baremetrics": {
            "trials": Stated("exclude", _EVERYONE),
            "past_due_days": Stated(30, f"{_BAREMETRICS}: delinquent over 30 days is canceled"),
            "gap_days": Stated(
                30, f"{_BAREMETRICS}: held against 30 days ago, so our reading is that a "
                "shorter gap is none",
            ),
            "netting": Stated(
                "event", "Baremetrics changelog 4pqo9O: joined and left within 30 days is in"
            ),
        },
        "maxio": {
            "trials": Stated("exclude", _EVERYONE),
            "paused": Stated("include", f"{_PADDLE}: on hold counts as it is"),
            "usage": Stated("exclude", f"{_PADDLE}: metered is not included in MRR"),
            "churn_at": Stated("request", f"{_PADDLE}: removed at the time of cancellation"),
            "discounts": Stated("all", f"{_PADDLE}: subtracted regardless of frequency"),
            "reactivation_days": Stated(90, f"{_PADDLE}: back within 90 days, after that new"),
            "netting": Stated("event", f"{_PADDLE}: the same month is in both new and churn"),
        },
    }
)  # fmt: skip


def policies() -> pd.DataFrame:
    """Return every rule of every preset with its source.

    Returns
    -------
    pandas.DataFrame
        One row per preset and rule: ``preset``, ``field``, ``value``, ``source``. Where a vendor's
        pages say nothing, the value is the default's and the source says so.

    Examples
    --------
    >>> table = policies().set_index(["preset", "field"])
    >>> table.loc[("maxio", "reactivation_days"), "value"]
    90
    """
    import pandas as pd

    rows = []
    for preset, stated in PRESETS.items():
        policy = Policy.of(preset)
        for rule in fields(Policy):
            if rule.name != "name":
                value = getattr(policy, rule.name)
                value = dict(value) if rule.name == "variants" else value
                source = stated[rule.name].source if rule.name in stated else _SILENT
                rows.append((preset, rule.name, value, source))
    return pd.DataFrame(rows, columns=["preset", "field", "value", "source"], dtype=object)


def _whole(value: object) -> bool:
    """Return whether a value is a whole number; True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)
