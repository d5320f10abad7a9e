"""The scorecard: a team's metrics in the last complete period, with their change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from revkit import arguments as check
from revkit.algebra.planned import notes_on_targets
from revkit.algebra.request import Against
from revkit.analysis.scorecards.frame import Scorecard
from revkit.analysis.scorecards.layout import ARTICLE, NUMBERS, SUBJECTS
from revkit.analysis.scorecards.targets import PLANNED, aims
from revkit.analysis.scorecards.windows import measured_over_windows
from revkit.analysis.writing.comparisons import change as said
from revkit.analysis.writing.differences import Change, changed
from revkit.analysis.writing.formatting import groups, title_of, windowed
from revkit.analysis.writing.unfinished import lacking_beside_the_last, on_shown
from revkit.catalogue import find, known
from revkit.dataset.argument import company
from revkit.derived.stage_positions import ladder
from revkit.errors import ParameterError, PeriodError
from revkit.language import language as spoken
from revkit.periods import day

if TYPE_CHECKING:
    from revkit.algebra.metric import Metric
    from revkit.dataset import Dataset

OWNERS = ("SalesOps", "RevOps")
TREND = 12
"""Number of periods of the sparkline beside each value."""


PATIENCE = {"mql_to_sql_rate": 60}
USUAL_PATIENCE = 180
"""Days a cohort is given, so that one that is not a year old can be complete."""


def scorecard(
    data: Dataset,
    owner: str | None = None,
    period: str | None = "month",
    compare: Against = "previous",
    by: str | Sequence[str] | None = None,
    at: date | str | None = None,
    targets: Mapping[str, float | Mapping[str, float]] | None = None,
    language: str | None = None,
    metrics: Sequence[str] | None = None,
) -> Scorecard:
    """Fill the table of a team's metrics with this company's numbers.

    Parameters
    ----------
    data
        The company.
    owner
        "SalesOps" or "RevOps"; metrics that both look at are in either. None: all.
    period
        day, week, month, quarter or year; None: one value over all recorded days, which has no
        earlier one to compare with.
    compare
        "previous": the change against the period before; "year": against a year before.
    by
        Dimensions, as of any metric; each group has its own row.
    at
        A day of the period to show. None: of each metric, the last period that no later day can
        change any more.
    targets
        By metric a number for the period, or one for each group. None: what `targets` plans.
    language
        Of titles, headings, numbers, findings and reasons: "en" or "it"; the default one when
        omitted.
    metrics
        Only these, in this order.

    Returns
    -------
    Scorecard
        Numbers, one row per metric and group; metrics that this company can't answer are in
        ``unavailable``. Rates per cohort count what came true within 180 days of its beginning
        (60 from MQL to SQL), since a cohort with an open deal is never complete. Net and gross
        revenue retention are over twelve months, where there are as many; a window is in the title.

    Raises
    ------
    ParameterError
        When there is no such owner or language.
    PeriodError
        When the period is none of those.
    FormulaError
        When there is no metric of a name.

    Examples
    --------
    >>> card = scorecard(example("deals"), period="quarter", metrics=["win_rate", "won_amount"])
    >>> pd.DataFrame(card)[["metric", "period", "value", "direction"]]
           metric     period    value direction
    0    win_rate 2026-01-01     0.75
    1  won_amount 2026-01-01  9000.00
    """
    company(data, "rk.scorecard")
    calendar = data.policy.periods(period)
    if compare not in ["previous", "year"]:
        raise ParameterError.unfit(
            "compare", compare, where="rk.scorecard", needed="previous or year",
            example="'previous'",
        )  # fmt: skip
    for name, aim in given_targets(targets):
        find(name)
        check.number(aim, f"targets[{name!r}]", "rk.scorecard", example=0.25)
    if period is None and (at is not None or compare == "year"):
        raise PeriodError.no_earlier(f"at={at!r}" if at is not None else "compare='year'")
    words = spoken(language)
    wanted = rows_of(owner, metrics)
    dimensions = check.dimensions(by, "rk.scorecard")
    planned = aims(data, [made.name for made in wanted]) if targets is None else {}
    strange = notes_on_targets(data, data.tables) if targets is None else []
    until = None
    if at is not None:
        shown = calendar.first_day(calendar.number(day(at, name="at")))
        until = calendar.last_day(calendar.number(shown)) + timedelta(days=1)
    found = measured_over_windows(
        data,
        [*wanted, *planned.values()],
        each={made.name: patience(made) for made in wanted if patience(made)},
        by=dimensions or None,
        period=period,
        end=until,
        compare=compare if period else None,
    )
    refused = [found.unavailable[aim.name] for aim in planned.values()
               if aim.name in found.unavailable]  # fmt: skip
    strange += list(dict.fromkeys(refused))
    ladder = positions(data)
    rows: list[dict[str, Any]] = []
    sentences: list[str] = []
    shown_frames: list[pd.DataFrame] = []
    unavailable: dict[str, str] = {}
    for made in wanted:
        title = windowed(title_of(made, words), patience(made), words)
        if made.name in found.frames:
            title = windowed(title_of(made, words), found.frames[made.name].attrs, words)
        if made.name in found.unavailable:
            unavailable[title] = words.reason(found.reasons[made.name])
            continue
        frame = found.frames[made.name]
        column = (targets or {}).get(made.name)
        plan = found.frames.get(f"{made.name} {PLANNED}")
        steps = int(frame.attrs["trailing"]) if compare == "previous" else calendar.a_year()
        own = list(shown_rows(frame, steps, at=None if at is None else pd.Timestamp(shown)))
        if "stage" in frame:
            own.sort(key=lambda pair: ladder.get(str(pair[0]["stage"]), len(ladder)))
        if not own:
            unavailable[title] = words.gettext("no value in a period that is over")
            continue
        shown_frames.append(frame)
        for row, trend, moved in own:
            aim = given(column, row, made, dimensions) if plan is None else of_plan(plan, row)
            rows.append(line(made, title, row, moved, trend, aim, frame))
        repeats = made.name == "arr" and "mrr" in found.frames  # twelve times the same news
        if period and not groups(frame) and at is None and not repeats:
            sentence = said(frame, periods=steps, language=words.code)
            sentences += [] if sentence.quiet else [sentence.main]
    card = Scorecard(rows, columns=columns_of(rows))
    card = card.astype({"n": "Int64"} | ({"period": "datetime64[us]"} if period is None else {}))
    card.attrs = {
        "unavailable": unavailable, "findings": sentences,
        "asides": [*lacking_beside_the_last(shown_frames, words), *strange],
        "notes": list(dict.fromkeys(note for one in shown_frames for note in on_shown(one))),
        "by": dimensions, "compare": compare,
        "period_kind": period, "period": period,
        **data.policy.dating,
        "language": words.code, "currency": data.currency,
        "queries": found.queries, "sections": metrics is None,
        "as_of": data.as_of.isoformat(), "where": list(data.narrowed),
    }  # fmt: skip
    return card


def rows_of(owner: str | None, names: Sequence[str] | None) -> list[Metric]:
    """Return the metrics of a team: the leading ones, then by subject, then the user's own."""
    if owner is not None and owner not in OWNERS:
        remedy = f" To name metrics, say metrics={owner!r}." if _are_metrics(owner) else ""
        raise ParameterError.unknown_value(
            owner, where="rk.scorecard: owner", known=OWNERS, remedy=remedy
        )
    if names is not None:
        return [find(name) for name in check.names(names, "metrics", "rk.scorecard", example="mrr")]
    owned = {n: m for n, m in known().items() if owner is None or m.owner in (owner, "both")}
    teams = OWNERS if owner is None else (owner,)
    first = dict.fromkeys(name for team in teams for name in ARTICLE[team] if name in owned)
    rest = [made for name, made in owned.items() if name not in first]
    rest.sort(
        key=lambda made: SUBJECTS.index(f) if (f := made.family) in SUBJECTS else len(SUBJECTS)
    )
    return [*(owned[name] for name in first), *rest]


