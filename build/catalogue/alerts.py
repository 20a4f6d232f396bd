"""Alerts by name, each with the bundles that a model or this registry's maintainers recommend for it."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from build.catalogue.models import CodeBundleRecord

# Names that may become a page's address: ASCII letters and digits, joined by dashes and spaces.
_NAME = re.compile(r"[A-Za-z0-9]+(?:[ -]{1,3}[A-Za-z0-9]+)*", re.ASCII)
# Characters of such a name.
_LONGEST = 100
_LEVELS = ("read-only", "unknown", "read-write")
_EFFECTS = ("reads", "unclear", "changes")


class Alert(NamedTuple):
    """An alert by the most frequent spelling of its name; read-only bundles come first, deprecated ones last."""

    name: str
    records: tuple[CodeBundleRecord, ...]


def is_alert_name(name: str) -> bool:
    """Return whether an alert's name may be an address: letters, digits, dashes and spaces."""
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None


def alerts(records: Iterable[CodeBundleRecord]) -> list[Alert]:
    """Return all alerts whose names may be addresses, sorted by name; names that differ in case alone are one."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    bundles: defaultdict[str, dict[str, CodeBundleRecord]] = defaultdict(dict)
    for record in records:
        for name in filter(is_alert_name, record.ai.alerts if record.ai else ()):
            spellings[name.casefold()][name] += 1
            bundles[name.casefold()][record.id] = record
    return [
        Alert(
            min(spellings[key], key=lambda name: (-spellings[key][name], name)),
            tuple(sorted(own.values(), key=_place)),
        )
        for key, own in sorted(bundles.items())
    ]


def ordered(alerts: Iterable[Alert], search: Callable[[str], Sequence[str]]) -> list[Alert]:
    """Return the alerts with their bundles as a search for each name has them, read-only ones first.

    Args:
        alerts: As `alerts` returns them.
        search: Gives the ids of the bundles that match a name, best first.
    """
    return [_by_search(alert, search) if len(alert.records) > 1 else alert for alert in alerts]


def _by_search(alert: Alert, search: Callable[[str], Sequence[str]]) -> Alert:
    places = {name: place for place, name in enumerate(search(alert.name))}

    def place(record: CodeBundleRecord) -> tuple[int, bool, int]:
        return *_group(record), places.get(record.id, len(places))

    return alert._replace(records=tuple(sorted(alert.records, key=place)))


def _place(record: CodeBundleRecord) -> tuple[int, bool, int, int, str]:
    changing = sum(tool.effect == "changes" for tool in record.tools)
    return *_group(record), _EFFECTS.index(record.effect), changing, record.id


def _group(record: CodeBundleRecord) -> tuple[int, bool]:
    return _LEVELS.index(record.access_level), record.deprecated is not None
