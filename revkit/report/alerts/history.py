"""Memory of earlier reports: each alert is told once, until it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from revkit.report.alerts.judge import FIRES, UNKNOWN, Alert

FILE = "alerts.json"
NEAR = 75
"""Days by which the month since when something moved may be dated anew without being news."""

KEPT = ("rule", "key", "when", "since", "sent")
"""Fields that tell an alert from others, and whether and when somebody was told of it."""

MEMORY = 900
"""Days for which what moved is remembered; a watch looks back for two years."""


@dataclass(frozen=True)
class Told:
    """An alert beside what was told before.

    ``since`` is the date of the report that first told it; ``sent`` whether its receiver has it.
    """

    alert: Alert
    since: str
    new: bool
    sent: bool = False


def compared(alerts: Sequence[Alert], before: Mapping[str, Any], as_of: date) -> list[Told]:
    """Return the alerts that fire, each with whether it is new.

    That of a rule is new where the last report did not tell it. What could not be told in between
    does not make it new. What moved is new where no report has told that the metric moved at about
    that time, by 75 days, in a place that is named now: neither an estimate that is nearer or
    farther from certain, nor candidates in another order, are news.

    Parameters
    ----------
    alerts
        From :func:`revkit.report.alerts.judge.judge`.
    before
        What the last report kept, from :func:`kept`.
    as_of
        The date of this report.
    """
    known = {(one["rule"], one["key"]): one for one in before.get("alerts", [])}
    events = [*before.get("alerts", []), *before.get("past", [])]
    told = []
    for one in alerts:
        moved = one.rule.test is None
        last = _of_same(one, events) if moved else known.get((one.rule.title, one.key))
        if one.state == UNKNOWN and last is not None:
            told.append(Told(_as_it_was(one, last), last["since"], new=False, sent=last["sent"]))
        elif one.state == FIRES:
            since = as_of.isoformat() if last is None else last["since"]
            sent = last is not None and last["sent"]
            told.append(Told(one, since, new=last is None, sent=sent))
    return told


def _of_same(one: Alert, events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return what was told of the same metric, place and time, the same words first."""
    same = [
        event
        for event in events
        if event["rule"] == one.rule.title
        and _alike(event["key"], one.key)
        and _near(one.when, event["when"])
    ]
    return min(same, key=lambda event: event["key"] != one.key, default=None)


def _alike(key: str, other: str) -> bool:
    """Report whether two keys name one metric and share a place."""
    (metric, _, places), (same, _, others) = key.partition(" "), other.partition(" ")
    return metric == same and not set(places.split(" / ")).isdisjoint(others.split(" / "))


def _as_it_was(one: Alert, last: Mapping[str, Any]) -> Alert:
    """Return an alert that cannot be told today, with what was told last."""
    return Alert(one.rule, one.key, UNKNOWN, one.sentence, last["when"])


def _near(when: str, before: str) -> bool:
    """Report whether two days are near each other; a rule that cannot be told has none."""
    if not (when and before):
        return False
    return abs((date.fromisoformat(when) - date.fromisoformat(before)).days) <= NEAR


def kept(folder: Path) -> Mapping[str, Any]:
    """Return what the last report in a folder told; nothing where there is none."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    whole = _are_told(found.get("alerts")) and _are_told(found.get("past", []))
    return found if whole else {}


def _are_told(found: object) -> bool:
    return isinstance(found, list) and all(
        isinstance(one, dict) and set(KEPT) <= one.keys() and _is_told(one) for one in found
    )


def _is_told(one: Mapping[str, Any]) -> bool:
    """Report whether an alert is as reports write it; that of a rule may have no day."""
    try:
        days = [date.fromisoformat(one[name]) for name in ("when", "since") if one[name] != ""]
    except (TypeError, ValueError):
        return False
    return bool(days) and isinstance(one["rule"], str) and isinstance(one["key"], str)


def as_json(
    told: Sequence[Told], alerts: Sequence[Alert], as_of: date, before: Mapping[str, Any]
) -> str:
    """Return the file of a report: what fires, what could not be told, and what moved before."""
    shown = {(one.alert.rule.title, one.alert.key) for one in told}
    watched = {one.rule.title for one in alerts if one.rule.test is None}
    past = [
        one
        for one in (*before.get("alerts", []), *before.get("past", []))
        if one["rule"] in watched
        and (one["rule"], one["key"]) not in shown
        and (as_of - date.fromisoformat(one["when"] or one["since"])).days <= MEMORY
    ]
    content = {
        "as_of": as_of.isoformat(),
        "alerts": [
            {
                "rule": one.alert.rule.title,
                "test": one.alert.rule.text,
                "key": one.alert.key,
                "when": one.alert.when,
                "sentence": one.alert.sentence,
                "since": one.since,
                "new": one.new,
                "sent": one.sent,
            }
            for one in told
        ],
        "unknown": [
            {"rule": one.rule.title, "key": one.key, "why": one.sentence}
            for one in alerts
            if one.state == UNKNOWN
        ],
        "past": [{name: one[name] for name in KEPT} for one in past],
        "rules": list(dict.fromkeys(one.rule.title for one in alerts)),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
