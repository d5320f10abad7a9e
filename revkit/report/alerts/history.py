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

    One is new where the last report did not tell it, and where what moved is dated elsewhere: over
    75 days from what was told. What could not be told in between does not make it new.

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
    told = []
    for one in alerts:
        last = known.get((one.rule.title, one.key))
        if one.state == UNKNOWN and last is not None:
            told.append(Told(_as_it_was(one, last), last["since"], new=False, sent=last["sent"]))
        elif one.state == FIRES:
            new = last is None or (one.rule.test is None and not _near(one.when, last["when"]))
            since = as_of.isoformat() if last is None or new else last["since"]
            told.append(Told(one, since, new, sent=last is not None and not new and last["sent"]))
    return told


def _as_it_was(one: Alert, last: Mapping[str, Any]) -> Alert:
    """Return an alert that cannot be told today, with what was told last."""
    return Alert(one.rule, one.key, UNKNOWN, one.sentence, last["when"])


def _near(when: str, before: str) -> bool:
    """Report whether two days are near each other."""
    return abs((date.fromisoformat(when) - date.fromisoformat(before)).days) <= NEAR


def kept(folder: Path) -> Mapping[str, Any]:
    """Return what the last report in a folder told; nothing where there is none."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    needed = {"rule", "key", "when", "since", "sent"}
    alerts = found.get("alerts") if isinstance(found, dict) else None
    whole = isinstance(alerts, list) and all(
        isinstance(one, dict) and needed <= one.keys() for one in alerts
    )
    return found if whole else {}


def as_json(told: Sequence[Told], alerts: Sequence[Alert], as_of: date) -> str:
    """Return the file of a report: what fires, and which rules could not be told."""
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
        "rules": list(dict.fromkeys(one.rule.title for one in alerts)),
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
