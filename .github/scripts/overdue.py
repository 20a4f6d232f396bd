"""Whether a registry's last check is too long ago: python overdue.py URL [HOURS]. It ends with 1 where it is, or where
nothing says when it was.

For a machine that the registry's own schedule does not run on: a schedule that has stopped tells nobody.
"""

import json
import sys
from datetime import UTC, datetime
from urllib.parse import urlsplit
from urllib.request import urlopen

MOST_BYTES = 4_000_000


def main(site: str, hours: float | None) -> str:
    """Return what is wrong, "" where nothing is."""
    address = f"{site.rstrip('/')}/api/v1/checked.json"
    if urlsplit(address).scheme not in ("http", "https"):
        return f"{site} is no address of a site; give one such as https://registry.example.org"
    try:
        with urlopen(address, timeout=30) as answer:  # noqa: S310 - the scheme is checked
            checked = json.loads(answer.read(MOST_BYTES))
        age = datetime.now(UTC) - datetime.fromisoformat(checked["checked_at"])
        most = hours or checked["stale_after_hours"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{address} does not say when a build last looked ({type(error).__name__}: {error})"
    past = age.total_seconds() / 3600
    return f"{site} was last checked {past:.1f} hours ago, which should be {most} at most" if past > most else ""


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("Name the site: python overdue.py URL [HOURS]")
    sys.exit(main(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else None) or 0)
