"""The documents of the static API on versions: releases, changes, names that are gone, and upstream's versions."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from build.catalogue.catalogue import Catalogue
from build.model import Value
from build.releases.models import (
    ChangeEntry,
    ChangeList,
    CollectionReleases,
    Moved,
    Release,
    ReleaseList,
    ReleaseSummary,
    Removed,
    RemovedList,
    Unreleased,
    WhatHappened,
)
from search_fn.index.facts import CollectionFacts

LATEST = 500
"""As many changes are in `changes.json`."""

_MOST_VERSIONS = 10
# As upstream tells a release before its time by its name.
_PRERELEASE = re.compile(r"(?<![a-z])(?:alpha|beta|rc|pre|preview|prerelease|dev|snapshot)(?![a-z])", re.IGNORECASE)
_DETAILS = {"codebundles", "added", "modified", "removed"}


class Version(Value):
    """A tag or the catalogued ref, as upstream lists versions, with the slugs of its bundles and of those that it
    changed.
    """

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
    codebundles: tuple[str, ...]
    added: tuple[str, ...]
    modified: tuple[str, ...]
    removed: tuple[str, ...]


def release_documents(catalogue: Catalogue) -> dict[str, object]:
    """Return each document by its path below the API, without the ending. A tag's slashes are those of its path."""
    documents: dict[str, object] = {
        "changes": changes(catalogue),
        "moved": moved_ids(catalogue),
        "removed": removed_bundles(catalogue),
        "registry/collections-with-versions": [
            _with_versions(facts, catalogue.releases.get(facts.slug)) for facts in catalogue.collections
        ],
    }
    for facts in catalogue.collections:
        own = catalogue.releases.get(facts.slug)
        at = f"registry/collections/{facts.slug}"
        result = versions(facts, own)
        documents[f"{at}/versions"] = [version.model_dump(mode="json", exclude=_DETAILS) for version in result]
        if latest := next((version for version in result if version.is_latest), None):
            documents[f"{at}/latest-version"] = latest.model_dump(mode="json", exclude=_DETAILS)
        documents |= {f"{at}/versions/{version.version_name}": version for version in result}
        if own:
            documents[f"collections/{facts.slug}/releases"] = release_list(own)
            documents |= {f"collections/{facts.slug}/releases/{release.tag}": release for release in own.releases}
    return documents


def release_list(own: CollectionReleases) -> ReleaseList:
    """Return the releases of a collection, newest first, without the facts of what is released."""
    return ReleaseList(
        releases=tuple(summary(release) for release in own.releases),
        unreleased=Unreleased(**dict(summary(own.unreleased)), details=own.unreleased.changed),
    )


def summary(release: Release) -> ReleaseSummary:
    """Return a release with the ids of what changed."""
    return ReleaseSummary(
        tag=release.tag,
        date=release.date,
        commit=release.commit,
        before=release.before,
        added=release.added,
        removed=release.removed,
        changed=tuple(change.bundle for change in release.changed),
        renamed=release.renamed,
        breaking=release.breaking,
    )


def changes(catalogue: Catalogue, most: int = LATEST) -> ChangeList:
    """Return the latest changes of all collections: by date, newest first, in a release by bundle."""
    result = [entry for own in catalogue.releases.values() for entry in entries(own)]
    # `sorted` leaves equals in their order, which is that of the collections and their releases.
    result.sort(key=lambda entry: entry.date, reverse=True)
    return ChangeList(changes=tuple(result[:most]), total_count=len(result))


def entries(own: CollectionReleases) -> Iterator[ChangeEntry]:
    """Yield what each release of a collection did to each bundle, newest first; of tags on one commit the oldest
    one's.
    """
    oldest = {release.commit: release for release in own.releases}
    for release in own.all_newest_first():
        if release.tag is None or oldest[release.commit] is release:
            yield from _entries(own.slug, release)


