"""Ways in which dates are often written, and those in which one date can be read."""

from __future__ import annotations

from datetime import UTC, datetime

DATES = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y%m%d",
         "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%b %d, %Y")  # fmt: skip
TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", ", %I:%M %p", " %I:%M %p")

DAY = 86_400
FIRST, LAST = 631_152_000, 4_070_908_800
"""Seconds since 1970 of the first moments of 1990 and of 2099."""


def is_written(value: str, pattern: str) -> bool:
    """Return whether a text is a date written so, and a plausible one."""
    return _read(value, pattern) is not None


def setting_for(value: str) -> str:
    """Return the setting that reads a date, with what it reads; an example where none is known.

    >>> print(setting_for("13.01.2024 10:30"))
    date_format: "%d.%m.%Y %H:%M" reads 13.01.2024 10:30
    >>> print(setting_for("03/02/2024"))
    date_format: "%d/%m/%Y" reads 03/02/2024 as 2024-02-03, and "%m/%d/%Y" as 2024-03-02
    >>> print(setting_for("soon"))
    date_format: "%d/%m/%Y" reads 31/12/2025
    """
    found = {
        pattern: moment
        for pattern in (day + time for day in DATES for time in TIMES)
        if (moment := _read(value, pattern)) is not None
    }
    if not found:
        return 'date_format: "%d/%m/%Y" reads 31/12/2025'
    first, *rest = list(found)
    if not rest:
        return f'date_format: "{first}" reads {value}'
    more = "".join(f', and "{one}" as {found[one]:%Y-%m-%d}' for one in rest[:1])
    return f'date_format: "{first}" reads {value} as {found[first]:%Y-%m-%d}{more}'


def epoch_for(value: str) -> str:
    """Return the setting that reads a number as a day from 1990 to 2098; all without one.

    >>> print(epoch_for("1736071200"))
    epoch: s reads 1736071200 as 2025-01-05
    >>> print(epoch_for("45657.5")), print(epoch_for("7"))
    epoch: excel reads 45657.5 as 2024-12-31
    epoch: s, ms or excel
    (None, None)
    """
    try:
        number = float(value)
    except ValueError:
        return "epoch: s, ms or excel"
    for unit, seconds in (("s", number), ("ms", number / 1000), ("excel", (number - 25_569) * DAY)):
        if FIRST <= seconds < LAST:
            day = datetime.fromtimestamp(seconds, UTC)
            return f"epoch: {unit} reads {value.removesuffix('.0')} as {day:%Y-%m-%d}"
    return "epoch: s, ms or excel"


def _read(value: str, pattern: str) -> datetime | None:
    """Return the moment that a text written so stands for; None if it is none, or not plausible."""
    try:
        moment = datetime.strptime(value, pattern)  # noqa: DTZ007
    except ValueError:
        return None
    return moment if 1970 <= moment.year <= 2098 else None
