"""Alerts on their way to people: mail, Slack, Teams and others, by Apprise."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from revkit.errors import AlertError
from revkit.language import language
from revkit.report.alerts.history import Told
from revkit.report.alerts.rules import Rule
from revkit.sources.profiles import secret_address


def check_receivers(rules: Sequence[Rule]) -> None:
    """Refuse rules whose receiver has no address, or one that no service takes.

    Raises
    ------
    SourceError
        When there is no profile of that name.
    AlertError
        When its address is of no known service.
    """
    for name in dict.fromkeys(one.send for one in rules if one.send):
        _messenger(name)


def send(told: Sequence[Told], title: str) -> tuple[list[Told], list[str]]:
    """Send each receiver one message with what is new, or was not delivered before.

    Parameters
    ----------
    told
        The alerts that fire.
    title
        Of the message.

    Returns
    -------
    tuple
        The alerts, ``sent`` where they arrived; and a sentence for each receiver that was not
        reached. Nothing is raised: a report outlives a dead mail server.
    """
    arrived, problems = set(), []
    due = [one for one in told if one.alert.rule.send and not one.sent]
    for name in dict.fromkeys(str(one.alert.rule.send) for one in due):
        mine = [one for one in due if one.alert.rule.send == name]
        body = "\n".join(f"- {one.alert.sentence}" for one in mine)
        if _delivered(name, title, body):
            arrived |= {id(one) for one in mine}
        else:
            problems.append(
                language().gettext(
                    "{name} was not reached; the next report tries again.", name=name
                )
            )
    return [replace(one, sent=True) if id(one) in arrived else one for one in told], problems


def tried(rules: Sequence[Rule]) -> list[str]:
    """Send each receiver a line to try it; return a sentence for each that was not reached."""
    words = language()
    title, body = words.gettext("revkit: a test"), words.gettext("Alerts will arrive here.")
    names = dict.fromkeys(one.send for one in rules if one.send)
    return [
        words.gettext("{name} was not reached.", name=name)
        for name in names
        if not _delivered(name, title, body)
    ]


def _delivered(name: str, title: str, body: str) -> bool:
    """Report whether a message arrived; the sender's own log is silent, as it shows addresses."""
    try:
        return bool(_messenger(name).notify(title=title, body=body))
    except Exception:  # of a network, a service: the report goes on
        return False


def _messenger(name: str):  # type: ignore[no-untyped-def]  # Apprise is untyped
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    found = apprise.Apprise()
    if not found.add(secret_address(name)):
        raise AlertError.no_service(name)
    return found
