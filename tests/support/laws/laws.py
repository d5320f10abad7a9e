"""The laws: each asks a company, and the company changed, for every metric at once.

A law is a function of a company and of names of metrics (None: the whole catalogue) that returns
what is wrong, by metric. A metric is held to all of them by being listed.
"""

import gc
from contextlib import contextmanager
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

import revkit as rk
from revkit.algebra.formula.leaves import Leaf
from revkit.algebra.formula.nodes import Overall
from revkit.catalogue.measure import Measured
from tests.support.laws import changes as change
from tests.support.laws.companies import COMPANIES, edge

NUMBERS = ["value", "low", "high"]
OWN = ("stage", "product", "campaign", "channel")  # dimensions that metrics bring themselves
IN_MONEY = {"money", "money/month", "money/day"}
LAWS = {}


def law(on=("made", "hand", "awkward")):
    """Enter a law, under the words of its name, with the companies that can tell."""

    def enter(function):
        LAWS[function.__name__.replace("_", " ")] = function, on
        return function

    return enter


def broken(name, company, names=None):
    """What is wrong with a company by a law: by metric, in words."""
    asked_of = COMPANIES[company]()
    lacking = {}
    if names is not None and company == "made":  # which has every table
        lacking = asked(asked_of, names=names).unavailable
    return lacking | LAWS[name][0](asked_of, names)


# How a company is asked


def asked(company, changed=None, names=None, *, as_of=None, **how):
    """Every metric of a company, or of what a change makes of it; asked once."""
    names = None if names is None else tuple(names)
    return _asked(company, changed, names, as_of, tuple(sorted(how.items())))


@cache
def _asked(company, changed, names, as_of, how):
    if changed is not None:
        data = company.data(changed(company.tables), as_of)
    else:
        data = company.data() if as_of is None else company.data().replay(as_of)
    with quickly():
        return Measured.of(data, names, lenient=names is not None, **dict(how))


@contextmanager
def quickly():
    """Leave the garbage of so many queries until they are answered."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def about(names):
    listed = rk.catalog().set_index("name")
    return listed if names is None else listed.loc[list(names)]


def compare(one, other, *, rtol=1e-9, atol=1e-9, columns=None):
    """What differs between two frames of each metric, by metric."""
    found = {}
    for name, frame in one.frames.items():
        if name not in other.frames:
            found[name] = f"can't be had any more: {other.unavailable[name]}"
        elif wrong := differs(frame, other.frames[name], rtol, atol, columns):
            found[name] = wrong
    return found


def differs(frame, other, rtol=1e-9, atol=1e-9, columns=None):
    chosen = list(frame.columns) if columns is None else columns
    try:
        pd.testing.assert_frame_equal(
            frame[chosen], other[chosen], rtol=rtol, atol=atol, check_exact=False
        )
    except AssertionError as error:
        return " ".join(str(error).split())[:400]
    return ""


def keys(frame):
    return list(frame.columns[: frame.columns.get_loc("value")])


# What a company is written down as changes nothing


@law()
def the_order_of_rows_and_columns_means_nothing(company, names=None):
    return _unmoved(company, names, change.shuffled)


@law()
def the_names_of_ids_mean_nothing(company, names=None):
    return _unmoved(company, names, change.renamed)


def _unmoved(company, names, changed):
    """Whatever differs once rows, ids and money are all written otherwise, and is to blame here."""
    suspects = sorted(_rewritten(company, names))
    if not suspects:
        return {}
    return compare(asked(company, names=suspects), asked(company, changed, suspects))


@law()
def money_scales_with_the_currency_and_nothing_else_does(company, names=None):
    suspects = sorted(_rewritten(company, names))
    if not suspects:
        return {}
    return compare(
        _in_other_money(asked(company, names=suspects), suspects),
        asked(company, change.richer, suspects),
        rtol=1e-6,
        atol=1e-4,
    )


@cache
def _rewritten(company, names):
    """One call for three laws, which name what they find wrong by a call of their own."""
    expected = _in_other_money(asked(company, names=names), names)
    return compare(expected, asked(company, rewritten, names), rtol=1e-6, atol=1e-4)


def rewritten(tables):
    return change.richer(change.renamed(change.shuffled(tables)))


def _in_other_money(measured, names):
    units = about(names)["unit"]
    scaled = Measured(unavailable=measured.unavailable)
    for name, frame in measured.frames.items():
        factor = change.RATE if units[name] in IN_MONEY else 1
        scaled.frames[name] = frame.assign(**{c: frame[c] * factor for c in NUMBERS})
    return scaled


@law(on=("awkward",))
def an_optional_column_that_says_nothing_may_be_absent(company, names=None):
    said, unsaid = asked(company, change.emptied, names), asked(company, change.absent, names)
    found = {}
    for name in said.frames.keys() & unsaid.frames.keys():
        if wrong := differs(said.frames[name], unsaid.frames[name]):
            found[name] = wrong
    for name in unsaid.frames.keys() - said.frames.keys():
        found[name] = f"needs the column absent: {said.unavailable[name]}"
    return found


# Groups, periods and ranges


@law(on=("made", "awkward"))
def sums_add_up_over_groups_and_so_do_the_parts_of_the_rest(company, names=None):
    whole, parts = asked(company, names=names), asked(company, names=names, by="segment")
    found, additive = {}, about(names)["additive"]
    for name in parts.frames:
        plan, total = parts.plans[name], whole.plans[name]
        if additive[name]:
            sums = {"value": (_summed(plan.frame(), "value"), _summed(total.frame(), "value"))}
        elif plan.evaluation is not None:
            shown, all_of = plan.parts(), total.parts()
            sums = {
                part: (_summed(shown, part), _summed(all_of, part)) for part in _countable(plan)
            }
        else:
            sums = {}
        for part, (added, once) in sums.items():
            if wrong := differs(added, once, atol=1e-6):
                found[name] = f"{part}: {wrong}"
    return found


def _countable(plan):
    """The totals of a formula that are of a group's own rows, each counted once."""

    def own(formula):
        if isinstance(formula, Overall):
            return
        if isinstance(formula, Leaf) and formula.different is None:
            yield str(formula)
        for child in formula.children:
            yield from own(child)

    return dict.fromkeys(own(plan.evaluation.formula))


