"""Results as one types: a combobox with a listbox, on every page's search box."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]

BOX = "article form[role=search] input[name=q]"
OPTIONS = "article form[role=search] [role=option]"
RESTARTS = re.compile(rf"/codebundles/{SLUGS[0]}/k8s-pod-restarts/$")


def test_from_the_first_letters_arrow_keys_and_enter_lead_to_a_result(page: Page, address: str) -> None:
    wrong = complaints(page, address)
    page.goto("/")
    box = page.locator(BOX)
    expect(box).to_have_attribute("role", "combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("pod rest")
    expect(page.locator(OPTIONS).first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    listbox = page.locator(f"#{box.get_attribute('aria-controls')}")
    expect(listbox).to_have_attribute("role", "listbox")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert chosen.evaluate("option => option === option.parentElement.firstElementChild")
    # Up from the first is the box again, and then the last.
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowUp")
    expect(page.locator(OPTIONS).last).to_have_attribute("aria-selected", "true")
    expect(box).to_be_focused()
    box.fill("k8s-pod-restarts")
    expect(page.locator(OPTIONS).first).to_contain_text("k8s-pod-restarts")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url(RESTARTS)
    assert wrong == []


def test_a_pointer_chooses_escape_closes_and_enter_alone_searches(page: Page) -> None:
    page.goto("/")
    box = page.locator(BOX)
    box.fill("k8s-pod-restarts")
    expect(page.locator(OPTIONS).first).to_be_visible()
    box.press("Escape")
    expect(page.locator(OPTIONS).first).to_be_hidden()
    expect(box).to_have_value("k8s-pod-restarts")
    box.press("Enter")
    page.wait_for_url("**/search/?q=k8s-pod-restarts")
    page.goto("/")
    page.locator(BOX).fill("k8s-pod-restarts")
    page.locator(OPTIONS).first.click()
    page.wait_for_url(RESTARTS)


def test_who_hears_the_page_is_told_how_many_there_are(page: Page) -> None:
    page.goto("/")
    page.locator(BOX).fill("check")
    expect(page.locator("article form[role=search] [role=status]")).to_have_text(
        re.compile(r"^\d+ results?; choose one with the arrow keys$")
    )


def test_the_header_of_every_page_has_them_and_the_data_come_when_a_box_is_used(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url))
    page.goto(f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/")
    if not page.locator("header input[name=q]").is_visible():
        return  # a phone's header leads to the search page
    page.wait_for_load_state("load")
    assert [url for url in asked if "/assets/browser/" in url] == []
    page.locator("header input[name=q]").fill("certificate")
    expect(page.locator("header [role=option]").first).to_be_visible()
    assert {"worker.js", "files.json"} <= {url.rpartition("/")[2] for url in asked if "/assets/browser/" in url}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hostile_words_are_text_there_too(page: Page, address: str) -> None:
    wrong = complaints(page, address)
    page.goto("/")
    for typed in ("<img src=x onerror=alert(1)>", "(pods[", "\\", "k8s \u202e pods", "ポッド", "'\"`"):
        page.locator(BOX).fill(typed)
        page.wait_for_function("() => document.querySelector('article [role=status]').textContent")
    page.locator(BOX).fill("pods")
    expect(page.locator(OPTIONS).first).to_be_visible()
    assert page.locator("article img").count() == 0
    assert wrong == []


def test_without_scripts_a_box_leads_to_a_page_that_says_what_is_needed(page: Page, address: str) -> None:
    browser = page.context.browser
    assert browser
    context = browser.new_context(base_url=address, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/")
    plain.locator(BOX).fill("pods")
    plain.locator(BOX).press("Enter")
    plain.wait_for_url("**/search/?q=pods")
    # By its element: what looks for texts and roles passes over a noscript.
    notice = plain.locator("noscript .notice")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("The search needs JavaScript.")
    notice.locator("a", has_text="The list of all").click()
    plain.wait_for_url("**/codebundles/")
    context.close()
