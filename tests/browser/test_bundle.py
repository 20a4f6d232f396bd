"""The page of one Skill Template: where one is on it, what leads where, its files, paper, and the keyboard alone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.support.browsing import complaints, needs_chromium

pytestmark = [pytest.mark.browser, needs_chromium]
PODS = "/codebundles/harbor-codecollection/k8s-pod-restarts/"
SMALL = """() => [
  ...document.querySelectorAll('.bundle :is(a, button, summary, input, select, textarea)'),
].filter(one => {
  const box = one.getBoundingClientRect();
  const inline = getComputedStyle(one).display === 'inline';
  const target = !inline && !one.disabled;
  return box.width && box.height && target && box.height < 23.5;
}).map(one => `${one.outerHTML.slice(0, 90)} ${one.getBoundingClientRect().height}`)"""


@pytest.fixture(params=[1280, 360], ids=["desktop", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=address, viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    assert wrong == []


def test_sections_stay_in_view_and_the_one_that_is_read_is_marked(page: Page) -> None:
    page.goto(PODS)
    row = page.locator(".jump")
    for link in row.locator("a").all():
        name = (link.get_attribute("href") or "").lstrip("#")
        link.click()
        head = page.locator(f"[id={name}]")
        expect(head).to_be_in_viewport()
        expect(row).to_be_in_viewport()
        # Nothing lies over the heading.
        top, bottom = head.evaluate("e => e.getBoundingClientRect().top"), row.bounding_box()
        assert bottom is not None
        assert top >= bottom["y"] + bottom["height"] - 1
    page.locator("#tools").evaluate("e => e.scrollIntoView()")
    expect(row.locator("a[href='#tools']")).to_have_attribute("aria-current", "true")


def test_a_tool_is_addressed_by_its_name(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(PODS)
    tool = page.locator(".tools > li").first
    old = tool.locator("h4").get_attribute("id")
    name = tool.get_attribute("id") or ""
    assert name.startswith("task-")
    tool.locator(".link").click()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    assert page.url.endswith(f"#{name}")
    # What search knows is the line: it becomes the name.
    page.goto("/selection/")
    page.goto(f"{PODS}#{old}")
    page.wait_for_url(f"**{PODS}#{name}")
    expect(tool).to_be_in_viewport()


def test_files_and_the_code_of_a_tool_are_looked_at_in_place(page: Page) -> None:
    page.goto(PODS)
    shown = page.locator("dialog.preview")
    row = page.locator(".files li", has_text="runbook.robot")
    assert page.locator(".files li").first.text_content() != ""
    row.get_by_role("button", name="Preview").click()
    expect(shown.locator("pre")).to_contain_text("*** Settings ***")
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(row.get_by_role("button", name="Preview")).to_be_focused()
    tool = page.locator(".tools > li").first
    tool.locator("summary").click()
    tool.get_by_role("button", name="Show its code").click()
    expect(shown.locator("pre").first).to_contain_text(tool.locator("[data-copy]").get_attribute("data-copy") or "?")


def test_where_the_function_is_silent_a_file_is_read_at_its_source(context: BrowserContext) -> None:
    def gone(route: Route) -> None:
        route.fulfill(status=503, body="<b>busy</b>")

    page = context.new_page()
    page.route("**/tools/call", gone)
    page.goto(PODS)
    row = page.locator(".files li", has_text="runbook.robot")
    row.get_by_role("button", name="Preview").click()
    link = page.locator("dialog.preview").get_by_role("link")
    expect(link).to_have_attribute("href", row.locator("a").get_attribute("href") or "?")


def test_nothing_is_too_small_to_hit_or_too_wide(page: Page, address: str) -> None:
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(PODS)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.evaluate("document.querySelector('.ways [value=hand]')?.click()")
        assert page.evaluate(SMALL) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if width < 900:
            fields = page.locator(".bundle :is(input, select, textarea)")
            sizes = fields.evaluate_all("all => all.map(one => getComputedStyle(one).fontSize)")
            assert sizes
            assert all(float(size.removesuffix("px")) >= 16 for size in sizes)


def test_the_keyboard_alone_reaches_and_does_everything(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(PODS)
    page.locator(".headline .primary").focus()
    page.keyboard.press("Enter")
    if page.locator(".ways").count():
        for _ in range(3):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == "way":
                break
        page.keyboard.press("ArrowRight")
        expect(page.locator(".ways [value=hand]")).to_be_checked()
    reached = []
    for _ in range(300):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))
        if "data-take" in reached[-1]:
            break
    page.keyboard.press("Enter")
    expect(page.locator(".configure [role=status]")).to_contain_text("Copied with")
    needed = page.locator(".configure [required]:not([disabled]):visible").count()
    assert sum(' required=""' in one for one in reached) >= needed
    page.locator(".gaps button").first.focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.matches('.configure [required]')")
    # Where the focus is can be seen.
    outlined = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outlined != "none"


def test_on_paper_there_is_what_can_be_read_and_nothing_to_press(page: Page) -> None:
    page.goto(PODS)
    page.emulate_media(media="print")
    expect(page.locator(".bundle button:visible, .bundle .jump:visible, .bundle input:visible")).to_have_count(0)
    expect(page.locator(".facts dt", has_text="Author")).to_be_visible()
    expect(page.locator("#yaml")).to_be_visible()
    # Each way has its title, what is folded lies open, and an empty choice is left out.
    titles = page.locator(".configure-section .paper")
    assert titles.count() == page.locator(".ways label").count()
    for title in titles.all():
        expect(title).to_be_visible()
    expect(page.locator(".version")).to_be_hidden()
    for first in page.locator("section > .commands li:first-child").all():
        expect(first).to_be_visible()


def test_the_section_that_was_asked_for_is_marked_where_the_page_ends(page: Page) -> None:
    page.goto(PODS)
    links = page.locator(".jump a")
    for at in (links.count() - 1, links.count() - 2):
        links.nth(at).click()
        expect(links.nth(at)).to_have_attribute("aria-current", "true")


def test_without_scripts_all_of_it_can_be_read(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(PODS)
    assert page.locator(".jump a").count() > 5
    for link in page.locator(".jump a").all():
        name = (link.get_attribute("href") or "").lstrip("#")
        expect(page.locator(f"[id={name}]")).to_be_visible()
    expect(page.locator("button:visible").locator("visible=true")).to_have_count(0)
    # A variable that a tool leads to is shown, though its way is not the one in view.
    page.goto(f"{PODS}#{page.locator('.field[id]').first.get_attribute('id')}")
    expect(page.locator(".field[id]").first).to_be_visible()
    context.close()
