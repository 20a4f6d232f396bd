"""Parse Retry-After, for providers and for GitHub."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

# Seconds: the most that is returned, longer than any caller waits.
_DAY = 86_400.0


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of an answer's Retry-After, which is a number or a date: a day at most.

    Args:
        headers: The answer's headers, with lower-case names or in a mapping that ignores case.

    Returns:
        None without the header, where it cannot be parsed, and for a date in the past.
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return min(float(text), _DAY)
    if not text:
        return None
    # Imported here: the function starts faster without it, and dates are rare.
    from email.utils import parsedate_to_datetime

    try:
        seconds = (parsedate_to_datetime(text).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(seconds, _DAY) if seconds > 0 else None
