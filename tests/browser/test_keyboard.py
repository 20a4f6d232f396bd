"""Everything that a pointer does, by Tab, Enter, Space, arrows and Escape alone: nothing here clicks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]

PODS = f"{SLUGS[0]}/k8s-pod-restarts"
# Presses of Tab after which something counts as out of reach.
PATIENCE = 120
# Whether what has the focus can be seen to have it: by its outline, or by that of what holds it.
_RINGED = """element => {
  const ring = one => {
    const style = one && getComputedStyle(one);
    return style && style.outlineStyle !== 'none' && style.outlineWidth !== '0px';
  };
  return ring(element) || ring(element.closest('form')) || ring(element.nextElementSibling)
    || ring(element.closest('label')) || ring(element.parentElement);
}"""


@pytest.fixture(params=[1280, 390], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    context.close()
    assert wrong == []


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press Tab until the element has the focus, which is in view and can be seen there."""
    for _ in range(PATIENCE):
        page.keyboard.press(key)
        if wanted.evaluate("element => element === document.activeElement"):
            expect(wanted).to_be_in_viewport()
            assert wanted.evaluate(_RINGED), "the focus cannot be seen"
            return
    raise AssertionError(f"{PATIENCE} times Tab do not lead to {wanted}")


def test_from_home_to_a_copied_configuration(page: Page) -> None:
    page.goto("/")
    box = page.locator("article input[name=q]")
    tab_to(page, box)
    page.keyboard.type("k8s-pod-restarts")
    expect(page.locator("article [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/codebundles/{PODS}/")
    tab_to(page, page.locator(".headline .primary"))
    page.keyboard.press("Enter")
    if page.locator(".ways").count():
        tab_to(page, page.locator(".ways input[value=discovery]"))
        page.keyboard.press("ArrowRight")
    fields = [one for one in page.locator(".configure [required]:not([disabled])").all() if one.is_visible()]
    assert fields
    for field in fields:
        if not field.input_value():
            tab_to(page, field)
            page.keyboard.type("here")
    copy = page.locator("[data-take]")
    tab_to(page, copy)
    page.keyboard.press("Enter")
    expect(page.locator(".configure [role=status]")).to_have_text("Copied, nothing is missing.")
    assert "here" in page.evaluate("navigator.clipboard.readText()")


def test_a_list_is_filtered_and_what_is_chosen_is_let_go_again(page: Page) -> None:
    page.goto("/codebundles/")
    rows = page.locator("[data-rows] > li")
    every = rows.count()
    fold = page.locator("[data-filters] > details > summary")
    if fold.is_visible():
        tab_to(page, fold)
        page.keyboard.press("Enter")
    tab_to(page, page.locator('[data-facet=platform] input[value="Kubernetes"]'))
    page.keyboard.press("Space")
    chip = page.get_by_role("list", name="Filters").get_by_role("button").first
    expect(chip).to_be_visible()
    assert 0 < rows.count() < every
    tab_to(page, chip)
    page.keyboard.press("Enter")
    expect(rows).to_have_count(every)
    assert page.evaluate("document.activeElement !== document.body"), "the focus is lost"


def test_two_are_selected_and_compared(page: Page) -> None:
    page.goto("/codebundles/")
    boxes = page.locator("[data-rows] input[type=checkbox]")
    for at in (0, 1):
        tab_to(page, boxes.nth(at))
        page.keyboard.press("Space")
        expect(boxes.nth(at)).to_be_checked()
    page.goto("/selection/")
    tab_to(page, page.locator("[data-compare]"))
    page.keyboard.press("Enter")
    expect(page.locator(".compared thead th")).to_have_count(2)
    tab_to(page, page.locator(".compared thead button").first)
    page.keyboard.press("Enter")
    expect(page.locator(".compared thead th")).to_have_count(1)


def test_colours_change(page: Page) -> None:
    page.goto("/")
    before = page.locator("body").get_attribute("data-md-color-scheme")
    tab_to(page, page.locator(".to-dark"))
    page.keyboard.press("Enter")
    expect(page.locator("body")).not_to_have_attribute("data-md-color-scheme", before or "")


@pytest.mark.parametrize("path", ["/", f"/codebundles/{PODS}/", "/docs/"])
def test_the_menu_of_a_narrow_window_opens_leads_on_and_closes(page: Page, path: str) -> None:
    page.goto(path)
    opener = page.get_by_title("Menu")
    if not opener.is_visible():
        return  # the tabs are in view
    menu = page.locator(".md-sidebar--primary")
    tab_to(page, opener)
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    assert menu.evaluate("menu => menu.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(menu).not_to_be_in_viewport()
    before = page.url
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(before)


def test_no_page_holds_the_focus(page: Page) -> None:
    """Tab goes through a page to its end and out of it: after the last link the browser has the focus, or the first."""
    for path in ("/", "/search/?q=pods", "/codebundles/", f"/codebundles/{PODS}/", "/selection/", "/request/", "/api/"):
        page.goto(path, wait_until="networkidle")
        last = page.locator("footer a").last
        last.focus()
        page.keyboard.press("Tab")
        assert not last.evaluate("element => element === document.activeElement"), path
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        first = page.locator(".skip, .md-skip").first
        page.evaluate("document.activeElement.blur()")
        page.goto(path, wait_until="networkidle")
        page.keyboard.press("Tab")
        expect(first).to_be_focused()
        expect(first).to_be_in_viewport()