def _summed(frame, column):
    by = [key for key in ("period", *OWN) if key in frame.columns]
    sums = frame.groupby(by, dropna=False)[column].sum(min_count=1).rename("sum").reset_index()
    # what is nothing for some groups may be unknown for others, and then for all
    return sums[sums["sum"].fillna(0) != 0].sort_values(by).reset_index(drop=True)


@law()
def periods_are_sorted_and_none_is_missing_or_twice_there(company, names=None):
    found = {}
    for name, frame in asked(company, names=names).frames.items():
        by = [key for key in keys(frame) if key != "period"]
        for _, rows in frame.groupby(by, dropna=False) if by else [("", frame)]:
            months = rows["period"].dt.to_period("M")
            if not len(months):
                found[name] = "has no period"
                continue
            if months.tolist() != pd.period_range(months.min(), company.as_of, freq="M").tolist():
                found[name] = f"its months are {months.astype(str).tolist()}"
    return found


@law(on=("made",))
def start_and_end_choose_what_is_returned_and_change_nothing(company, names=None):
    whole, part = asked(company, names=names), _narrower(company, names)
    return compare(_chosen(whole, part), part, columns=["period", "value"])


@law(on=("made",))
def a_wider_level_is_wider(company, names=None):
    part = _narrower(company, names)
    narrow = _chosen(asked(company, names=names), part)
    found, kinds = {}, about(names)["interval"]
    for name, frame in narrow.frames.items():
        other = part.frames[name]
        below, above = frame["low"] - other["low"], other["high"] - frame["high"]
        if (below < -1e-12).any() or (above < -1e-12).any():
            found[name] = "99 % does not enclose 95 %"
        unsaid = other[["low", "high"]].isna().all(axis=1) & other["small"]  # too few to say
        uncertain = (frame["low"] > 0) & (frame["low"] < frame["value"]) & ~unsaid
        steps = kinds[name] in ("quantile", "of its own")  # from one value to the next
        if not steps and not (below[uncertain] > 0).all():
            found[name] = "99 % is no wider than 95 %"
    return found


def _narrower(company, names):
    """Fewer months at a higher level: one call for two laws, since neither changes a value."""
    first = (pd.Timestamp(company.past) - pd.DateOffset(months=6)).replace(day=15)
    last = pd.Timestamp(company.past) + pd.DateOffset(days=2)
    return asked(company, names=names, start=first.date(), end=last.date(), level=0.99)


def _chosen(whole, part):
    """The rows of the months of a shorter answer; before the first row there is nothing."""
    chosen = Measured(unavailable=part.unavailable)
    for name, frame in whole.frames.items():
        months = part.frames[name]["period"]
        kept = frame[frame["period"].isin(months)].reset_index(drop=True)
        part.frames[name] = part.frames[name][months.isin(frame["period"])].reset_index(drop=True)
        chosen.frames[name] = kept
    return chosen


@law()
def values_lie_where_their_unit_allows(company, names=None):
    found, units = {}, about(names)
    groups = [{}] if company.name == "hand" else [{}, {"by": "segment"}]
    for by in groups:
        for name, frame in asked(company, names=names, **by).frames.items():
            if wrong := out_of_range(frame, units.loc[name]):
                found[name] = wrong
    return found


