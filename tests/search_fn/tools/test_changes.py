"""What changed since a date or a release, from the same files as pages and feeds; and since as a filter."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from build.catalogue.catalogue import Catalogue
from build.releases.models import CollectionReleases
from build.site.release_documents import changes, release_documents
from build.storage import canonical
from search_fn.rest.application import create_app
from search_fn.tools.changes import changes_text
from tests.support.made_up import facts_of, records, settings_for, write_made_up_index
from tests.support.mcp_messages import call
from tests.support.releases import releases_of
from tests.support.serving import serving
from tests.support.tool_calls import data, error, ids, text

_SLUG = "beacon-codecollection"
PODS = f"{_SLUG}/k8s-pod-restarts"


def beacon(own: CollectionReleases) -> CollectionReleases:
    """Releases of Harbor as those of Beacon."""
    text = own.model_dump_json().replace("harbor/", f"{_SLUG}/").replace('"harbor"', f'"{_SLUG}"')
    return CollectionReleases.model_validate_json(text)


OWN = beacon(releases_of("harbor/k8s-pod-restarts"))
CATALOGUE = Catalogue("id", None, facts_of(), records(), [], releases={_SLUG: OWN})


@pytest.fixture(scope="module", params=["changes", "releases"])
def changing(
    request: pytest.FixtureRequest, encoder_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    """A function whose index has releases: all their changes are in one file, or too many for it."""
    made = release_documents(CATALOGUE)
    if request.param == "releases":
        made["changes"] = changes(CATALOGUE, 1)
    folder = tmp_path_factory.mktemp("changing") / "index_data"
    dates = {PODS: "2026-03-09T08:00:00Z"}
    write_made_up_index(
        folder, encoder_path, records(), more={path: canonical(value) for path, value in made.items()}, changed=dates
    )
    with serving(create_app(settings_for(folder))) as client:
        yield client


def told(api: httpx2.Client, **arguments: object) -> list[tuple[str | None, str, str]]:
    found = data(api, "what_changed", **arguments)
    assert found["total"] == len(found["changes"])
    return [(one["tag"], one["bundle"].split("/")[1], one["what"]) for one in found["changes"]]


_ALL = [
    (None, "k8s-pod-restarts", "changed"),
    ("2.0", "k8s-pod-restarts", "changed"),
    ("1.1", "gone", "removed"),
    ("1.1", "k8s-pod-restarts", "renamed"),
    ("1.0", "gone", "added"),
    ("1.0", "pod-old", "added"),
]


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2020", _ALL), ("2026-02-01", _ALL[:4]), ("2026-03", _ALL[:2]), ("1.1", _ALL[:2]), (f"{_SLUG}@2.0", _ALL[:1]),
        ("2030-01-01", []),
    ],
)  # fmt: skip
def test_since_a_date_or_a_release(changing: httpx2.Client, since: str, expected: list[object]) -> None:
    assert sorted(told(changing, since=since), key=str) == sorted(expected, key=str)


def test_of_a_bundle_under_all_its_names(changing: httpx2.Client) -> None:
    own = [one for one in _ALL if one[1] != "gone"]
    for name in ("k8s-pod-restarts", PODS, "k8s_pod_restarts", "pod-old", f"{_SLUG}/pod-old"):
        assert told(changing, since="2020", codebundle=name) == own
    assert [one[2] for one in told(changing, since="2020", codebundle="gone")] == ["removed", "added"]


def test_only_what_breaks(changing: httpx2.Client) -> None:
    assert {one[2] for one in told(changing, since="2020", breaking=True)} == {"changed", "removed", "renamed"}
    assert told(changing, since="2.0", breaking=True) == []


def test_pages_are_the_whole(changing: httpx2.Client) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = data(changing, "what_changed", since="2020", max_results=4, cursor=cursor)
        assert page["total"] == len(_ALL)
        found += page["changes"]
        cursor = page["next_cursor"]
    assert found == data(changing, "what_changed", since="2020")["changes"]


def test_its_text_names_the_facts(changing: httpx2.Client) -> None:
    said = text(call(changing, "what_changed", {"since": "2.0", "codebundle": "pod-old"}))
    assert "not released yet" in said
    said = text(call(changing, "what_changed", {"since": "1.1"}))
    assert "breaking: variable added `PLACE`" in said


@pytest.mark.parametrize(
    ("arguments", "there_is"),
    [
        ({"since": "yesterday"}, f"{_SLUG}@2.0"),
        ({"since": "9.9"}, "2026-08-01"),
        ({"since": "2026", "collection": "docks"}, "anchor-codecollection"),
        ({"since": "2026", "codebundle": "pod-restarts"}, PODS),
    ],
)
def test_what_is_not_there_is_named_with_what_there_is(
    changing: httpx2.Client, arguments: dict[str, str], there_is: str
) -> None:
    said = error(changing, "what_changed", **arguments)
    assert there_is in said


def test_since_filters_what_is_found_and_listed(changing: httpx2.Client) -> None:
    for asked in ({"since": "2.0"}, {"since": "2026-03-09"}):
        found = changing.get("/api/v1/search", params={"q": "pods", "collection": _SLUG, **asked}).json()
        assert PODS in ids(found)
        listed = changing.get("/api/v1/codebundles", params={"collection": _SLUG, **asked}).json()
        assert PODS in [one["id"] for one in listed["codebundles"]]
        assert PODS in ids(data(changing, "find_codebundle", query="pods", **asked))
        assert PODS in ids(data(changing, "list_codebundles", collection_slug=_SLUG, **asked))
    later = changing.get("/api/v1/search", params={"q": "pods", "since": "2031"}).json()
    assert later["results"] == []
    odd = changing.get("/api/v1/search", params={"q": "pods", "since": "yesterday"}).json()
    assert (odd["total"], len(odd["notes"])) == (0, 1)
    assert f"{_SLUG}@2.0" in odd["notes"][0]


def test_a_strangers_text_is_text() -> None:
    own = beacon(releases_of("harbor/k8s-pod-restarts", "<b>*x*\n# y</b>"))
    entries = changes(CATALOGUE._replace(releases={_SLUG: own})).model_dump(mode="json")["changes"]
    said = changes_text({"changes": entries, "total": 1, "since": "2026", "notice": "n", "notes": []})
    # Names stand in code spans as they are.
    assert "<b>" not in re.sub(r"(`+).+?\1", "", said)
    assert "\n# y" not in said
