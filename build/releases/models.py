"""The published documents on a collection's releases, as frozen values: tags, their changes, and the fate of names.

JSON is made of them where they leave the build, in the order of their fields. Ids are `<collection>/<bundle>`, dates
are text as JSON has it: `2026-05-09T09:13:04Z`.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, JsonValue
from typing_extensions import TypedDict

from build.model import AccessLevel, Effect, Kind, Value

ChangeKind = Literal[
    "variable-added", "variable-removed", "variable-renamed", "default-changed", "required-changed", "enum-changed",
    "secret-added", "secret-removed", "tool-added", "tool-removed", "tool-renamed", "access-changed", "effect-changed",
    "permissions-changed", "resource-types-changed", "rules-changed", "platforms-changed", "text-changed",
]  # fmt: skip
WhatHappened = Literal["added", "removed", "renamed", "changed"]

Rename = TypedDict("Rename", {"from": str, "to": str})
"""The id of a bundle before and after; the one `from` which it came is gone."""


class FactChange(Value):
    """One fact of a bundle that a release changed.

    `name` is of what changed: a variable, secret or tool (the new name of a renamed one), the file of rules, the place
    of a text in the record (`readme`, `tools[NAME].documentation`); None where it is the bundle itself. `before` and
    `after` are the fact as the record has it, None where there was or is none: the default of a variable, the names of
    a renamed one, sorted lists of permissions, resource types and platforms. Of what was added `after` says what a
    reader must know of it, `{"required": …, "default": …}` of a variable, `{"required": …}` of a secret, `{"kind": …,
    "access": …}` of a tool; of what was removed `before` does. Long texts are cut, those of a README left out.
    """

    kind: ChangeKind
    name: str | None
    before: JsonValue
    after: JsonValue
    breaking: bool


class BundleChange(Value):
    """What a release changed of one bundle that was there before, breaking changes first.

    `files_changed` counts the files of its folder that came, went or have other content; without any, `because` says
    from where a fact comes to differ (a keyword library, say). It also says why nothing is told of a bundle that could
    not be read before or after.
    """

    bundle: str
    files_changed: int
    because: str | None
    changes: tuple[FactChange, ...]

    @property
    def breaking(self) -> bool:
        return any(change.breaking for change in self.changes)


class Release(Value):
    """What a tag changed since `before`, the next older tag of another commit: `releases/<tag>.json`.

    Without `before` it is the first, and all that it has was added. `added`, `removed` and `renamed` have no bundle in
    common; a renamed one is among the `changed`, by its new id, where it changed too. `tag` is None for what lies
    between the last tag and the catalogued commit, which is `commit`.
    """

    tag: str | None
    date: str
    commit: str
    before: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[Rename, ...]
    changed: tuple[BundleChange, ...]

    @property
    def breaking(self) -> bool:
        """Return whether users of the bundles of `before` may have to do something: a bundle is gone or
        renamed, or a fact breaks.
        """
        return bool(self.removed or self.renamed) or any(change.breaking for change in self.changed)

    @property
    def is_empty(self) -> bool:
        """Return whether no bundle changed."""
        return not (self.added or self.removed or self.renamed or self.changed)


class ReleaseSummary(Value):
    """A release in `releases.json`: `changed` are the ids alone."""

    tag: str | None
    date: str
    commit: str
    before: str | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    renamed: tuple[Rename, ...]
    breaking: bool


class Unreleased(ReleaseSummary):
    """The same of what no tag has yet, with the facts in `details`: there is no other document that has them."""

    details: tuple[BundleChange, ...]


class ReleaseList(Value):
    """`releases.json` of a collection: every tag that the catalogued ref contains, newest first."""

    releases: tuple[ReleaseSummary, ...]
    unreleased: Unreleased


class ChangeEntry(Value):
    """What one release did to one bundle, in `changes.json`; `tag` is None for what is not released yet.

    `bundle` is its id, of a removed one the last; `renamed_from` the id before, of a renamed one alone.
    """

    date: str
    collection: str
    tag: str | None
    commit: str
    bundle: str
    what: WhatHappened
    renamed_from: str | None
    breaking: bool
    files_changed: int
    because: str | None
    changes: tuple[FactChange, ...]


class ChangeList(Value):
    """`changes.json`: the latest over all collections, newest first; `total_count` is how many there are in all."""

    changes: tuple[ChangeEntry, ...]
    total_count: int


class Moved(Value):
    """What became of an id that no bundle has any more: the living bundle `to` which it was renamed, over however many
    names, or None where it was removed; and the commit that did it.
    """

    to: str | None
    commit: str
    date: str
    subject: str


class RemovedTool(Value):
    """A tool of a bundle that was removed."""

    kind: Kind
    name: str
    title: str


class Removed(Value):
    """A bundle that was removed, as it was last, in `removed.json`.

    `commit`, `date` and `subject` are of the commit that removed it, `last_commit` is the one before, at which
    `source_url` shows it, `last_tag` the newest release that has it. `title` alone is known of one that cannot be read.
    `nearest` are the ids of living bundles that are most like it, the best first.
    """

    id: str
    collection: str
    title: str
    description: str
    author: str | None
    platforms: tuple[str, ...]
    access_level: AccessLevel
    effect: Effect
    tools: tuple[RemovedTool, ...]
    variables: tuple[str, ...]
    secrets: tuple[str, ...]
    commit: str
    date: str
    subject: str
    last_commit: str
    last_tag: str | None
    source_url: str
    nearest: tuple[str, ...] = ()


class RemovedList(Value):
    """`removed.json`: the bundles of all collections that were removed, by id."""

    removed: tuple[Removed, ...]
    total_count: int


class Since(Value):
    """The first tag that has a bundle by its name, and each of its tools (by kind, then name) and variables; None what
    no tag has yet.
    """

    bundle: str | None = None
    tools: dict[Kind, dict[str, str | None]] = Field(default_factory=dict)
    variables: dict[str, str | None] = Field(default_factory=dict)


NO_TAG = Since()
"""Of a bundle that no tag has."""


class CollectionReleases(Value):
    """All that is known of one collection's versions.

    `releases` are newest first; `moved` is by the ids that are gone, `removed` has those of them that lead nowhere,
    by id, and `since` is by the names of the living bundles.
    """

    slug: str
    releases: tuple[Release, ...] = ()
    unreleased: Release
    moved: dict[str, Moved] = Field(default_factory=dict)
    removed: tuple[Removed, ...] = ()
    since: dict[str, Since] = Field(default_factory=dict)

    def all_newest_first(self) -> Iterator[Release]:
        """Yield the unreleased changes, where there are any, then the releases."""
        if not self.unreleased.is_empty:
            yield self.unreleased
        yield from self.releases
