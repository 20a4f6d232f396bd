"""The image that the page of a release names, and where it names none."""

import re

import pytest

from build.images.documents import image_catalogue
from build.images.state import ImageState
from build.site.pages import render_pages
from build.site.release_images import ImageDetails, image_of
from tests.support.catalogues import HARBOR, html_of, sound
from tests.support.images import images
from tests.support.releases import release, releases_of

DIGEST = "sha256:1"


def details(*tags: str, problem: str | None = None) -> ImageDetails:
    """What is known of Harbor's images."""
    return image_catalogue([HARBOR], ImageState(collections=(images("harbor", *tags, problem=problem),))).details


def page(tag: str, known: ImageDetails) -> str:
    catalogue = sound()._replace(releases={"harbor": releases_of("harbor/pod-bearing")})
    made = dict(render_pages(catalogue, html_of, search_url="", images=known))
    return made[f"collections/harbor/releases/{tag}/index.md"]


def shown(text: str, part: str) -> str | None:
    """What a part of the page says; None where it is hidden or not there."""
    found = re.search(rf"data-{part}(?: hidden)?>([^<]*)<", text)
    return found[1] if found and f"data-{part} hidden" not in text else None


def test_a_release_names_its_image_and_what_leads_to_it() -> None:
    text = page("2.0", details("main-ccccccc-1234567", "1.1-eeeeeee-1234567", "2.0-ddddddd-1234567"))
    assert shown(text, "address") == "r/harbor:2.0-ddddddd-1234567"
    assert shown(text, "pinned") == f"r/harbor@{DIGEST}"
    assert (shown(text, "built"), shown(text, "runtime"), shown(text, "pointers")) == ("ddddddd", "1234567", "stable")
    assert shown(text, "other") is None
    # For what changes before the next build.
    assert 'data-image="../../../../api/v1/catalog/codecollections/harbor.json" data-ref="2.0"' in text
    assert '\nscript: "image"\n' in text


def test_what_is_not_released_has_the_latest_image() -> None:
    text = page("unreleased", details("main-ccccccc-1234567"))
    assert (shown(text, "address"), shown(text, "pointers")) == ("r/harbor:main-ccccccc-1234567", "latest, stable")


def test_a_release_without_an_image_says_so_and_invents_none() -> None:
    text = page("1.0", details("main-ccccccc-1234567"))
    assert shown(text, "none") == "No image of this release is known."
    assert "data-known hidden" in text
    assert "r/harbor" not in text


@pytest.mark.parametrize("known", [{}, details()])
def test_a_collection_without_images_has_no_such_section(known: ImageDetails) -> None:
    text = page("2.0", known)
    assert "data-image" not in text
    assert "\nscript:" not in text


def test_an_image_of_another_commit_and_an_old_state_are_told() -> None:
    text = page("2.0", details("2.0-1234567-1234567", problem="images-unreachable"))
    assert shown(text, "other") == ", which is not this page's"
    assert "data-stale>" in text


def test_an_image_without_a_digest_is_not_pinned() -> None:
    known = details("2.0-ddddddd-1234567")
    (ref,) = known["harbor"]["refs"]
    found = image_of({"harbor": {**known["harbor"], "refs": [{**ref, "image_digest": None}]}}, "harbor", RELEASE)
    assert found is not None
    assert found.pinned is None


RELEASE = release("2.0", "2026-03-01", "1.1")
