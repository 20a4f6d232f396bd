"""Facets of bundles and tools: the values of each filter, and the pages of values that have one."""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import quote

from build.catalogue.labels import LABELS
from build.catalogue.models import CodeBundleRecord, ToolRecord
from build.platforms import KINDS_OF_KUBERNETES
from build.site.bundle_page import kinds
from build.site.filters import MONTHS, VARIABLE
from build.untrusted.names import is_reserved
from search_fn.index.facets import FACETS as SEARCHED

Item = TypeVar("Item")

# How many values of a filter are shown before somebody looks for others.
_SHOWN = 8
# How many bundles have a page of their own: fewer are named on the page of all values.
_LARGE = 3
_LONGEST_SLUG = 60
# What the search calls a facet of the lists, where not as they do.
_SEARCHED_AS = {"resource": "resource_type"}


# What a bundle or a tool has of a facet.
Values = str | bool | Sequence[str] | None


class ToolRow(NamedTuple):
    """A tool as the list of all tools has it, with its bundle."""

    bundle: CodeBundleRecord
    tool: ToolRecord


class Facet(NamedTuple):
    """A property by which bundles are counted and filtered.

    Its name is a parameter of the lists' addresses. `of` gives a bundle's values, as codebundles/list.json has them
    under `key`; `of_tool` those of one tool, None where the facet is not one of tools. `words` are the labels of its
    values where they differ from the values; `several` is the plural in "Find among all …". The values of a facet with
    a `folder` have pages there.
    """

    label: str
    several: str
    key: str
    of: Callable[[CodeBundleRecord], Values]
    of_tool: Callable[[ToolRow], Values] | None = None
    words: Mapping[str, str] = MappingProxyType({})
    folder: str | None = None

    def values(self, record: CodeBundleRecord) -> Sequence[str]:
        """Return the values that a bundle has."""
        return _as_list(self.of(record))

    def tool_values(self, row: ToolRow) -> Sequence[str]:
        """Return the values that a tool has."""
        return _as_list(self.of_tool(row)) if self.of_tool else ()


def _as_list(value: Values) -> Sequence[str]:
    """Return one value, several, none, or a boolean as a list, as assets/bundle-list.js does with list.json."""
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [value] if isinstance(value, str) else value or []


# In the order in which the lists have them.
FACETS = {
    "platform": Facet(
        "Platform", "platforms", "platforms", lambda record: record.platforms, lambda row: row.bundle.platforms,
        folder="platforms",
    ),
    "access": Facet(
        "Access", "levels", "access", lambda record: record.access_level, lambda row: row.tool.access,
        words=LABELS["access"],
    ),
    "effect": Facet(
        "What its code does", "effects", "effect", lambda record: record.effect, lambda row: row.tool.effect,
        words=LABELS["effect"],
    ),
    "kind": Facet("Kind of tool", "kinds", "kinds", kinds, lambda row: row.tool.kind, words=LABELS["kind"]),
    "collection": Facet(
        "CodeCollection", "CodeCollections", "collection", lambda record: record.codecollection.slug,
        lambda row: row.bundle.codecollection.slug,
    ),
    "tag": Facet(
        "Tag", "tags", "tags", lambda record: record.support_tags, lambda row: row.bundle.support_tags, folder="tags",
    ),
    "resource": Facet(
        "Resource type", "resource types", "resources", lambda record: record.configuration_type.resource_types,
        folder="resource-types",
    ),
    "data": Facet(
        "Data", "kinds of data", "data", lambda record: list(record.data_classifications), words=LABELS["data"],
    ),
    "credential": Facet(
        "Credential", "", "credentials", lambda record: any(secret.required for secret in record.secrets),
        words=LABELS["credential"],
    ),
    "tests": Facet("Tests", "", "tests", lambda record: record.tests.values, words=LABELS["tests"]),
    "maintained_by": Facet(
        "Maintained by", "maintainers", "maintained_by", lambda record: record.codecollection.maintained_by,
        lambda row: row.bundle.codecollection.maintained_by,
    ),
    "author": Facet("Author", "authors", "author", lambda record: record.author, folder="authors"),
}  # fmt: skip
# Those whose values have pages, and the folder of these.
FOLDERS = {name: facet.folder for name, facet in FACETS.items() if facet.folder}


def searched_facets() -> dict[str, str]:
    """Return the facets of the lists that the search has too, each with its name there."""
    names = {name: _SEARCHED_AS.get(name, name) for name in FACETS}
    return {name: known for name, known in names.items() if known in SEARCHED}


