"""Plan: what an ARR target takes, and the probability of reaching it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from revkit import arguments as check
from revkit.analysis.on_record import on_record
from revkit.analysis.plans.basis import basis_of
from revkit.analysis.plans.engine import MONTH
from revkit.analysis.plans.result import Plan
from revkit.analysis.plans.targets.measures import BALANCE
from revkit.analysis.plans.targets.own import own_target
from revkit.catalogue import find
from revkit.dataset.argument import company
from revkit.errors import ParameterError
from revkit.language import language as spoken
from revkit.periods import day

if TYPE_CHECKING:
    from revkit.dataset import Dataset

LONGEST = 36
YEAR = 365


def plan(
    data: Dataset,
    target: float | None = None,
    by: Any = None,
    *,
    level: float = 0.8,
    draws: int = 10_000,
    seed: int = 0,
    language: str | None = None,
) -> Plan:
    """Work back from an ARR target to what it takes, and tell how likely it is to be reached.

    Parameters
    ----------
    data
        A company with subscriptions. Opportunities, leads with their history, reps and spend are
        planned where it has them; what it lacks is left out, with a note.
    target
        ARR to be reached, in the company's currency. When omitted, the one that the company's own
        targets (of kind ``plan``, for arr or mrr) name for that day; else as much growth as in the
        last twelve months, or today's ARR where it shrank in them.
    by
        The day it is to be reached, up to 36 months ahead; twelve months ahead when omitted.
    level
        Share of futures that the range holds.
    draws
        Futures drawn.
    seed
        Where the drawing begins: the same seed, the same futures.
    language
        Of its sentences and tables: "en" or "it"; the default one when omitted.

    Returns
    -------
    Plan
        ``findings``; ``probability`` of the target, ``expected`` ARR and its ``range`` if all goes
        on as in the last twelve months; ``needed`` (by month: leads, MQLs, SQLs, opportunities,
        deals, MRR and its movements, reps, spend), ``goals`` (by quarter), ``targets`` (the
        company's own, beside it), ``scale`` (factor on opportunities and leads),
        ``hires_needed``; ``levers``, ``rates`` (each with its interval and source), ``outlook``;
        ``scenario(…)``, ``compare(…)`` and ``pace(later)``.

    Raises
    ------
    ParameterError
        When the target is not above 0, the day is not ahead, or there is no MRR to begin with.

    Notes
    -----
    New MRR comes from deals won: those created in the months before at the win rate of the last
    twelve months, as late as deals are won. Deals come from leads, and from elsewhere. Reps take on
    no more deals than a ramped one did in the best quarter. What is assumed: half of what flows
    stray from their past is common to all of them, a seat stays empty for three months, and the
    mix of leads, deals and customers stays. How many futures came to lie in the range:
    docs/planning.md.

    Examples
    --------
    >>> made = plan(example("retention"), 200_000)
    >>> made.size, bool(made.probability < 1)
    (12, True)
    """
    where = "rk.plan"
    company(data, where)
    level = check.fraction(level, "level", where, example=0.8)
    check.whole(draws, "draws", where, what="number of futures", example=10_000)
    check.whole(seed, "seed", where, least=0, example=1)
    words = spoken(language)
    if target is not None:
        target = check.positive(target, "target", where, example=1_000_000)
    data = on_record(data, "subscriptions")
    end = data.as_of + timedelta(days=YEAR) if by is None else day(by, name="by")
    size = round((end - data.as_of).days / MONTH)
    if not 1 <= size <= LONGEST:
        raise ParameterError.unfit(
            "by", str(by), where=where,
            needed=f"a day from one month to {LONGEST} months after {data.as_of}",
            example=f"'{data.as_of + timedelta(days=YEAR)}'",
        )  # fmt: skip
    basis = basis_of(data, size)
    source: Literal["given", "own", "grown", "kept"] = "given"
    if target is None:
        target = own_target(basis.targets, BALANCE, data.as_of, end + timedelta(days=1))
        source = "own"
    if not target > 0:
        now, target = 12 * basis.course.mrr, _grown(data, basis.course.mrr, end)
        source, target = ("grown", target) if target >= now else ("kept", now)
    calendars = {name: data.policy.periods(name) for name in ("month", "quarter")}
    return Plan(
        basis, target, data.as_of, end, size, calendars, level, draws, seed, data.currency, words,
        source=source,
    )  # fmt: skip


def _grown(data: Dataset, mrr: float, end: date) -> float:
    """Return the ARR that as much growth a day as in the last twelve months leads to."""
    before = data.as_of - timedelta(days=YEAR)
    first = data.first_day(["subscriptions"])
    past = find("mrr")(data, period="day", start=before, end=before + timedelta(days=1))
    then = float(past["value"].iloc[0]) if first <= before else 0.0
    if not then > 0:
        raise ParameterError.unfit(
            "target", None, where="rk.plan",
            needed="given, as the company had no MRR twelve months ago to grow from",
            example=f"{round(mrr * 15)}",
        )  # fmt: skip
    return float(12 * mrr * (mrr / then) ** ((end - data.as_of).days / YEAR))
