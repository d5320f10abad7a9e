"""The funnel: how many leads reached each stage, and the narrowest step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from revkit import arguments as check
from revkit.algebra.evaluate.outcomes import may_hang_on_the_end, one_sided
from revkit.analysis.on_record import on_record
from revkit.analysis.writing.finding import Finding
from revkit.dataset.argument import company
from revkit.dimensions import MISSING, attach, resolve
from revkit.errors import DimensionError
from revkit.language import language as spoken
from revkit.language import message
from revkit.periods import day
from revkit.statistics.intervals import wilson
from revkit.statistics.spells import Spells
from revkit.statistics.survival import incidence, kaplan_meier

if TYPE_CHECKING:
    from revkit.dataset import Dataset


PROCESSES = {
    "lead": ("leads", "lead_history"),
    "opportunity": ("opportunities", "opportunity_history"),
}
"""The tables of each process: its rows, and their history."""


def funnel(
    data: Dataset,
    *,
    of: str = "lead",
    by: str | Sequence[str] | None = None,
    cohort: str | None = None,
    within: int | None = None,
    start: Any = None,
    end: Any = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count how many reached each stage of a process, then or later, and how long it took them.

    Parameters
    ----------
    data
        A company with lead_history, or for ``opportunity`` with opportunity_history.
    of
        ``lead``: from lead to customer. ``opportunity``: the stages of the sales process.
    by
        Dimensions of the lead or the deal.
    cohort
        month, quarter or year: a funnel for each period in which they entered the process.
    within
        Days from one stage to the next: adds the share that passed in that time.
    start, end
        Days, half-open, in which they first entered the process; all when omitted.
    level
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row a group, cohort and stage of the process, first to last: the `by` columns,
        ``period`` (with `cohort`), stage, reached, here (that are in it now), value (share of those
        who reached the stage before), low, high (Wilson), days (median days in the stage before,
        until it was left for a later one or for good; Kaplan–Meier, so that open ones count). With
        `within` also within, within_low, within_high (Aalen–Johansen) and followed (share of those
        who reached the stage before whose outcome or whole time is known). A stage that was skipped
        counts as reached, on the day of the next one.

    Notes
    -----
    Those still on their way have not reached their last stage, so the value of recent ones can only
    rise. The share within some days does not depend on how long ago they came; it is NaN where
    nobody was followed so long.

    Raises
    ------
    DimensionError
        When deals of several pipelines share stages, whose order differs: take one of them. By a
        dimension that only those who are lost have.
    """
    where = "rk.funnel"
    company(data, where)
    check.choice(of, "of", where, known=PROCESSES)
    names = check.dimensions(by, where)
    limit = None if within is None else check.whole(within, "within", where, what="number of days")
    level = check.fraction(level, "level", where)
    data = on_record(data, PROCESSES[of][1])
    steps = _steps(data, of)
    rows = _journeys(data, of, steps, names)
    if start is not None:
        rows = rows.filter(rows.begun >= day(start, name="start"))
    if end is not None:
        rows = rows.filter(rows.begun < day(end, name="end"))
    keys = [*names, *(["period"] if cohort is not None else [])]
    if cohort is not None:
        calendar = data.policy.periods(check.choice(cohort, "cohort", where, known=COHORTS))
        rows = rows.mutate(period=calendar.number_of(rows.begun))
    made = _counted(rows, data, steps, keys, limit, level)
    if cohort is not None:
        made["period"] = [pd.Timestamp(calendar.first_day(int(at))) for at in made["period"]]
    dating: dict[Any, Any] = {name: getattr(data.policy, name) for name in CALENDAR}
    made.attrs = dating | {
        "period": cohort,
        "within": limit,
        "titles": TITLES,
        "units": dict.fromkeys(("value", "low", "high", "within", "followed"), "share")
        | {"days": "days"},
        "notes": tuple(map(str, data.notes_on((*PROCESSES[of], "stages")))),
    }
    return made


COHORTS = ("month", "quarter", "year")
CALENDAR = ("fiscal_year_start", "calendar", "year_ends")
TITLES = {
    "here": message("There now"),
    "value": message("Of those before"),
    "days": message("Median days before"),
    "within": message("Within the days"),
    "followed": message("Followed so long"),
}