def script_facts(names: Mapping[str, str]) -> dict[str, object]:
    """Return the facts that the pages' scripts share with the build, so that none of them is written twice.

    They are the facets, the labels of their values and of changes, and how dates and variables in titles are written.
    `names` are the collections' by slug.
    """
    words = {"collection": names}
    return {
        "facets": {
            name: {
                "label": facet.label,
                "several": facet.several,
                "key": facet.key,
                "of_tool": facet.of_tool is not None,
                "words": dict(words.get(name, facet.words)),
            }
            for name, facet in FACETS.items()
        },
        "searched": searched_facets(),
        "access_sources": LABELS["access_source"],
        "kinds_of_kubernetes": KINDS_OF_KUBERNETES,
        "months": MONTHS,
        "variable": VARIABLE.pattern,
        "change": LABELS["change"],
    }


class Group(NamedTuple, Generic[Item]):
    """The bundles or tools with one value, in their original order.

    `value` has the commonest spelling. `path` is the folder of its page below the site, None where it has none.
    """

    value: str
    items: Sequence[Item]
    path: str | None = None


def group_items(items: Iterable[Item], values_of: Callable[[Item], Iterable[str]]) -> list[Group[Item]]:
    """Return a group for each value, ignoring case, the largest first."""
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
    """Return the groups of platforms, each with whether it is a kind of Kubernetes: those come below it."""
    home = next((place for place, group in enumerate(groups) if group.value == "Kubernetes"), None)
    ranked = []
    for place, group in enumerate(groups):
        under = home is not None and group.value in KINDS_OF_KUBERNETES
        ranked.append((home if under else place, under, place, group))
    return [(group, under) for _, under, _, group in sorted(ranked)]


class Filter(NamedTuple, Generic[Item]):
    """A facet as a filter of a list: its commonest values, each with whether it is nested, and the number of all
    values.
    """

    facet: str
    values: Sequence[tuple[Group[Item], bool]]
    number: int


def filters(items: Sequence[Item], facets: Mapping[str, Callable[[Item], Iterable[str]]]) -> list[Filter[Item]]:
    """Return the filters of a list of these items."""
    result = []
    for facet, values_of in facets.items():
        groups = group_items(items, values_of)
        ranked = nested(groups) if facet == "platform" else [(group, False) for group in groups]
        result.append(Filter(facet, ranked[: _SHOWN + sum(under for _, under in ranked)], len(groups)))
    return result


def with_pages(groups: Sequence[Group[Item]], folder: str, least: int = _LARGE) -> list[Group[Item]]:
    """Return the groups with the paths of their pages: those of `least` items have one, and no two have the same."""
    shown = [group for group in groups if len(group.items) >= least]
    uses = Counter(_slug(group.value) for group in shown)
    paths = {}
    for group in shown:
        slug, folded = _slug(group.value), group.value.casefold()
        if slug in ("", "page") or is_reserved(slug) or (uses[slug] > 1 and slug != folded):
            slug = f"{slug}~{hashlib.sha256(folded.encode('utf-8', 'replace')).hexdigest()[:12]}"
        paths[folded] = f"{folder}/{slug}/"
    return [group._replace(path=paths.get(group.value.casefold())) for group in groups]


def _slug(value: str) -> str:
    """Return the part of a third-party text that can stand in an address: never a `~`, a `/`, or a dot in front."""
    plain = unicodedata.normalize("NFKD", value.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9._]+", "-", plain)[:_LONGEST_SLUG].strip("-._")


def filtered(facet: str, value: str) -> str:
    """Return the address below the site's root of the list filtered by this value."""
    return f"codebundles/?{facet}={quote(value, safe='', errors='replace')}"


class Places:
    """The pages of all groups, for links from elsewhere: `{{ root }}{{ place("tag", "EC2") }}`."""

    def __init__(self, records: Sequence[CodeBundleRecord]) -> None:
        self.groups = {
            facet: with_pages(group_items(records, FACETS[facet].values), folder) for facet, folder in FOLDERS.items()
        }
        self._paths = {
            (facet, group.value.casefold()): group.path for facet, groups in self.groups.items() for group in groups
        }

    def __call__(self, facet: str, value: str) -> str:
        """Return the address below the site's root: of the value's own page, otherwise of the list filtered by it."""
        return self._paths.get((facet, value.casefold())) or filtered(facet, value)
