"""Text and HTML of a scorecard: written values, arrows, sparklines, notes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from revkit.analysis.scorecards.layout import ARTICLE, NUMBERS
from revkit.analysis.scorecards.windows import SHOWN_OVER
from revkit.analysis.writing.finding import Finding
from revkit.analysis.writing.formatting import Quantity, period_of
from revkit.analysis.writing.frames.headings import INTERVAL, REASONS, group_name
from revkit.analysis.writing.frames.tables import FEW, NOTES, Table
from revkit.analysis.writing.populations import population
from revkit.analysis.writing.unfinished import UNFINISHED
from revkit.dimensions import MISSING
from revkit.language import LITERAL, Language, language, message

FAMILIES = {
    "marketing": message("Marketing"), "funnel": message("Funnel"), "speed": message("Speed"),
    "attribution": message("Attribution"), "pipeline": message("Pipeline"),
    "deals": message("Deals"), "team": message("Team"),
    "recurring": message("Recurring revenue"), "churn": message("Churn"),
    "retention": message("Retention"), "contracts": message("Contracts"),
    "economics": message("Unit economics"), "growth": message("Growth"),
    "counts": message("Counts"), "outcomes": message("Outcomes"), "reps": message("Reps"),
    "commitments": message("Commitments"), "billing": message("Billing"),
    "usage": message("Usage"), "support": message("Support"),
    "efficiency": message("Efficiency"), "forecasting": message("Forecasting"),
    "health": message("Account health"),
    "": message("Your own"),
}  # fmt: skip
"""Headings of the sections, by subject."""

MOST = 8
"""Number of groups shown side by side; the others are in the frame."""

ARROWS = {"better": "#1a7f37", "worse": "#b42318", "moved": "#444444"}
QUIET = "#767676"


def plain(card: pd.DataFrame) -> str:
    """Return the scorecard as text in columns, for a terminal."""
    card, words = ranked(card), language(card.attrs.get("language", "en"))
    if not len(card):
        return "\n".join([words.gettext("Nothing to show yet."), *notes(card, words)])
    headings, rows = crossed(card, words) if card.attrs.get("by") else listed(card, words)
    left = frozenset({headings[0], words.gettext("Period")})
    return str(Table(tuple(headings), tuple(map(tuple, rows)), left, tuple(notes(card, words))))


def page(card: pd.DataFrame) -> str:
    """Return the scorecard as HTML, escaped, with nothing loaded from elsewhere."""
    import great_tables as gt

    card, words = ranked(card), language(card.attrs.get("language", "en"))
    if not len(card):
        nothing = words.gettext("Nothing to show yet.")
        return f"<p>{escape(nothing)}</p>" + "".join(
            f"<p><small>{escape(note)}</small></p>" for note in notes(card, words)
        )
    grouped = bool(card.attrs.get("by"))
    headings, rows = crossed(card, words) if grouped else listed(card, words)
    cells = [[escape(cell) for cell in row] for row in rows]
    for line, mark in zip(cells, marks(card, headings, words), strict=True):
        for heading, colour in mark.items():
            at = headings.index(heading)
            line[at] = f'<span style="color:{colour}">{line[at]}</span>'
    names = [f"c{place}" for place in range(len(headings))]
    frame = pd.DataFrame(cells, columns=names)
    if not grouped and card.attrs["period_kind"]:
        frame["trend"] = [sparkline(trend) for trend in card["trend"]]
        headings, names = [*headings, words.gettext("Trend")], [*names, "trend"]
    if card.attrs.get("sections"):
        frame["family"] = sections(card, words)
    made = gt.GT(frame, id="rk-scorecard", groupname_col="family" if "family" in frame else None)
    made = made.fmt(lambda cell: cell, columns=names)
    labels: dict[str, Any] = {
        name: gt.html(escape(text)) for name, text in zip(names, headings, strict=True)
    }
    made = made.cols_label(labels)
    left = names[:2]
    made = made.cols_align("left", columns=left)
    made = made.cols_align("right", columns=[name for name in names if name not in left])
    made = made.tab_options(
        table_font_size="13px",
        data_row_padding="3px",
        table_margin_left="0px",
        row_group_font_weight="bold",
        row_group_padding="6px",
        source_notes_font_size="11px",
        table_border_top_style="hidden",
    )
    made = made.tab_style(gt.style.css("white-space: nowrap"), gt.loc.body(columns=names[1:]))
    for note in notes(card, words):
        made = made.tab_source_note(gt.html(escape(note)))
    kind = LITERAL if grouped else f"{LITERAL} listed"  # a phone shows fewer of its columns
    return f'<div class="{kind}">{made.as_raw_html(inline_css=False)}</div>'


def listed(card: pd.DataFrame, words: Language) -> tuple[list[str], list[list[str]]]:
    """Return the headings and a row per metric: value, interval, change, target."""
    planned = card["target"].notna().any()
    headings = [
        words.gettext("Metric"), words.gettext("Period"), words.gettext("Value"),
        words.gettext(INTERVAL, level=words.level(0.95)),
    ]  # fmt: skip
    past = ["", words.gettext("Change")] if card.attrs["period_kind"] else []
    headings += past
    headings += [words.gettext("Target"), words.gettext("Gap")] if planned else []
    rows = []
    for _, row in card.iterrows():
        what = written(card, row, words)
        cells = [label(card, row), when(card, row, words), value(what, row)]
        cells.append(what.span(row["low"], row["high"]))
        cells += [arrow(row), changed(what, row)] if past else []
        if planned:
            known = not math.isnan(row["target"])
            cells.append(what.text(row["target"]) if known else "")
            cells.append(what.difference(row["gap"]) if known else "")
        rows.append(cells)
    return headings, rows


def crossed(card: pd.DataFrame, words: Language) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows: a row per metric, a cell per group with its value and arrow."""
    shown, _ = columns(card)
    rows = []
    for _, first in first_rows(card).iterrows():
        same = card[(card["metric"] == first["metric"]) & (inner(card) == label_of(card, first))]
        cells = [label(card, first), when(card, first, words)]
        by_group = {key(card, row): row for _, row in same.iterrows()}
        for group in shown:
            row = by_group.get(group)
            if row is None:
                cells.append("–")
                continue
            cells.append(f"{value(written(card, row, words), row)} {arrow(row)}".strip())
        rows.append(cells)
    return [words.gettext("Metric"), words.gettext("Period"), *shown], rows


