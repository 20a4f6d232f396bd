"""Where the pages of releases are, whatever a tag is called."""

import pytest

from build.site.release_places import release_path, shown_tag, versions_of
from tests.support.catalogues import sound
from tests.support.releases import GONE, OLD, releases_of


@pytest.mark.parametrize(
    ("tag", "path"),
    [("2026-08-17.1", "2026-08-17.1"), ("v1/2", "v1/2"), ("v1.0+x@y", "v1.0+x@y"), (None, "unreleased")],
)
def test_a_tag_is_its_own_address(tag: str | None, path: str) -> None:
    assert release_path("harbor", tag) == f"collections/harbor/releases/{path}/"


@pytest.mark.parametrize(
    "tag", ["unreleased", "index.md", "a/index", "con", "ü", "a" * 300, "<b>", "a%2Fb", "a'b", "x.html", "release#1"]
)
def test_what_could_be_something_else_is_a_hash(tag: str) -> None:
    path = release_path("harbor", tag)
    assert "~" in path
    assert path != release_path("harbor", f"{tag}x")
    assert len(path) < 120
    assert path.isascii()


def test_what_became_of_ids() -> None:
    versions = versions_of(sound()._replace(releases={"harbor": releases_of("harbor/pod-bearing")}))
    assert versions.living(OLD) == "harbor/pod-bearing"
    assert versions.living(GONE) is None
    assert versions.living("quay/quay_ping") == "quay/quay_ping"
    assert set(versions.removed) == {GONE}
    assert shown_tag(None) != shown_tag("x") == "x"
