"""The image on the page of a release, when the image catalogue says something newer than the page or nothing."""

import json

import pytest
from playwright.sync_api import Page, expect

from build.images.documents import image_catalogue
from build.images.state import ImageState
from build.site.pages import render_pages
from build.site.release_images import ImageDetails
from tests.support.browsing import needs_chromium
from tests.support.catalogues import HARBOR, html_of, sound
from tests.support.images import images
from tests.support.releases import releases_of

pytestmark = [pytest.mark.browser, needs_chromium]
PATH = "/collections/harbor/releases/2.0/"
BUILT = "2.0-ddddddd-1234567"


def details(*tags: str, problem: str | None = None) -> ImageDetails:
    return image_catalogue([HARBOR], ImageState(collections=(images("harbor", *tags, problem=problem),))).details


@pytest.fixture
def release(page: Page) -> Page:
    """A page that was built when one image of its release was known."""
    catalogue = sound()._replace(releases={"harbor": releases_of("harbor/pod-bearing")})
    made = dict(render_pages(catalogue, html_of, search_url="", images=details(BUILT)))
    text = made[f"{PATH[1:]}index.md"].partition("\n---\n")[2]
    whole = f"<!doctype html><title>T</title>{text}<script src='/assets/image.js'></script>"
    page.route(f"**{PATH}", lambda route: route.fulfill(body=whole, content_type="text/html"))
    return page


def opened(page: Page, said: str, status: int = 200) -> None:
    page.route("**/catalog/codecollections/harbor.json", lambda route: route.fulfill(status=status, body=said))
    with page.expect_response("**/harbor.json"):
        page.goto(PATH)


def test_a_newer_image_takes_the_place_of_the_one_that_was_built(release: Page) -> None:
    newer = details("2.0-1234567-7654321", "main-ccccccc-1234567", problem="images-unreachable")
    opened(release, json.dumps(newer["harbor"]))
    expect(release.locator("[data-address]")).to_have_text("r/harbor:2.0-1234567-7654321")
    expect(release.locator("[data-runtime]")).to_have_text("7654321")
    expect(release.locator("[data-pointers]")).to_have_text("stable")
    expect(release.locator("[data-other]")).to_be_visible()
    expect(release.locator("[data-stale]")).to_be_visible()


def test_an_image_that_is_gone_is_not_shown(release: Page) -> None:
    opened(release, json.dumps(details("main-ccccccc-1234567")["harbor"]))
    expect(release.locator("[data-none]")).to_be_visible()
    expect(release.locator("[data-known]")).to_be_hidden()


@pytest.mark.parametrize(
    ("said", "status"), [("", 200), ("{}", 200), ("null", 200), ("<b>", 404), ('{"refs": 1}', 200)]
)
def test_without_an_answer_the_page_stays_as_it_was_built(said: str, status: int, release: Page) -> None:
    opened(release, said, status)
    expect(release.locator("[data-address]")).to_have_text(f"r/harbor:{BUILT}")
    expect(release.locator("[data-none]")).to_be_hidden()


def test_a_registrys_words_are_text(release: Page) -> None:
    found = json.loads(json.dumps(details(BUILT)["harbor"]))
    found["refs"][0]["image_registry"] = "<img src=x onerror=document.title='ran'>"
    opened(release, json.dumps(found))
    expect(release.locator("[data-address]")).to_contain_text("<img src=x")
    expect(release).to_have_title("T")
