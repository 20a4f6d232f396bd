"""The page of errors, and filters and colours of pages around the catalogue."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.mark.parametrize(
    "path", [f"/codebundles/{SLUGS[0]}/k8s-pod-restart/", "/codebundles/somewhere/kubernetes-pod-restarts/"]
)
def test_an_address_with_a_slip_leads_to_what_was_meant(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("h1")).to_have_text("Page not found")
    first = page.locator("[data-hits] li a").first
    expect(first).to_have_attribute(
        "href", f"{page.evaluate('location.origin')}/codebundles/{SLUGS[0]}/k8s-pod-restarts/"
    )
    first.click()
    expect(page.locator("h1")).to_have_text("Kubernetes Pod Restart Triage")


def test_an_address_like_nothing_shows_no_hits(page: Page) -> None:
    page.goto("/codebundles/x/zzqqxxyyqq/")
    expect(page.locator(".big-search input")).to_have_value("zzqqxxyyqq")
    expect(page.locator("[data-hits]")).to_be_hidden()


def test_words_of_another_address_are_not_searched_for_and_it_leads_home(page: Page) -> None:
    page.goto("/zzqqxx/yyzzqq/")
    expect(page.get_by_role("link", name="the home page")).to_be_visible()
    expect(page.locator(".big-search input")).to_have_value("")


def test_the_report_is_filtered_by_severity_and_code(page: Page) -> None:
    page.goto("/report/")
    page.locator(f"a[href='{SLUGS[1]}/?severity=warning']").click()
    rows = page.locator("tr[data-row]:visible")
    expect(rows).to_have_count(2)
    expect(page.locator("[data-chips] button")).to_have_text(["Severity: warning"])
    page.locator("[data-clear]").click()
    expect(rows).to_have_count(3)
    if page.viewport_size and page.viewport_size["width"] < 1000:
        page.locator("[data-filters] summary").click()
    page.get_by_label("undocumented-tools").check()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("has no documentation")


def test_home_leads_to_a_search_for_what_is_wrong(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="pods keep restarting").click()
    expect(page.locator("article h2 a, article h3 a").first).to_be_visible()
    expect(page).to_have_url(f"{page.evaluate('location.origin')}/search/?q=pods%20keep%20restarting")


def test_printed_pages_are_black_on_white_without_what_one_clicks(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, color_scheme="dark")
    page = context.new_page()
    for path in ("/", "/report/", "/docs/authoring/"):
        page.goto(path)
        page.emulate_media(media="print")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", path
        for part in (".tabs", ".footer nav", ".skip"):
            for found in page.locator(part).all():
                expect(found).to_be_hidden()
        page.emulate_media(media="screen")
    context.close()
