"""The site and the function as a person meets them: served together, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test if anything goes to its console, to another host, or is not there."""
    width, scheme = request.param
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    context.close()
    assert wrong == []


PAGES = (
    "/", "/codebundles/", f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/", "/collections/", f"/collections/{SLUGS[1]}/",
    "/tools/", "/platforms/", "/platforms/kubernetes/", "/resource-types/", "/tags/", "/authors/",
    "/search/", "/selection/", "/report/", f"/report/{SLUGS[1]}/", "/statistics/", "/agents/", "/api/",
    "/docs/", "/docs/architecture/",
)  # fmt: skip


def test_every_kind_of_page_stands_without_scrolling_sideways(page: Page) -> None:
    sideways = []
    for path in PAGES:
        page.goto(path)
        expect(page.locator("h1"), path).to_have_count(1)
        expect(page.locator("h1"), path).not_to_be_empty()
        widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        sideways += [path] if widths[0] > widths[1] else []
    assert sideways == []


def test_the_search_box_finds_the_bundle_and_leads_to_it(page: Page) -> None:
    page.goto("/")
    box = page.locator("article input[type=search]")
    box.fill("pods keep restarting")
    box.press("Enter")
    page.wait_for_url("**/search/?q=pods+keep+restarting")
    first = page.locator(f"article a[href$='/codebundles/{SLUGS[0]}/k8s-pod-restarts/']").first
    expect(first).to_be_visible()
    first.click()
    expect(page).to_have_url(f"{page.evaluate('location.origin')}/codebundles/{SLUGS[0]}/k8s-pod-restarts/")


def test_the_order_on_the_page_is_the_functions(page: Page) -> None:
    page.goto("/search/?q=certificate+about+to+expire")
    expect(page.locator("article h2 a[href*='/codebundles/']").first).to_be_visible()
    answered = page.evaluate("fetch('/api/v1/search?q=certificate+about+to+expire&limit=20').then(r => r.json())")
    shown = page.eval_on_selector_all(
        "article a[href*='/codebundles/']", "links => links.map(link => new URL(link.href).pathname)"
    )
    paths = [path for path in dict.fromkeys(shown) if path.count("/") == 4]
    assert paths == [result["url"] for result in answered["results"]]


def test_the_list_is_filtered_by_its_address(page: Page) -> None:
    page.goto("/codebundles/?platform=AWS")
    shown = page.locator("article a[href*='aws-s3-public-buckets']")
    expect(shown.first).to_be_visible()
    expect(page.locator("article a[href*='k8s-pod-restarts']")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/agents/", f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/"])
def test_what_is_copied_for_an_agent_has_the_address_that_the_page_is_at(page: Page, path: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(path)
    own = page.evaluate("location.origin")
    # Those of other clients are folded away.
    snippets = page.locator("pre:has(+ button)").all_text_contents()
    assert snippets
    assert all(f"{own}/" in text and "HOST" not in text for text in snippets)
    page.locator("pre + button").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == snippets[0]


def test_the_theme_loads_no_sitemap(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/"):
        page.goto(path, wait_until="networkidle")
    assert len(asked) > 10
    assert [url for url in asked if "sitemap" in url] == []
    assert page.locator('link[rel~="alternate"]').count() == 4


def test_old_addresses_lead_to_the_bundle(page: Page) -> None:
    page.goto(f"/collections/{SLUGS[0]}/codebundles/k8s-pod-restarts/")
    page.wait_for_url(f"**/codebundles/{SLUGS[0]}/k8s-pod-restarts/")
    expect(page.locator("h1")).to_have_count(1)


def test_slash_focuses_the_search_box(page: Page) -> None:
    page.goto("/tools/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('input[type=search], input[type=text]')") or page.evaluate(
        "innerWidth < 600"
    )
