"""The documents on versions: their shapes, what the latest changes are, and that no living bundle is called gone."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from build.catalogue.catalogue import Catalogue
from build.releases.models import CollectionReleases
from build.site.release_documents import changes, entries, moved_ids, release_documents, removed_bundles, versions
from build.storage import canonical
from search_fn.rest import release_schemas as schemas
from tests.support.catalogues import HARBOR, facts, sound
from tests.support.releases import GONE, OLD, change, fact, release, releases_of

BUNDLE = "harbor/pod-bearing"
MODELS: dict[str, Any] = {
    "changes": schemas.ChangeList,
    "moved": dict[str, schemas.MovedTo],
    "removed": schemas.RemovedList,
    "registry/collections-with-versions": list[schemas.CollectionWithVersions],
    "registry/collections/harbor/versions": list[schemas.VersionSummary],
    "registry/collections/harbor/latest-version": schemas.VersionSummary,
    "registry/collections/harbor/versions/2.0": schemas.Version,
    "registry/collections/harbor/versions/main": schemas.Version,
    "collections/harbor/releases": schemas.ReleaseList,
    "collections/harbor/releases/2.0": schemas.Release,
    "collections/harbor/releases/1.0": schemas.Release,
}


@pytest.fixture
def catalogue() -> Catalogue:
    return sound()._replace(releases={"harbor": releases_of(BUNDLE)})


def as_json(value: object) -> Any:
    return json.loads(canonical(value))


@pytest.mark.parametrize("path", MODELS)
def test_every_document_is_as_its_schema_says(path: str, catalogue: Catalogue) -> None:
    value = as_json(release_documents(catalogue)[path])
    adapter = TypeAdapter(MODELS[path])
    assert adapter.dump_python(adapter.validate_python(value), mode="json", by_alias=True) == value


def test_the_releases_of_a_collection(catalogue: Catalogue) -> None:
    made = release_documents(catalogue)
    listed = as_json(made["collections/harbor/releases"])
    assert [(one["tag"], one["before"], one["breaking"]) for one in listed["releases"]] == [
        ("2.0", "1.1", True), ("1.1", "1.0", True), ("1.0", None, False),
    ]  # fmt: skip
    assert set(listed["releases"][0]) == {
        "tag", "date", "commit", "before", "added", "removed", "changed", "renamed", "breaking",
    }  # fmt: skip
    assert listed["releases"][0]["changed"] == [BUNDLE]
    assert listed["releases"][1]["renamed"] == [{"from": OLD, "to": BUNDLE}]
    assert (listed["unreleased"]["tag"], listed["unreleased"]["changed"]) == (None, [BUNDLE])
    whole = as_json(made["collections/harbor/releases/2.0"])
    assert set(whole) == {"tag", "date", "commit", "before", "added", "removed", "renamed", "changed"}
    (changed,) = whole["changed"]
    assert set(changed) == {"bundle", "files_changed", "because", "changes"}
    assert [one["kind"] for one in changed["changes"]] == ["variable-added", "default-changed"]
    assert set(changed["changes"][0]) == {"kind", "name", "before", "after", "breaking"}
    # A collection of which nothing could be read has no releases, and says no more.
    assert "collections/quay/releases" not in made
    assert made["registry/collections/quay/versions"] == []


def test_the_latest_changes_are_those_of_all_collections_newest_first(catalogue: Catalogue) -> None:
    quay = CollectionReleases(
        slug="quay",
        releases=(release("q", "2026-02-15", None, added=["quay/quay_ping"]),),
        unreleased=release(None, "2026-02-15", "q"),
    )
    found = changes(catalogue._replace(releases={**catalogue.releases, "quay": quay}))
    told = [(one.date[:10], one.tag, one.bundle, one.what, one.renamed_from, one.breaking) for one in found.changes]
    assert told == [
        ("2026-03-09", None, BUNDLE, "changed", None, False),
        ("2026-03-01", "2.0", BUNDLE, "changed", None, True),
        ("2026-02-15", "q", "quay/quay_ping", "added", None, False),
        ("2026-02-01", "1.1", GONE, "removed", None, True),
        ("2026-02-01", "1.1", BUNDLE, "renamed", OLD, True),
        ("2025-12-01", "1.0", GONE, "added", None, False),
        ("2025-12-01", "1.0", OLD, "added", None, False),
    ]
    assert found.total_count == len(told)
    few = changes(catalogue, most=2)
    assert (len(few.changes), few.total_count) == (2, 6)


def test_what_several_tags_of_one_commit_brought_is_told_once() -> None:
    own = releases_of(BUNDLE)
    again = own.releases[2].model_copy(update={"tag": "1.0-again", "date": "2025-12-02T08:00:00Z"})
    doubled = own.model_copy(update={"releases": (*own.releases[:2], again, own.releases[2])})
    assert list(entries(doubled)) == list(entries(own))


def test_a_living_bundle_is_never_gone(catalogue: Catalogue) -> None:
    assert set(moved_ids(catalogue)) == {OLD, GONE}
    assert [one.id for one in removed_bundles(catalogue).removed] == [GONE]
    record = catalogue.records[0].model_copy(update={"id": GONE})
    again = catalogue._replace(records=[*catalogue.records, record])
    assert set(moved_ids(again)) == {OLD}
    assert removed_bundles(again).removed == ()


@pytest.mark.parametrize(
    ("tags", "latest"),
    [(["v2-rc1", "v1"], "v1"), (["2.0.0-beta", "1.0.0-alpha.1"], "main"), (["pypi-2026.03.25.1"], "pypi-2026.03.25.1"),
     (["arch-1", "v0"], "arch-1"), ([], "main"), (["main", "v1"], "v1")],
)  # fmt: skip
def test_the_latest_version_is_no_preview(tags: list[str], latest: str) -> None:
    releases = tuple(release(tag, "2026-01-01", None, added=[BUNDLE]) for tag in tags)
    own = CollectionReleases(slug="harbor", releases=releases, unreleased=release(None, "2026-01-01", None))
    found = versions(facts(HARBOR, bundles=1, tools=1), own)
    assert [one.version_name for one in found if one.is_latest] == [latest]
    # A branch of a tag's name is the one that is catalogued.
    assert len({one.version_name for one in found}) == len(found)


def test_a_version_has_the_bundles_that_the_releases_before_it_left(catalogue: Catalogue) -> None:
    own = catalogue.releases["harbor"]
    changed = own.unreleased.model_copy(
        update={"added": ("harbor/new",), "changed": (change(BUNDLE, fact("tool-added", "x")),)}
    )
    found = versions(catalogue.collections[0], own.model_copy(update={"unreleased": changed}))
    assert [(one.version_name, one.codebundles) for one in found] == [
        ("2.0", ("pod-bearing",)), ("1.1", ("pod-bearing",)), ("1.0", ("gone", "pod-old")),
        ("main", ("new", "pod-bearing")),
    ]  # fmt: skip
    assert (found[1].added, found[1].removed) == (("pod-bearing",), ("gone", "pod-old"))
    assert (found[3].added, found[3].modified) == (("new",), ("pod-bearing",))