def _visits(data: Dataset, of: str) -> tuple[Any, str]:
    """Return the visits of a process, and the column that names whose they are."""
    from revkit.derived.leads.lead_stages import lead_stages
    from revkit.derived.opportunities.opportunity_stages import opportunity_stages

    if of == "lead":
        return lead_stages(data), "lead_id"
    return opportunity_stages(data), "opportunity_id"


def _steps(data: Dataset, of: str) -> list[tuple[int, str]]:
    """Return the stages of a process with their positions, first to last."""
    from ibis import _

    visits, _id = _visits(data, of)
    placed = visits.filter(_.position.notnull())
    seen = placed.select("stage", "position").distinct().execute()
    steps = sorted(zip(seen["position"].astype(int), seen["stage"], strict=True))
    if len({position for position, _ in steps}) < len(steps) or len(
        {stage for _, stage in steps}
    ) < len(steps):
        raise DimensionError.several_processes("rk.funnel", steps=[stage for _, stage in steps])
    return steps


def _journeys(data: Dataset, of: str, steps: list[tuple[int, str]], names: list[str]) -> Any:
    """Return one row per lead or deal: the day it reached each stage, where it is, its loss.

    Columns: the dimensions, ``begun``, ``on_0``, ``on_1`` … by place in the process, ``now`` and
    ``lost_on`` (null while it may still move on).
    """
    from ibis import _

    visits, key = _visits(data, of)
    stands, closed = visits.left.isnull(), (~visits.is_open).fill_null(False)
    days = {
        f"on_{place}": _.entered.min(where=_.position >= position)
        for place, (position, _stage) in enumerate(steps)
    }
    rows = visits.mutate(given_up=stands & closed & visits.position.isnull()).group_by(key)
    found = rows.aggregate(
        begun=_.entered.min(),
        now=_.stage.max(where=_.left.isnull()),
        lost_on=_.entered.max(where=_.given_up),
        **days,
    )
    table = PROCESSES[of][0]
    if not names:
        return found
    source = data.table(table)
    for name in names:
        path = resolve(name, table, data.specs)
        source = attach(source, path, data.lookup, f"__{name}")
    labels = {name: _[f"__{name}"] for name in names}
    groups = source.select(grouped=_[key], **labels)
    joined = found.left_join(groups, found[key] == groups.grouped).drop("grouped")
    _require_known_before(joined, names, data, table)
    return joined.mutate(**{name: joined[name].fill_null(MISSING) for name in names})


def _require_known_before(rows: Any, names: list[str], data: Dataset, table: str) -> None:
    """Refuse a dimension that only those who are lost have, or only the others."""
    lost = rows.lost_on.notnull()
    for name in names:
        if not may_hang_on_the_end(resolve(name, table, data.specs), table):
            continue
        known = rows[name].notnull().cast("int64")
        shares = rows.aggregate(lost=known.mean(where=lost), other=known.mean(where=~lost))
        found = shares.to_pyarrow().to_pylist()[0].values()
        if one_sided(share for share in found if share is not None):
            raise DimensionError.one_outcome(name, where="rk.funnel")


