"""The lists as people filter them: what they choose stands in the address, and the counts say what is left."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import Place

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def bundles(built: Place) -> list[dict[str, Any]]:
    text = (built.folder / "site" / "codebundles" / "list.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)["codebundles"]
    return found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    context.close()
    assert wrong == []


def shown(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(".rows > li code", "all => all.map(one => one.textContent)")
    return found


def said(page: Page) -> Locator:
    """What is said of the list; the header's search box says something of its own."""
    return page.get_by_role("main").get_by_role("status")


def box(page: Page, facet: str, value: str) -> Any:
    return page.locator(f'[data-facet="{facet}"] input[value="{value}"]')


def test_choosing_changes_the_address_the_rows_and_what_is_said(page: Page, bundles: list[dict[str, Any]]) -> None:
    page.goto("/codebundles/")
    box(page, "platform", "Kubernetes").check()
    wanted = {one["id"] for one in bundles if "Kubernetes" in one["platforms"]}
    expect(said(page)).to_have_text(f"{len(wanted)} of {len(bundles)} Skill Templates")
    assert set(shown(page)) == wanted
    assert page.url.endswith("/codebundles/?platform=Kubernetes")
    box(page, "access", "read-only").check()
    box(page, "access", "unknown").check()
    page.wait_for_url("**/codebundles/?platform=Kubernetes&access=read-only&access=unknown")
    assert set(shown(page)) == {
        one["id"] for one in bundles if one["id"] in wanted and one["access"] in ("read-only", "unknown")
    }


def test_a_facets_counts_leave_out_itself_and_follow_the_others(page: Page, bundles: list[dict[str, Any]]) -> None:
    page.goto("/codebundles/?platform=Kubernetes&access=read-only")
    expect(said(page)).to_contain_text(" of ")

    def counts(facet: str) -> dict[str, int]:
        labels = page.locator(f'[data-facet="{facet}"] label').all()
        return {
            str(one.locator("input").get_attribute("value")): int(one.locator("small").inner_text()) for one in labels
        }

    by_access = Counter(one["access"] for one in bundles if "Kubernetes" in one["platforms"])
    assert {value: count for value, count in counts("access").items() if count} == dict(by_access)
    by_platform = Counter(name for one in bundles if one["access"] == "read-only" for name in one["platforms"])
    assert {value: count for value, count in counts("platform").items() if count} == dict(by_platform)


def test_the_address_alone_says_what_is_shown_whatever_its_case(page: Page, bundles: list[dict[str, Any]]) -> None:
    page.goto("/codebundles/?platform=kubernetes&kind=MONITOR&sort=tools&q=pod")
    expect(said(page)).to_contain_text(" of ")
    expect(box(page, "platform", "Kubernetes")).to_be_checked()
    expect(page.get_by_role("searchbox", name="Words")).to_have_value("pod")
    found = shown(page)
    assert found
    tools = [len(one["tools"]) for name in found for one in bundles if one["id"] == name]
    assert tools == sorted(tools, reverse=True)


def test_back_and_forward_go_through_the_choices(page: Page) -> None:
    page.goto("/codebundles/")
    every = shown(page)
    box(page, "platform", "AWS").check()
    page.wait_for_url("**/?platform=AWS")
    expect(said(page)).to_contain_text(" of ")
    chosen = shown(page)
    assert len(chosen) < len(every)
    page.go_back()
    expect(box(page, "platform", "AWS")).not_to_be_checked()
    expect(page.locator(".rows > li")).to_have_count(len(every))
    page.go_forward()
    expect(box(page, "platform", "AWS")).to_be_checked()
    expect(page.locator(".rows > li")).to_have_count(len(chosen))
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".rows > li")).to_have_count(len(every))
    assert page.url.endswith("/codebundles/")


def test_a_scripts_row_is_the_static_row(page: Page) -> None:
    page.goto("/codebundles/")
    rows = "all => Object.fromEntries(all.map(one => [one.querySelector('code').textContent, one.outerHTML]))"
    before = page.eval_on_selector_all(".rows > li", rows)
    page.locator("[name=sort]").select_option("changed")
    page.wait_for_url("**/?sort=changed")
    expect(page.locator("[data-list]")).not_to_have_attribute("aria-busy", "true")

    def plain(html: str) -> str:
        # Addresses are whole in one and relative in the other, dates have hours in one.
        made: str = page.evaluate(
            """html => {
                const made = document.createElement('template');
                made.innerHTML = html;
                const every = (name) => made.content.querySelectorAll(name);
                for (const one of every('a')) one.href = new URL(one.getAttribute('href'), location).href;
                for (const one of every('time')) one.dateTime = one.dateTime.slice(0, 10);
                return made.innerHTML;
            }""",
            html,
        )
        return made

    after = page.eval_on_selector_all(".rows > li", rows)
    assert before.keys() == after.keys()
    for name, html in after.items():
        assert plain(html) == plain(before[name])