def _are_metrics(given: Any) -> bool:
    """Return whether a value names metrics, one or several."""
    several = [given] if isinstance(given, str) else given
    return isinstance(several, list | tuple) and any(one in known() for one in several)


def patience(made: Metric) -> dict[str, int]:
    """Return the days a cohort is given, as an option of a rate per cohort."""
    within = made.options.get("within")
    if within is None or within.default is not None:
        return {}
    return {"within": PATIENCE.get(made.name, USUAL_PATIENCE)}


def positions(data: Dataset) -> dict[str, int]:
    """Return the position of each stage in its order."""
    from revkit.derived.leads.lead_stages import LEAD_POSITIONS

    return ladder(data) or dict(LEAD_POSITIONS)


def shown_rows(
    frame: pd.DataFrame, steps: int, *, at: pd.Timestamp | None
) -> Iterable[tuple[pd.Series[Any], tuple[float, ...], Change | None]]:
    """Yield each group's row to show, its last values, and its change."""
    if "period" not in frame:
        for _, row in frame[frame["value"].notna()].iterrows():
            yield row, (), None
        return
    period = at
    if period is None:
        over = frame.groupby("period")["complete"].all()
        known = frame[frame["value"].notna() & frame["period"].isin(over.index[over])]
        if known.empty:
            return
        period = known["period"].max()
    by = groups(frame)
    past = frame[frame["period"] <= period]
    if past.empty:
        return
    for _, rows in past.groupby(by, sort=False) if by else [((), past)]:
        row = rows.iloc[-1]
        if row["period"] != period or (at is not None and pd.isna(row["value"])):
            continue
        trend = tuple(float(value) for value in rows["value"].iloc[-TREND:])
        rows.attrs = frame.attrs
        yield row, trend, changed(rows, len(rows) - 1, steps)