def out_of_range(frame, about):
    """What is wrong with the numbers of a metric, of whatever company; nothing, when nothing is."""
    value, low, high = (frame[column] for column in NUMBERS)
    n, unit = frame["n"].dropna(), about["unit"]
    known = pd.concat([value, low, high]).dropna()
    rules = {
        "is infinite": np.isinf(known).any(),
        "has a negative n": (n < 0).any(),
        "lies below low": (value < low - 1e-9).any(),
        "lies above high": (value > high + 1e-9).any(),
        "is no share": unit == "share" and not known.between(-1e-9, 1 + 1e-9).all(),
        "is no count": unit == "count" and not (value.dropna() % 1 == 0).all(),
        "is less than nothing": unit in ("count", "days", "hours", "minutes", "months")
        and not (known >= 0).all(),
        "is null though it is a sum": bool(about["additive"])
        and (value.isna() & on_record(frame)).any()
        and not frame.attrs.get("unvalued"),
        "has an interval though it is a census": about["interval"] == "none"
        and (low.notna() | high.notna()).any(),
        "has half an interval on nothing": (value.isna() & low.notna() & high.notna()).any(),
    }
    return ", ".join(words for words, true in rules.items() if true)


def on_record(frame):
    """Which periods lie at least in part within the days on which all tables read were kept."""
    kept, period = frame.attrs.get("recorded"), frame.attrs.get("period")
    if kept is None or period is None:
        return pd.Series(data=True, index=frame.index)
    spans = frame["period"].dt.to_period({"week": "W", "day": "D"}.get(period, period[0].upper()))
    first, last = (pd.Timestamp(day) for day in kept)
    return (spans.dt.end_time >= first) & (spans.dt.start_time <= last)


@law(on=("awkward",))
def a_period_is_complete_only_when_it_is_over(company, names=None):
    found, last = {}, pd.Timestamp(company.as_of) + pd.offsets.MonthEnd(0)
    over = last.date() <= company.as_of
    for name, frame in asked(company, names=names).frames.items():
        current = frame["period"] == last.replace(day=1)
        if not over and frame.loc[current, "complete"].any():
            found[name] = "the month that is running counts as complete"
    return found


# Small companies


@law(on=("made",))
def where_nothing_ever_happened_sums_are_nothing_and_rates_unknown(company, names=None):
    found, additive = {}, about(names)["additive"]
    start = company.as_of.replace(day=1)
    for name, frame in asked(company, change.nothing, names, start=start).frames.items():
        value = frame["value"]
        if additive[name] and value.tolist() not in ([0.0], []):
            found[name] = f"is {value.tolist()} of nothing"
        if not additive[name] and value.notna().any() and not (value.dropna() == 0).all():
            found[name] = f"is {value.tolist()} of nothing"
    return found


@law(on=("made",))
def one_row_of_each_table_is_enough(company, names=None):
    return _small(asked(company, change.one_row, names), names, rows=1)


@law(on=("awkward",))
def one_account_is_enough(company, names=None):
    return _small(asked(company, one_account, names), names)


def one_account(tables):
    return change.one_account(tables, tables["subscriptions"]["account_id"][0].as_py())


def _small(measured, names, rows=None):
    found, listed = {}, about(names)
    for name, frame in measured.frames.items():
        wrong = out_of_range(frame, listed.loc[name])
        if rows is not None and (frame["n"].dropna() > rows).any():
            wrong = f"n is {frame['n'].max()} of {rows} row"
        if wrong:
            found[name] = wrong
    return found


# Time


@law(on=("awkward",))
def a_past_report_is_what_replay_gives(company, names=None):
    """Replay reads the rules of the schema; known_by reads them once more, row by row."""
    then = asked(company, names=names, as_of=company.past)
    return compare(then, asked(company, _cut(company), names, as_of=company.past))


@cache
def _cut(company):
    def known_then(tables):
        return change.known_by(tables, company.past)

    return known_then


@law(on=("made", "awkward"))
def what_is_complete_stays_as_it_is(company, names=None):
    then, now = asked(company, names=names, as_of=company.past), asked(company, names=names)
    found = {}
    for name, frame in then.frames.items():
        done = frame[frame["complete"]]
        if not len(done) or name not in now.frames:
            continue
        by = keys(done)
        both = done.merge(now.frames[name], on=by, how="left", suffixes=("", "_now"))
        if wrong := differs(both[["value"]], both[["value_now"]].set_axis(["value"], axis=1)):
            found[name] = wrong
    return found


@law(on=("edges",))
def what_ends_on_a_day_is_over_then_and_what_starts_on_it_has_begun(company, names=None):
    """Whatever happens on the last day of March is March's, on the first of April it is April's.

    So neither month can tell the 20th of March from its last day, nor the first of April from the
    20th: but for what counts days.
    """
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    found = {}
    for days in ((date(2026, 3, 20), date(2026, 3, 31)), (april, date(2026, 4, 20))):
        one, other = (asked(edge(day), names=names, start=march) for day in days)
        for name, frame in one.frames.items():
            if wrong := differs(frame, other.frames[name], columns=[*keys(frame), "value"]):
                found[name] = f"tells {days[0]:%d %B} from {days[1]:%d %B}: {wrong}"
    return found
