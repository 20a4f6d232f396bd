"""Bundles by what they have in common: the values of each filter, and the pages of those that have one."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import quote

from build.catalogue.models import CodeBundleRecord, ToolRecord
from build.platforms import KINDS_OF_KUBERNETES
from build.site.bundle_page import kinds
from build.untrusted.names import is_reserved

Item = TypeVar("Item")

# How many values of a filter are shown before somebody looks for others.
_SHOWN = 8
# How many bundles have a page of their own: fewer are named on the page of all values.
_LARGE = 3
_LONGEST_SLUG = 60


class ToolRow(NamedTuple):
    """A tool as the list of all tools has it, with its bundle."""

    bundle: CodeBundleRecord
    tool: ToolRecord


# The parameters of the lists' addresses, which assets/list.js reads too, and the values that a bundle has for each.
FACETS: dict[str, Callable[[CodeBundleRecord], Iterable[str]]] = {
    "platform": lambda record: record.platforms,
    "access": lambda record: [record.access_level],
    "kind": kinds,
    "collection": lambda record: [record.codecollection.slug],
    "tag": lambda record: record.support_tags,
    "resource": lambda record: record.configuration_type.resource_types,
    "data": lambda record: record.data_classifications,
    "credential": lambda record: ["yes" if any(secret.required for secret in record.secrets) else "no"],
    "author": lambda record: [record.author] if record.author else [],
}
# Those by which tools are filtered: the others say nothing of one of them.
TOOL_FACETS: dict[str, Callable[[ToolRow], Iterable[str]]] = {
    "platform": lambda row: row.bundle.platforms,
    "access": lambda row: [row.tool.access or "unknown"],
    "kind": lambda row: [row.tool.kind],
    "collection": lambda row: [row.bundle.codecollection.slug],
    "tag": lambda row: row.bundle.support_tags,
}
# Those whose values have pages, and the folder of these.
FOLDERS = {"platform": "platforms", "resource": "resource-types", "tag": "tags", "author": "authors"}


class Group(NamedTuple, Generic[Item]):
    """The bundles or tools that have one value, in the order in which they came; `value` is spelled as most of them
    do. `path` is the folder of its page below the site, None where it has none.
    """

    value: str
    items: Sequence[Item]
    path: str | None = None


def grouped(items: Iterable[Item], values_of: Callable[[Item], Iterable[str]]) -> list[Group[Item]]:
    """Return a group for each value, case apart, the largest first."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    members: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        values = {value.casefold(): value for value in values_of(item)}
        for folded, value in values.items():
            spellings[folded][value] += 1
            members[folded].append(item)
    ranked = sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Group(min(spellings[name], key=lambda s: (-spellings[name][s], s)), own) for name, own in ranked]


def nested(groups: Sequence[Group[Item]]) -> list[tuple[Group[Item], bool]]:
    """The groups of platforms, each with whether it is a kind of Kubernetes: those stand under it."""
    home = next((place for place, group in enumerate(groups) if group.value == "Kubernetes"), None)
    ranked = []
    for place, group in enumerate(groups):
        under = home is not None and group.value in KINDS_OF_KUBERNETES
        ranked.append((home if under else place, under, place, group))
    return [(group, under) for _, under, _, group in sorted(ranked)]


class Filter(NamedTuple, Generic[Item]):
    """A facet as a list is filtered by it: its commonest values, each with whether it stands under the one before, and
    the number of all.
    """

    facet: str
    values: Sequence[tuple[Group[Item], bool]]
    number: int


def filters(items: Sequence[Item], facets: Mapping[str, Callable[[Item], Iterable[str]]]) -> list[Filter[Item]]:
    """Return what a list of these items is filtered by."""
    found = []
    for facet, values_of in facets.items():
        groups = grouped(items, values_of)
        ranked = nested(groups) if facet == "platform" else [(group, False) for group in groups]
        found.append(Filter(facet, ranked[: _SHOWN + sum(under for _, under in ranked)], len(groups)))
    return found


def with_pages(groups: Sequence[Group[Item]], folder: str) -> list[Group[Item]]:
    """The groups with the paths of their pages: the larger ones have one, which no other group has."""
    shown = [group for group in groups if len(group.items) >= _LARGE]
    uses = Counter(_slug(group.value) for group in shown)
    paths = {}
    for group in shown:
        slug, folded = _slug(group.value), group.value.casefold()
        if slug in ("", "page") or is_reserved(slug) or (uses[slug] > 1 and slug != folded):
            slug = f"{slug}~{hashlib.sha256(folded.encode('utf-8', 'replace')).hexdigest()[:12]}"
        paths[folded] = f"{folder}/{slug}/"
    return [group._replace(path=paths.get(group.value.casefold())) for group in groups]


def _slug(value: str) -> str:
    """What of a stranger's text can stand in an address: never a `~`, a `/`, or a dot in front."""
    plain = unicodedata.normalize("NFKD", value.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9._]+", "-", plain)[:_LONGEST_SLUG].strip("-._")


def filtered(facet: str, value: str) -> str:
    """The address below the site's root of the list filtered by this value."""
    return f"codebundles/?{facet}={quote(value, safe='', errors='replace')}"


class Places:
    """Where the groups of the catalogue are, for links from elsewhere: `{{ root }}{{ place("tag", "EC2") }}`."""

    def __init__(self, records: Sequence[CodeBundleRecord]) -> None:
        self.groups = {facet: with_pages(grouped(records, FACETS[facet]), folder) for facet, folder in FOLDERS.items()}
        self._paths = {
            (facet, group.value.casefold()): group.path for facet, groups in self.groups.items() for group in groups
        }

    def __call__(self, facet: str, value: str) -> str:
        """The address below the site's root: of the value's own page, else of the list filtered by it."""
        return self._paths.get((facet, value.casefold())) or filtered(facet, value)
