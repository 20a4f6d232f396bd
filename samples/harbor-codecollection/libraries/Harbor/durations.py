"""Keywords for durations and points in time, as they appear in settings and in API answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime

ROBOT_LIBRARY_SCOPE = "GLOBAL"

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def duration_to_seconds(duration: str | int) -> int:
    """Turns ``90``, ``90s``, ``10m``, ``1h30m`` or ``2d`` into a number of seconds.

    A number without a unit counts seconds. Anything else is an error, so that a typing mistake in a
    setting is seen instead of becoming a window of no length.

    | ${seconds}= | Duration To Seconds | 1h30m | # 5400 |
    """
    text = str(duration).strip().lower()
    if text.isdigit():
        return int(text)
    if not re.fullmatch(r"(\d+[smhd])+", text):
        raise ValueError(f"'{duration}' is not a duration; write it like 90s, 10m or 1h30m")
    return sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)([smhd])", text))


def days_until(timestamp: str) -> int:
    """Returns the whole days from now to an ISO 8601 timestamp; negative when it has passed.

    | ${days}= | Days Until | 2030-01-31T12:00:00Z |
    """
    moment = datetime.fromisoformat(timestamp)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).days
