"""What since means."""

import pytest

from search_fn.index.since import read_since, read_tags, since_hint

TAGS = {
    "harbor": {"2.0": "2026-03-01T08:00:00Z", "1.0": "2025-12-01T08:00:00Z"},
    "quay": {"2.0": "2026-04-01T08:00:00Z", "v@1": "2026-01-01T08:00:00Z"},
}


@pytest.mark.parametrize("said", ["2026", "2026-03", "2026-03-01", "2026-03-01T08:00:00Z"])
def test_a_date_is_that_of_all_collections(said: str) -> None:
    since = read_since(said, TAGS)
    assert since is not None
    assert {since.bound(slug) for slug in ("harbor", "quay", "none")} == {said}


def test_a_tag_is_that_of_its_collections_and_what_is_later_counts() -> None:
    since = read_since("2.0", TAGS)
    assert since is not None
    assert since.bound("none") is None
    for slug, date in (("harbor", "2026-03-01T08:00:00Z"), ("quay", "2026-04-01T08:00:00Z")):
        bound = since.bound(slug)
        assert bound is not None
        assert date < bound <= f"{date[:-1]}~"


@pytest.mark.parametrize(("said", "slug"), [("harbor@2.0", "harbor"), ("quay@v@1", "quay"), ("v@1", "quay")])
def test_a_tag_may_name_its_collection(said: str, slug: str) -> None:
    since = read_since(said, TAGS)
    assert since is not None
    assert [one for one in TAGS if since.bound(one)] == [slug]


@pytest.mark.parametrize("said", ["", "2026-13-01", "2026-02-32", "yesterday", "3.0", "harbor@3.0", "none@2.0", "'--"])
def test_what_is_neither_is_none_and_what_there_is_can_be_named(said: str) -> None:
    assert read_since(said, TAGS) is None
    assert "harbor@2.0" in since_hint(TAGS)
    assert "no releases" in since_hint({})


def test_tags_are_read_from_the_lists_of_releases() -> None:
    documents = {"collections/harbor/releases": '{"releases":[{"tag":"2.0","date":"d"}],"unreleased":{}}'}
    assert read_tags(documents, ["harbor", "quay"]) == {"harbor": {"2.0": "d"}}
