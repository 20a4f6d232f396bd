"""From the name of an alert to the bundles that a model, or this registry's maintainers, say are the ones to run."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from build.catalogue.models import CodeBundleRecord

# Nothing else becomes an address.
_NAME = re.compile(r"[A-Za-z0-9]+(?:[ -]{1,3}[A-Za-z0-9]+)*", re.ASCII)
_LONGEST = 100
_EFFECTS = ("reads", "unclear", "changes")


class Alert(NamedTuple):
    """An alert by the name that most bundles spell; those that only look come first, then by id."""

    name: str
    records: tuple[CodeBundleRecord, ...]


def is_alert_name(name: str) -> bool:
    """Return whether an alert's name may be an address: letters, digits, dashes and spaces."""
    return len(name) <= _LONGEST and _NAME.fullmatch(name) is not None


def alerts(records: Iterable[CodeBundleRecord]) -> list[Alert]:
    """Return all alerts whose names may be addresses, by name; those that differ in case alone are one."""
    spelled: defaultdict[str, Counter[str]] = defaultdict(Counter)
    found: defaultdict[str, dict[str, CodeBundleRecord]] = defaultdict(dict)
    for record in records:
        for name in filter(is_alert_name, record.ai.alerts if record.ai else ()):
            spelled[name.casefold()][name] += 1
            found[name.casefold()][record.id] = record
    return [
        Alert(min(spelled[key], key=lambda name: (-spelled[key][name], name)), tuple(sorted(own.values(), key=_place)))
        for key, own in sorted(found.items())
    ]


def _place(record: CodeBundleRecord) -> tuple[int, int, bool, str]:
    changing = sum(tool.effect == "changes" for tool in record.tools)
    return _EFFECTS.index(record.effect), changing, record.deprecated is not None, record.id