def test_others_of_a_long_facet_are_found_by_a_part_of_their_name(page: Page, bundles: list[dict[str, Any]]) -> None:
    page.goto("/codebundles/")
    find = page.get_by_role("searchbox", name="Find among all tags")
    before = page.locator('[data-facet="tag"] label').count()
    counts = Counter(tag for one in bundles for tag in one["tags"])
    rare = max(counts, key=lambda tag: (-counts[tag], tag.casefold()))
    expect(box(page, "tag", rare)).to_have_count(0)
    find.fill(rare[1:].upper())
    box(page, "tag", rare).check()
    find.fill("")
    # What is chosen stays in sight.
    expect(box(page, "tag", rare)).to_be_checked()
    assert page.locator('[data-facet="tag"] label').count() <= before + 1
    assert set(shown(page)) == {one["id"] for one in bundles if rare in one["tags"]}


def test_everything_can_be_done_by_keyboard(page: Page) -> None:
    page.goto("/codebundles/")
    page.keyboard.press("/")
    page.keyboard.type("aws")
    page.wait_for_url("**/?q=aws")
    expect(said(page)).to_contain_text(" of ")
    every = len(shown(page))
    box(page, "access", "read-only").focus()
    page.keyboard.press("Space")
    page.wait_for_url("**/?q=aws&access=read-only")
    expect(said(page)).to_contain_text(" of ")
    assert 0 < len(shown(page)) <= every
    # The focus stays where it was, whatever is made anew around it.
    assert page.evaluate("document.activeElement.value") == "read-only"


def test_nothing_found_says_so_and_offers_the_search(page: Page) -> None:
    page.goto("/codebundles/?q=no+such+words+anywhere")
    expect(page.get_by_text("No Skill Template has all of that")).to_be_visible()
    page.get_by_role("link", name="search for these words by meaning").click()
    page.wait_for_url("**/search/?q=no+such+words+anywhere")


def test_a_list_that_does_not_come_leaves_the_static_one_and_says_so(page: Page, bundles: list[dict[str, Any]]) -> None:
    def garbled(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body="<p>Gateway</p>")

    page.route("**/list.json", garbled)
    page.goto("/codebundles/?platform=AWS")
    expect(said(page)).to_contain_text("could not be read")
    expect(page.locator(".rows")).to_be_visible()
    assert len(shown(page)) == len(bundles)
    page.unroute("**/list.json")
    box(page, "access", "read-only").check()
    expect(said(page)).to_contain_text(" of ")


def test_tools_are_filtered_counted_and_ordered_as_tools(page: Page, bundles: list[dict[str, Any]]) -> None:
    page.goto("/tools/")
    total = sum(len(one["tools"]) for one in bundles)
    expect(said(page)).to_have_text(f"{total} tools")
    box(page, "kind", "monitor").check()
    monitors = [tool for one in bundles for tool in one["tools"] if tool[0] == "monitor"]
    expect(said(page)).to_have_text(f"{len(monitors)} of {total} tools")
    expect(page.locator(".tool-list > li.monitor")).to_have_count(min(len(monitors), 150))
    expect(page.locator(".tool-list > li.runbook")).to_have_count(0)
    page.locator("[name=sort]").select_option("name")
    page.wait_for_url("**/tools/?kind=monitor&sort=name")
    expect(page.locator(".tool-groups h2")).to_have_count(0)
    link = page.locator(".tool-list > li a").first
    link.click()
    # By the name of the tool, which stays where its line changes.
    page.wait_for_url("**/codebundles/*/*/#sli-*")


def test_on_a_phone_the_facets_are_behind_one_button_and_nothing_moves(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, viewport={"width": 360, "height": 780})
    page = context.new_page()
    page.add_init_script("""
        window.moved = 0;
        const add = (list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) moved += one.value; };
        new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
    """)
    page.goto("/codebundles/?platform=AWS")
    expect(said(page)).to_contain_text(" of ")
    expect(box(page, "platform", "AWS")).to_be_hidden()
    page.get_by_text("Filters (1)").click()
    expect(box(page, "platform", "AWS")).to_be_visible()
    assert page.evaluate("moved") < 0.05
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_without_a_script_everything_is_listed_and_no_dead_form_stands_there(
    browser: Browser, address: str, bundles: list[dict[str, Any]]
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/codebundles/?platform=AWS")
    expect(page.locator(".rows > li")).to_have_count(len(bundles))
    expect(page.locator(".rows > li a").first).to_be_visible()
    expect(page.locator("[data-filters]")).to_be_hidden()
    context.close()
