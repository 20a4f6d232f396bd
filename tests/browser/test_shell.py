"""What stands around every page: the menu, the tabs and the colours, with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]

BUNDLE = f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/"


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    wrong = complaints(page, address)
    yield page
    context.close()
    assert wrong == []


def hrefs(page: Page, where: str) -> list[str]:
    found: list[str] = page.locator(where).evaluate_all("all => all.map(one => one.href)")
    return found


def test_the_menu_of_a_phone_has_all_links_of_header_and_footer(phone: Page) -> None:
    for path in ("/", BUNDLE):
        phone.goto(path)
        menu = phone.get_by_role("navigation", name="Menu")
        expect(menu).not_to_be_in_viewport()
        phone.get_by_title("Menu").click()
        expect(menu).to_be_in_viewport()
        links = [*hrefs(phone, ".tabs a"), *hrefs(phone, "footer nav a")]
        assert hrefs(phone, ".drawer a") == links
        assert len(links) > 15
    phone.goto(BUNDLE)
    phone.get_by_title("Menu").click()
    phone.get_by_role("navigation", name="Menu").get_by_role("link", name="Statistics").click()
    expect(phone.locator("h1")).to_have_text("Statistics")


def test_without_scripts_a_phone_shows_the_tabs(browser: Browser, address: str) -> None:
    context = browser.new_context(
        base_url=address, viewport={"width": 360, "height": 800}, java_script_enabled=False, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(BUNDLE)
    tabs = page.get_by_role("navigation", name="Main").get_by_role("link")
    for at in range(tabs.count()):
        expect(tabs.nth(at)).to_be_in_viewport()
    for button in ("Menu", "Switch to dark colours"):
        expect(page.get_by_title(button)).to_be_hidden()
    page.get_by_role("link", name="Tools", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Tools")
    context.close()


@pytest.mark.parametrize(("system", "first", "other"), [("light", "default", "slate"), ("dark", "slate", "default")])
def test_colours_follow_the_system_until_the_reader_chooses(
    browser: Browser, address: str, system: str, first: str, other: str
) -> None:
    context = browser.new_context(base_url=address, color_scheme="dark" if system == "dark" else "light")
    page = context.new_page()
    page.goto(BUNDLE)
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", first)
    page.emulate_media(color_scheme="light" if system == "dark" else "dark")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", other)
    page.emulate_media(color_scheme="dark" if system == "dark" else "light")
    ours, theirs = ("light", "dark") if system == "light" else ("dark", "light")
    page.get_by_title(f"Colours: your system's. Switch to {theirs} ones").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", other)
    for path in ("/docs/", BUNDLE):
        page.goto(path)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", other)
    # Then the system's own for good, and back to what it asks for.
    page.get_by_title(f"Colours: {theirs}. Switch to {ours} ones").click()
    page.emulate_media(color_scheme="light" if system == "dark" else "dark")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", first)
    page.get_by_title(f"Colours: {ours}. Switch to").click()
    page.get_by_title(f"Colours: {theirs}. Switch to your system's").click()
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", other)
    page.emulate_media(color_scheme="dark" if system == "dark" else "light")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", first)
    # What a page of another kind, or of another release, has written there.
    for kept in ("null", '{"color": {"scheme": "x"}}', "[1", '{"color": null}'):
        page.evaluate("kept => localStorage.setItem(__md_scope.pathname + '.__palette', kept)", kept)
        page.reload()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", first)
    context.close()