def _counted(
    rows: Any, data: Dataset, steps: list[tuple[int, str]], keys: list[str], within: int | None,
    level: float,
) -> pd.DataFrame:  # fmt: skip
    """Return the funnel of each group."""
    from ibis import _

    reached = {f"reached_{at}": _[f"on_{at}"].count() for at in range(len(steps))}
    here = {f"here_{at}": (_.now == stage).sum() for at, (_p, stage) in enumerate(steps)}
    counts = rows.aggregate(by=keys, **reached, **here).execute()
    waits = _waits(rows, data, len(steps), keys)
    frames = []
    for _at, count in counts.sort_values(keys).iterrows() if keys else counts.iterrows():
        label = {key: count[key] for key in keys}
        mine = waits
        for key, value in label.items():
            mine = mine[mine[key] == value]
        frame = pd.DataFrame({**label, "stage": [stage for _p, stage in steps]})
        frame["reached"] = [int(count[f"reached_{at}"]) for at in range(len(steps))]
        frame["here"] = [int(count[f"here_{at}"] or 0) for at in range(len(steps))]
        frames.append(_with_shares(frame, mine, within, level))
    columns = [*keys, "stage", "reached", "here", "value", "low", "high", "days"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _waits(rows: Any, data: Dataset, stages: int, keys: list[str]) -> pd.DataFrame:
    """Return by step how many waited how many days: passed 1, lost 2 or still waiting 0."""
    import ibis
    from ibis import _

    today, steps = ibis.literal(data.as_of), []
    for at in range(stages - 1):
        here, later = rows[f"on_{at}"], rows[f"on_{at + 1}"]
        until = ibis.coalesce(later, rows.lost_on, today)
        cause = ibis.cases((later.notnull(), 1), (rows.lost_on.notnull(), 2), else_=0)
        waited = rows.select(*keys, step=ibis.literal(at), cause=cause, came=here, until=until)
        steps.append(waited.filter(_.came.notnull()))
    if not steps:
        return pd.DataFrame(columns=[*keys, "step", "cause", "days", "count"])
    first, *others = steps
    whole = first.union(*others) if others else first
    whole = whole.mutate(days=_.until.delta(_.came, unit="day"))
    found: pd.DataFrame = (
        whole.group_by([*keys, "step", "cause", "days"]).aggregate(count=_.count()).execute()
    )
    return found.sort_values([*keys, "step", "cause", "days"], ignore_index=True)


def _with_shares(
    frame: pd.DataFrame, waits: pd.DataFrame, within: int | None, level: float
) -> pd.DataFrame:
    """Add the share of those before, the days it took, and the share within some days."""
    before = frame["reached"].shift(1).to_numpy(dtype=np.float64)
    reached = frame["reached"].to_numpy(dtype=np.float64)
    share = np.divide(reached, before, out=np.full(len(frame), np.nan), where=before > 0)
    low, high = wilson(share, before, level)
    frame = frame.assign(value=share, low=low, high=high)
    nan = [np.nan]
    medians, shares = [nan], [nan * 4]
    for at in range(len(frame) - 1):
        mine = waits[waits["step"] == at]
        times = np.repeat(mine["days"].clip(lower=0).to_numpy(float), mine["count"])
        spells = Spells.of(times, np.repeat(mine["cause"].to_numpy(), mine["count"]))
        medians.append([kaplan_meier(spells, level).quantile()[0]])
        if within is not None:
            known = (spells.cause > 0) | (spells.time >= within)
            day_seen = spells.time.max() if len(known) and known.all() else within
            passed = incidence(spells, 1, level).at(min(within, day_seen))
            followed = float(known.mean()) if len(known) else np.nan
            shares.append([*(float(one[0]) for one in passed), followed])
    frame["days"] = np.concatenate(medians)
    if within is not None:
        frame[["within", "within_low", "within_high", "followed"]] = np.array(shares)
    return frame


ENOUGH = 20
"""Leads or deals in a stage below which the share of them that passes is not told."""


def by_cohort(stages: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return a funnel by cohort and within some days as it is, refusing any other."""
    columns = ("period", "stage", "reached", "within", "followed")
    check.result(stages, "stages", where, columns=columns, source=MATURING)
    if stages.duplicated(["period", "stage"]).any():
        by = [*stages.columns[: stages.columns.get_loc("period")]]
        raise DimensionError.not_whole(where, by=by)
    return stages


MATURING = "rk.funnel(data, cohort='month', within=60)"


def narrowest(stages: pd.DataFrame, *, language: str | None = None) -> Finding:
    """Say at which step the funnel lets the smallest share of leads through.

    Some step always is the narrowest, so a report's first page has :func:`matured` alone: whether
    a step lets fewer through than a year before.

    Parameters
    ----------
    stages
        What :func:`funnel` returned.
    language
        "en" or "it"; the default one when omitted.
    """
    columns = ("stage", "reached", "value", "low", "high")
    check.result(stages, "stages", "rk.say.narrowest", columns=columns, source="rk.funnel")
    if len({*stages["stage"]}) < len(stages):
        raise DimensionError.not_one_funnel("rk.say.narrowest")
    words = spoken(language)
    steps = stages[stages["value"].notna()]
    if steps.empty:
        return Finding(words.gettext("No lead has entered the process in these days."), quiet=True)
    at = int(stages["value"].argmin())
    row, before = stages.iloc[at], stages.iloc[at - 1]
    return Finding(
        words.gettext(
            "The narrowest step is from {before} to {stage}: {share} pass ({reached} of {entered} "
            "leads, interval {low}–{high}).",
            before=before["stage"],
            stage=row["stage"],
            share=words.percent(f"{row['value'] * 100:.1f}"),
            reached=words.count(row["reached"]),
            entered=words.count(before["reached"]),
            low=words.number(f"{row['low'] * 100:.1f}"),
            high=words.percent(f"{row['high'] * 100:.1f}"),
        ),
        front="",
    )
