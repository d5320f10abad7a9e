"""Whether a sentence says what its frame holds: read back from the text, not from its builder."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

SCALE = {"k": 1e3, "M": 1e6, "B": 1e9, "%": 0.01, "points": 0.01}
"""What the words after a number multiply it by."""

MOVED = re.compile(
    r" (rose|fell) from (\S.*?) in (\S.*?) to (\S.*?) in (\S.*?) \(([+\u2212].*?)[,;]"
)
STANDS = re.compile(r" (?:was|stayed at) (\S+(?: [kMB%])?\S*)")
APART = re.compile(
    r"(?:: |; )(\S[^;]*?) (\S+(?: [kMB%](?!\w))?(?:/\w+| \w+)?) against "
    r"(\S+(?: [kMB%](?!\w))?(?:/\w+| \w+)?) (?:elsewhere|in (.+?)) \(([+\u2212]?)"
)
LASTING = re.compile(
    r"(?: of (\S.*?))? has been (higher|lower) since (\S.*?): (\S.*?) since then and (\S.*?) "
    r"before \(([+\u2212].*?)[,;].*?\)(?:, elsewhere (\S.*?) and (\S.*?)\.(?: |$))?"
)
COUNTS = re.compile(
    r": (more|fewer) since (\S.*?), (\S+) a month since then and (\S+) a month in the (\d+) months "
    r"before \(([+\u2212].*?)[,;]"
)


def disagreement(kind: str, text: str, result: pd.DataFrame) -> str:
    """Return what a sentence says that its frame does not hold; empty where they agree.

    Parameters
    ----------
    kind
        change, year, contrast, step or level.
    text
        The English sentence.
    result
        What the metric returned.
    """
    rows = result[result["value"].notna()]
    if result.attrs.get("unit") == "minutes" and " hours" in text:
        rows = rows.assign(value=rows["value"] / 60)
    if "period" in rows:
        rows = rows[rows["complete"].astype(bool)]
    if kind in ("change", "year"):
        return _moved(text, rows)
    if kind == "contrast":
        return _apart(text, rows, result)
    if kind == "step":
        return _lasts(text, rows)
    return _stands(text, rows)


def _moved(text: str, rows: pd.DataFrame) -> str:
    found = MOVED.search(text)
    if found is None:
        return "" if " rose " not in text and " fell " not in text else "not understood"
    way, before, then, now, today, difference = found.groups()
    values = rows.set_index("period")["value"]
    first, last = (values.get(_start(label)) for label in (then, today))
    if first is None or last is None or _start(today) != values.index[-1]:
        return f"{then} or {today} is not in the frame"
    for said, value in ((before, first), (now, last), (difference, last - first)):
        if not _rounds_to(said, value):
            return f"{said} for {value}"
    return "" if (last > first) == (way == "rose") else f"{way} from {first} to {last}"


def _lasts(text: str, rows: pd.DataFrame) -> str:
    counted = COUNTS.search(text)
    if counted is not None:
        return _lasting_count(counted, rows)
    found = LASTING.search(text)
    if found is None:
        return "" if " has been " not in text else "not understood"
    named, way, since, now, before, difference, elsewhere, formerly = found.groups()
    own, sides = pd.Series(data=True, index=rows.index), {}
    if elsewhere:
        groups = rows[rows.columns[0]].astype(str)
        own = groups == max((one for one in set(groups) if named.endswith(one)), key=len)
    for mine, here in ((True, own), (False, ~own)):
        for late in (True, False):
            side = rows[here & ((rows["period"] >= _start(since)) == late)]
            weight = side["n"].astype("float64")
            if len(side):
                sides[mine, late] = (side["value"] * weight).sum() / weight.sum()
    moved = sides[True, True] - sides[True, False]
    told = [(now, sides[True, True]), (before, sides[True, False]), (difference, moved)]
    if elsewhere:
        told += [(elsewhere, sides[False, True]), (formerly, sides[False, False])]
    for said, value in told:
        if not _rounds_to(said, value):
            return f"{said} for {value}"
    return "" if (moved > 0) == (way == "higher") else f"{way} for {moved}"


def _lasting_count(found: re.Match[str], rows: pd.DataFrame) -> str:
    way, since, now, before, months, difference = found.groups()
    late = rows["period"] >= _start(since)
    after, former = (
        rows.loc[late, "value"].mean(),
        rows.loc[~late, "value"].tail(int(months)).mean(),
    )
    for said, value in ((now, after), (before, former), (difference, after - former)):
        if not _rounds_to(said, value):
            return f"{said} for {value}"
    return "" if (after > former) == (way == "more") else f"{way} for {after - former}"


def _apart(text: str, rows: pd.DataFrame, result: pd.DataFrame) -> str:
    parts = APART.findall(text)
    if not parts:
        return "" if " against " not in text else "not understood"
    if "period" in rows:
        rows = rows[rows["period"] == rows["period"].max()]
    (by,) = [name for name in rows.columns[:3] if name not in ("period", "value")][:1]
    values = rows.assign(**{by: rows[by].astype(str)}).set_index(by)
    for group, value, than, other, sign in parts:
        if group not in values.index:
            return f"{group} is not in the frame"
        own = float(values.loc[group, "value"])
        if result.attrs.get("compare") == "rest" and not other:
            rest = own - float(values.loc[group, "change"])
        else:
            rest = float(values.loc[other, "value"])
        if not _rounds_to(value, own) or not _rounds_to(than, rest):
            return f"{group}: {value} against {than} for {own} and {rest}"
        if (own < rest) != (sign == "\u2212"):
            return f"{group}: {sign} for {own} against {rest}"
    return ""


def _stands(text: str, rows: pd.DataFrame) -> str:
    found = STANDS.search(text)
    if found is None or rows.empty:
        return ""
    value = float(rows["value"].iloc[-1])
    return "" if _rounds_to(found[1], value) else f"{found[1]} for {value}"


def _start(label: str) -> pd.Timestamp:
    """Return the first day of a named quarter, month or year."""
    quarter = re.fullmatch(r"Q(\d) (\d{4})", label)
    if quarter:
        return pd.Timestamp(int(quarter[2]), 3 * int(quarter[1]) - 2, 1)
    return pd.Timestamp(label)


def _rounds_to(said: str, value: Any) -> bool:
    """Report whether a number, as written, is the value to the last digit that is written."""
    number = re.search(r"\d[\d,]*\.?\d*", said)
    if number is None:
        return False
    after = said[number.end() :].split("/")[0].split()
    scale = SCALE.get(after[0], 1.0) if after else 1.0
    digits = number[0].replace(",", "")
    step = scale * 10.0 ** -len(digits.partition(".")[2])
    sign = -1 if said.lstrip("$\u20ac\u00a3").startswith("\u2212") else 1
    return abs(sign * float(digits) * scale - float(value)) <= step * (0.5 + 1e-6)
