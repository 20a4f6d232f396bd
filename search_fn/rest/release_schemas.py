"""What the stored documents on versions look like: releases, changes, names that are gone, upstream's versions."""

from typing import Any, Literal

from pydantic import Field

from search_fn.rest.stored import Effect, InParts, Kind, Level, Stored

ChangeKind = Literal[
    "variable-added", "variable-removed", "variable-renamed", "default-changed", "required-changed", "enum-changed",
    "secret-added", "secret-removed", "tool-added", "tool-removed", "tool-renamed", "access-changed", "effect-changed",
    "permissions-changed", "resource-types-changed", "rules-changed", "platforms-changed", "text-changed",
]  # fmt: skip


class Rename(Stored):
    """The id of a CodeBundle before and after."""

    origin: str = Field(alias="from")
    to: str


class FactChange(Stored):
    """One fact of a CodeBundle that a release changed."""

    kind: ChangeKind
    name: str | None
    """The variable, secret or tool (the new name of a renamed one), the file of rules, or the place of a text in the
    record; null where it is the CodeBundle itself."""
    before: Any
    """As the record had it, null where there was none."""
    after: Any
    """As the record has it, null where there is none."""
    breaking: bool
    """Whether who uses it may have to do something."""


class BundleChange(Stored):
    """What a release changed of a CodeBundle that was there before, what breaks first."""

    bundle: str
    files_changed: int
    """Files of its folder that came, went or have other content."""
    because: str | None
    """From where a fact comes to differ though no file of it changed, or why nothing is told."""
    changes: list[FactChange]


class Release(InParts):
    """What a tag changed since the next older tag of another commit."""

    tag: str
    date: str
    commit: str
    before: str | None
    """Null of the first: all that it has was added."""
    added: list[str]
    removed: list[str]
    renamed: list[Rename]
    changed: list[BundleChange]


class ReleaseSummary(Stored):
    """A release with the ids of what it changed."""

    tag: str | None
    """Null of what is not released yet."""
    date: str
    commit: str
    before: str | None
    added: list[str]
    removed: list[str]
    changed: list[str]
    renamed: list[Rename]
    breaking: bool
    """Whether a CodeBundle is gone or has another name, or a fact breaks."""


class Unreleased(ReleaseSummary):
    """What lies between the newest tag and the catalogued commit."""

    details: list[BundleChange]


class ReleaseList(InParts):
    """All tags that the catalogued ref contains, newest first."""

    releases: list[ReleaseSummary]
    unreleased: Unreleased


class ChangeEntry(Stored):
    """What one release did to one CodeBundle."""

    date: str
    collection: str
    tag: str | None
    """Null of what is not released yet."""
    commit: str
    bundle: str
    what: Literal["added", "removed", "renamed", "changed"]
    renamed_from: str | None
    breaking: bool
    files_changed: int
    because: str | None
    changes: list[FactChange]


class ChangeList(InParts):
    """The latest changes over all CodeCollections, newest first; `total_count` is how many there are in all."""

    changes: list[ChangeEntry]
    total_count: int


class MovedTo(Stored):
    """What became of an id that no CodeBundle has any more."""

    to: str | None
    """The CodeBundle which it was renamed, over however many names; null where it was removed."""
    commit: str
    date: str
    subject: str


class RemovedTool(Stored):
    """A tool of a CodeBundle that was removed."""

    kind: Kind
    name: str
    title: str


class Removed(Stored):
    """A CodeBundle that was removed, as it was last."""

    id: str
    collection: str
    title: str
    description: str
    author: str | None
    platforms: list[str]
    access_level: Level
    effect: Effect
    tools: list[RemovedTool]
    variables: list[str]
    secrets: list[str]
    commit: str
    """The one that removed it."""
    date: str
    subject: str
    last_commit: str
    """The one before."""
    last_tag: str | None
    """The newest release that has it."""
    source_url: str
    nearest: list[str]
    """Ids of the CodeBundles that are most like it."""


class RemovedList(InParts):
    """The CodeBundles that were removed."""

    removed: list[Removed]
    total_count: int


class VersionSummary(Stored):
    """A tag of a CodeCollection, or the ref that is catalogued."""

    version_name: str
    display_name: str
    description: str | None
    version_type: Literal["tag", "branch", "main"]
    git_ref: str
    commit_hash: str | None
    is_latest: bool
    is_prerelease: bool
    version_date: str | None
    synced_at: str | None
    is_active: bool
    codebundle_count: int


class Version(VersionSummary, InParts):
    """A version with the slugs of its CodeBundles, and of those that came, changed and went with it."""

    codebundles: list[str]
    added: list[str]
    modified: list[str]
    removed: list[str]


class CollectionWithVersions(Stored):
    """A CodeCollection with its newest versions."""

    slug: str
    name: str
    description: str
    git_url: str
    owner: str
    version_count: int
    versions: list[VersionSummary]