def marks(card: pd.DataFrame, headings: Sequence[str], words: Language) -> list[dict[str, str]]:
    """Return the colours of the cells that show the direction of a change, per row."""
    if not card.attrs.get("by"):
        names = ("", words.gettext("Change")) if card.attrs["period_kind"] else ()
        return [dict.fromkeys(names, ARROWS.get(way, QUIET)) for way in card["direction"]]
    shown = headings[2:]
    found = []
    for _, first in first_rows(card).iterrows():
        same = card[(card["metric"] == first["metric"]) & (inner(card) == label_of(card, first))]
        ways = {key(card, row): row["direction"] for _, row in same.iterrows()}
        found.append({g: ARROWS[ways[g]] for g in shown if ways.get(g) in ARROWS})
    return found


def sections(card: pd.DataFrame, words: Language) -> list[str]:
    """Return the section heading of each row; the leading metrics come under "Headlines"."""
    first = {name for names in ARTICLE.values() for name in names}
    rows = list((first_rows(card) if card.attrs.get("by") else card)["metric"])
    family: dict[str, str] = dict(zip(card["metric"], card["family"], strict=True))
    named = [words.gettext(FAMILIES.get(name, str(name))) for name in (family[one] for one in rows)]
    leading = next((at for at, name in enumerate(rows) if name not in first), len(rows))
    return [words.gettext("Headlines") if at < leading else text for at, text in enumerate(named)]


