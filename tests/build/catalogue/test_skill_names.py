"""Names of skills: valid, unique, and stable while collections are added."""

import re

import pytest

from build.catalogue.models import CodeBundleRecord
from build.catalogue.record import record
from build.catalogue.skill_names import MAX_NAME, REGISTRY, skill_names
from build.model import Bundle, Collection
from tests.support.catalogues import entry

# https://agentskills.io/specification#name-field
VALID = re.compile(r"(?!.*--)[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


def made(*ids: str) -> list[CodeBundleRecord]:
    found = []
    for one in ids:
        slug, _, bundle = one.partition("/")
        collection = Collection(name=slug, slug=slug, git_url=f"https://github.com/o/{slug}")
        # A name of nothing is none that git has; a hostile record may have it all the same.
        found.append(record(entry(Bundle(name=bundle), collection)))
    return found


def names(*ids: str) -> dict[str, str]:
    return skill_names(dict.fromkeys(one.partition("/")[0] for one in ids), made(*ids))


@pytest.mark.parametrize(
    ("bundle", "name"),
    [
        ("k8s-pod", "k8s-pod"), ("K8s_Pod", "k8s-pod"), ("a", "a"), ("7", "7"), ("x" * 64, "x" * 64), ("null", "null"),
        ("a.b", "cli-a-b-********"), ("a--b", "cli-a-b-********"), ("a-", "cli-a-********"), ("-a", "cli-a-********"),
        ("x" * 65, f"cli-{'x' * 51}-********"), ("a__b", "cli-a-b-********"), ("...", "cli-********"),
        ("ä", "cli-********"), ("", "cli-********"), ("a\nb", "cli-a-b-********"), ("٣", "cli-********"),
        (REGISTRY, f"cli-{REGISTRY}"),
    ],
)  # fmt: skip
def test_a_name_is_the_bundles_own_where_it_may_be(bundle: str, name: str) -> None:
    (found,) = names(f"cli-codecollection/{bundle}").values()
    assert re.fullmatch(name.replace("********", "[0-9a-f]{8}"), found)
    assert VALID.fullmatch(found)


def test_what_several_collections_have_is_the_firsts() -> None:
    found = names("cli-codecollection/k8s-pod", "a-codecollection/k8s_pod", "b/k8s-pod")
    assert list(found.values()) == ["k8s-pod", "a-k8s-pod", "b-k8s-pod"]


def test_a_collection_that_is_added_takes_no_name_away() -> None:
    ids = ["c/pod", "c/a-pod", "d/pod", "d/x.y"]
    before = names(*ids)
    after = names(*ids, "a/pod", "a/d-pod", "a/c-pod", "a/x.y", "a/A_pod")
    assert {one: after[one] for one in before} == before


def test_equal_beginnings_and_taken_prefixes_are_told_apart() -> None:
    long = "x" * 70
    ids = [f"c/{long}1", f"c/{long}2", "c/pod", "d/pod", "e/d-pod", "d/d.pod", "d/d..pod", "d/D_pod"]
    found = names(*ids)
    assert len(set(found.values())) == len(ids)
    assert all(len(name) <= MAX_NAME and VALID.fullmatch(name) for name in found.values())
    # Whatever order the records come in.
    assert skill_names(["c", "d", "e"], reversed(made(*ids))) == found