def line(
    made: Metric,
    title: str,
    row: pd.Series[Any],
    change: Change | None,
    trend: tuple[float, ...],
    target: float,
    frame: pd.DataFrame,
) -> dict[str, Any]:
    """Return one row of the scorecard."""
    present = frame.attrs.get("from_history") is False  # today's amounts say nothing of the past
    if present or "change" not in frame:
        moved = dict.fromkeys(("change", "change_low", "change_high"), float("nan"))
        moved |= {"certain": False}
    else:
        moved = {name: row[name] for name in ("change", "change_low", "change_high", "certain")}
    keys = {name: row[name] for name in groups(frame)}
    numbers = {name: row[name] for name in ("value", "low", "high", "n", "small", "complete")}
    return {
        "metric": made.name, "title": title, "family": made.family, **keys,
        "period": row.get("period", pd.NaT), "unit": made.unit, **numbers, **moved,
        "direction": "" if present or change is None else direction(made, change),
        "target": target, "gap": row["value"] - target, "trend": trend,
    }  # fmt: skip


def direction(made: Metric, change: Change) -> str:
    """Return the direction of a change that exceeds noise and what is usual for the metric."""
    if change.verdict in ("unknown", "untold"):
        return ""
    if not change.sure:
        return "same"
    if made.better == "neither":
        return "moved"
    return "better" if (change.value > 0) == (made.better == "higher") else "worse"


def given_targets(targets: Any) -> list[tuple[str, Any]]:
    """Return the numbers of the targets that a call names, each with its metric."""
    needed, example = "numbers by metric", "{'churn_rate': 0.02}"
    targets = {} if targets is None else targets
    check.mapping(targets, "targets", "rk.scorecard", needed=needed, example=example)
    return [
        (name, number)
        for name, aim in targets.items()
        for number in (aim.values() if isinstance(aim, Mapping) else [aim])
    ]


def given(
    aim: float | Mapping[str, float] | None,
    row: pd.Series[Any],
    made: Metric,
    dimensions: Sequence[str],
) -> float:
    """Return the target that the call names for a row; a total is no target of a group."""
    if aim is None:
        return float("nan")
    if isinstance(aim, Mapping):
        return float(aim.get(" · ".join(str(row[name]) for name in dimensions), float("nan")))
    return float("nan") if dimensions and made.additive else float(aim)


def of_plan(plan: pd.DataFrame, row: pd.Series[Any]) -> float:
    """Return the planned value of a row's group and period."""
    same = pd.Series(True, index=plan.index)
    for name in (*groups(plan), *(["period"] if "period" in plan else [])):
        same &= plan[name] == row[name]
    found = plan.loc[same, "value"]
    return float(found.iloc[0]) if len(found) and found.iloc[0] else float("nan")


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns in order: the metric, the dimensions, then the numbers."""
    named = dict.fromkeys(name for row in rows for name in row)
    tail = [name for name in NUMBERS if name in named or not rows]
    first = ["metric", "title", "family"]
    return [*first, *(name for name in named if name not in {*first, *NUMBERS}), *tail]