def notes(card: pd.DataFrame, words: Language) -> list[str]:
    """Return the notes below a scorecard: the marks, and the metrics not shown with the reason."""
    against = AGAINST[card.attrs.get("compare", "previous")]
    lines = [words.gettext(against)] if card.attrs.get("period_kind", "month") else []
    if lines and len(card) and card["metric"].isin(list(SHOWN_OVER)).any():
        lines.append(words.gettext("Numbers over 12 months: against the 12 months before them."))
    if where := card.attrs.get("where"):
        kept = ", ".join(population(one, words) for one in where)
        lines.append(words.gettext("Only {where}.", where=kept))
    if len(card) and (card["small"].astype(bool) & card["value"].notna()).any():
        lines.append(f"{words.gettext(NOTES[FEW], mark=FEW)}.")
    if len(card) and not card["complete"].astype(bool).all():
        lines.append(f"{words.gettext(NOTES[UNFINISHED], mark=UNFINISHED)}.")
    lines += [*card.attrs.get("asides", ()), *card.attrs.get("notes", ())]
    if len(card) and card.attrs.get("by"):
        _, more = columns(card)
        if more:
            lines.append(
                words.ngettext(
                    "+{count} more group is in the frame.",
                    "+{count} more groups are in the frame.",
                    more,
                    count=more,
                )
            )
    unavailable = card.attrs.get("unavailable", {})
    reasons = dict.fromkeys(unavailable.values())
    parts = [
        f"{', '.join(title for title, why in unavailable.items() if why == reason)} ({reason})"
        for reason in reasons
    ]
    if parts:
        lines.append(words.gettext("Not shown: {metrics}.", metrics="; ".join(parts)))
    return lines


AGAINST = {
    "previous": message(
        "Change: against the period before. ▲ ▼ where its interval leaves out 0 and where it is "
        "larger than the metric's own past changes, too clearly for one of the hundred changes of "
        "a report to be so by chance; · where one of the two is not so, though the interval may "
        "leave out 0. Green is better, red is worse."
    ),
    "year": message(
        "Change: against a year before. ▲ ▼ where its interval leaves out 0 and where it is "
        "larger than the metric's own past changes, too clearly for one of the hundred changes of "
        "a report to be so by chance; · where one of the two is not so, though the interval may "
        "leave out 0. Green is better, red is worse."
    ),
}
"""The legend of the change column, by what it is against."""


def columns(card: pd.DataFrame) -> tuple[list[str], int]:
    """Return the groups to set side by side, those with most rows, and how many are left out."""
    size = card.groupby(keys(card), sort=False)["n"].max().fillna(0)
    kept = set(size.sort_values(ascending=False, kind="stable").index[:MOST])
    return [group for group in sorted(size.index, key=last_missing) if group in kept], max(
        0, len(size) - MOST
    )


def last_missing(group: str) -> tuple[bool, str]:
    """Return the sort key of a group; those without a name come last."""
    return "(missing)" in group, group


def key(card: pd.DataFrame, row: pd.Series[Any]) -> str:
    """Return the name of a row's group."""
    return " · ".join(str(row[name]) for name in card.attrs.get("by", ()))


def keys(card: pd.DataFrame) -> pd.Series[Any]:
    """Return the name of each row's group."""
    return card.apply(lambda row: key(card, row), axis=1)


def own(card: pd.DataFrame) -> list[str]:
    """Return the dimensions that metrics bring along, such as the stage."""
    known = {"metric", "title", "family", *NUMBERS, *card.attrs.get("by", ())}
    return [name for name in card.columns if name not in known]


def label_of(card: pd.DataFrame, row: pd.Series[Any]) -> str:
    """Return the part of a metric that a row is about, such as its stage; mostly none."""
    return " · ".join(str(row[name]) for name in own(card) if isinstance(row[name], str))


def inner(card: pd.DataFrame) -> pd.Series[Any]:
    """Return the part of a metric that each row is about."""
    return card.apply(lambda row: label_of(card, row), axis=1)


def first_rows(card: pd.DataFrame) -> pd.DataFrame:
    """Return the first row of each metric and part."""
    named = pd.DataFrame(card).assign(_part=inner(card))
    return named[~named.duplicated(["metric", "_part"])]