def _entries(slug: str, release: Release) -> list[ChangeEntry]:
    changed = {change.bundle: change for change in release.changed}
    origins = {rename["to"]: rename["from"] for rename in release.renamed}
    what: dict[str, WhatHappened] = {
        **dict.fromkeys(changed, "changed"),
        **dict.fromkeys(release.added, "added"),
        **dict.fromkeys(release.removed, "removed"),
        **dict.fromkeys(origins, "renamed"),
    }
    result = []
    for bundle in sorted(what):
        change = changed.get(bundle)
        result.append(
            ChangeEntry(
                date=release.date,
                collection=slug,
                tag=release.tag,
                commit=release.commit,
                bundle=bundle,
                what=what[bundle],
                renamed_from=origins.get(bundle),
                breaking=what[bundle] in ("removed", "renamed") or bool(change and change.breaking),
                files_changed=change.files_changed if change else 0,
                because=change.because if change else None,
                changes=change.changes if change else (),
            )
        )
    return result


def moved_ids(catalogue: Catalogue) -> dict[str, Moved]:
    """Return the fate of each id that no bundle has any more, by id. A living bundle is never among them."""
    living = {record.id for record in catalogue.records}
    result = {name: one for own in catalogue.releases.values() for name, one in own.moved.items() if name not in living}
    return dict(sorted(result.items()))


def removed_bundles(catalogue: Catalogue) -> RemovedList:
    """Return the bundles that were removed, by id."""
    gone = moved_ids(catalogue)
    result = [one for own in catalogue.releases.values() for one in own.removed if _is_gone(one, gone)]
    return RemovedList(removed=tuple(sorted(result, key=lambda one: one.id)), total_count=len(result))


def _is_gone(one: Removed, gone: dict[str, Moved]) -> bool:
    return one.id in gone and gone[one.id].to is None


def versions(facts: CollectionFacts, own: CollectionReleases | None) -> list[Version]:
    """Return the tags of a collection newest first, then the ref that is catalogued.

    The newest tag that is no preview is the latest; without one it is the ref.
    """
    releases = [release for release in own.releases if release.tag != facts.git_ref] if own else []
    held = _bundles_of_tags(own) if own else {}
    stable = next((release.tag for release in releases if not _is_prerelease(release)), None)
    result = [_version(facts, release, held[release.tag], stable) for release in releases]
    if own:
        last = _version(facts, own.unreleased, held[None], stable)
        kind: Literal["main", "branch"] = "main" if facts.git_ref in ("main", "master") else "branch"
        result.append(last.model_copy(update={"version_type": kind, "is_latest": stable is None}))
    return result


def _version(facts: CollectionFacts, release: Release, held: Sequence[str], stable: str | None) -> Version:
    name = release.tag or facts.git_ref
    return Version(
        version_name=name,
        display_name=name,
        description=None,
        version_type="tag",
        git_ref=name,
        commit_hash=release.commit,
        is_latest=release.tag == stable,
        is_prerelease=_is_prerelease(release),
        version_date=release.date,
        synced_at=facts.commit_date,
        is_active=True,
        codebundle_count=len(held),
        codebundles=_slugs(held),
        added=_slugs([*release.added, *(rename["to"] for rename in release.renamed)]),
        modified=_slugs(change.bundle for change in release.changed),
        removed=_slugs([*release.removed, *(rename["from"] for rename in release.renamed)]),
    )


def _bundles_of_tags(own: CollectionReleases) -> dict[str | None, tuple[str, ...]]:
    """Return the ids of the bundles that each tag has; the key None is the catalogued ref."""
    result: dict[str | None, tuple[str, ...]] = {}
    for release in (*reversed(own.releases), own.unreleased):
        ids = set(result[release.before]) if release.before is not None else set()
        ids -= {*release.removed, *(rename["from"] for rename in release.renamed)}
        ids |= {*release.added, *(rename["to"] for rename in release.renamed)}
        result[release.tag] = tuple(sorted(ids))
    return result


def _slugs(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.partition("/")[2] for name in ids)


def _is_prerelease(release: Release) -> bool:
    return release.tag is not None and _PRERELEASE.search(release.tag) is not None


def _with_versions(facts: CollectionFacts, own: CollectionReleases | None) -> dict[str, object]:
    result = versions(facts, own)
    return {
        "slug": facts.slug,
        "name": facts.name,
        "description": facts.description,
        "git_url": facts.git_url,
        "owner": facts.owner,
        "version_count": len(result),
        "versions": [version.model_dump(mode="json", exclude=_DETAILS) for version in result[:_MOST_VERSIONS]],
    }