def ranked(card: pd.DataFrame) -> pd.DataFrame:
    """Return a scorecard with the reasons of a metric from the most frequent to the rarest.

    What was not filled in comes last, however frequent.
    """
    reasons = [name for name in own(card) if name in REASONS]
    if not reasons or card.attrs.get("by"):
        return card
    order = []
    for name in dict.fromkeys(card["metric"]):
        rows = card[card["metric"] == name]
        filled = next((rows[one] for one in reasons if rows[one].notna().any()), None)
        if filled is not None:
            rows = rows.assign(_last=filled == MISSING)
            rows = rows.sort_values(["_last", "value"], ascending=[True, False], kind="stable")
        order += list(rows.index)
    return card.loc[order]


def label(card: pd.DataFrame, row: pd.Series[Any]) -> str:
    """Return the title, with the part it is about in the language of the reader."""
    words = language(card.attrs.get("language", "en"))
    named = [name for name in own(card) if isinstance(row[name], str)]
    part = " · ".join(group_name(row[name], words, of=name) for name in named)
    return f"{row['title']}: {part}" if part else str(row["title"])


def written(card: pd.DataFrame, row: pd.Series[Any], words: Language) -> Quantity:
    """Return the quantity that a row's numbers measure."""
    currency = card.attrs.get("currency")
    return Quantity(row["metric"], row["title"], row["unit"], currency, words=words)


def when(card: pd.DataFrame, row: pd.Series[Any], words: Language) -> str:
    """Return the period, marked where it is not over."""
    whole = card.attrs["period_kind"] is None
    text = words.gettext("all days") if whole else period_of(card, row["period"], words)
    return text + ("" if row["complete"] else UNFINISHED)


def value(what: Quantity, row: pd.Series[Any]) -> str:
    """Write a value, marked where few rows stand behind it."""
    known = not math.isnan(row["value"])
    return what.text(row["value"]) + (FEW if row["small"] and known else "")


def arrow(row: pd.Series[Any]) -> str:
    """Return an arrow up or down, a dot for what may be noise, nothing where nothing is known."""
    if not row["direction"]:
        return ""
    if row["direction"] == "same":
        return "·"
    return "▲" if row["change"] > 0 else "▼"


def changed(what: Quantity, row: pd.Series[Any]) -> str:
    """Write the change with its interval."""
    if math.isnan(row["change"]):
        return ""
    text = what.difference(row["change"])
    if not math.isnan(row["change_low"]) and not math.isnan(row["change_high"]):
        text += f" ({what.difference_span(row['change_low'], row['change_high'])})"
    return text


EARLIER = {"year": message("a year before"), "previous": message("the period before")}


def striking(card: pd.DataFrame, row: pd.Series[Any], words: Language) -> Finding:
    """Say that a value changed by more than chance explains, usual or not."""
    what, then = written(card, row, words), EARLIER[card.attrs["compare"]]
    return Finding(words.gettext(
        "{title} was {value} in {period}, {change} against {then}. That is more than chance in its "
        "rows explains; from its past it cannot be told whether it is more than it usually moves.",
        title=label(card, row), value=what.text(row["value"]), period=when(card, row, words),
        change=changed(what, row), then=words.gettext(then),
    ))  # fmt: skip


def sparkline(values: Sequence[float], *, width: int = 84, height: int = 20) -> str:
    """Draw the last values as an SVG line, a dot on the newest; gaps where one is not known."""
    known = [value for value in values if math.isfinite(value)]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = (width - 6) / max(len(values) - 1, 1)

    def point(place: int, value: float) -> str:
        rise = (value - low) / (high - low) if high > low else 0.5
        return f"{3 + step * place:.1f},{height - 3 - rise * (height - 6):.1f}"

    pieces: list[list[str]] = [[]]
    for place, number in enumerate(values):
        if math.isfinite(number):
            pieces[-1].append(point(place, number))
        elif pieces[-1]:
            pieces.append([])
    lines = "".join(
        f'<polyline points="{" ".join(piece)}" fill="none" stroke="#5b7a99" stroke-width="1.4"/>'
        for piece in pieces
        if len(piece) > 1
    )
    x, y = point(len(values) - 1, values[-1]).split(",") if math.isfinite(values[-1]) else ("", "")
    dot = f'<circle cx="{x}" cy="{y}" r="2" fill="#1f3b57"/>' if x else ""
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}">{lines}{dot}</svg>'
    )
