"""The lists as people filter them: what they choose stands in the address, and the counts say what is left."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]


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


def chips(page: Page) -> Locator:
    return page.get_by_role("list", name="Filters").get_by_role("button")


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
    expect(page.get_by_role("searchbox", name="Filter by name")).to_have_value("pod")
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


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/codebundles/?platform=AWS", ".rows > li"),
        ("/tools/?q=x", ".tool-groups section"),
        ("/platforms/kubernetes/", ".rows > li"),
        ("/search/?q=x", ".groups > li"),
    ],
)
def test_without_a_script_everything_is_listed_over_the_whole_width_and_no_dead_form_stands_there(
    browser: Browser, address: str, bundles: list[dict[str, Any]], path: str, rows: str, width: int
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(path)
    if path.startswith("/codebundles/"):
        expect(page.locator(rows)).to_have_count(len(bundles))
    expect(page.locator(f"{rows} a").first).to_be_visible()
    for form in page.get_by_role("main").locator("form, .with-shown").all():
        expect(form).to_be_hidden()
    box = page.locator(rows).first.locator("xpath=..").bounding_box()
    assert box
    assert box["width"] > 0.85 * width
    context.close()


# Every page that lists Skill Templates or tools, and what it lists of all.
PAGES = {
    "/codebundles/": lambda one: True,
    "/platforms/kubernetes/": lambda one: "Kubernetes" in one["platforms"],
    f"/collections/{SLUGS[0]}/": lambda one: one["id"].startswith(f"{SLUGS[0]}/"),
}


@pytest.mark.parametrize("path", PAGES)
def test_each_page_that_lists_filters_alike(page: Page, bundles: list[dict[str, Any]], path: str) -> None:
    own = [one for one in bundles if PAGES[path](one)]
    page.goto(path)
    expect(said(page)).to_have_text(f"{len(own)} Skill Templates")
    counts = Counter(one["access"] for one in own)
    label = page.locator('[data-facet="access"] label', has=page.locator('[value="read-only"]'))
    expect(label.locator("small")).to_have_text(str(counts["read-only"]))
    page.get_by_role("button", name="Read-only only").click()
    page.wait_for_url("**/?access=read-only")
    expect(said(page)).to_have_text(f"{counts['read-only']} of {len(own)} Skill Templates")
    assert set(shown(page)) == {one["id"] for one in own if one["access"] == "read-only"}
    expect(box(page, "access", "read-only")).to_be_checked()
    expect(page.get_by_role("button", name="Read-only only")).to_have_attribute("aria-pressed", "true")
    expect(chips(page)).to_have_text(["Access: Read-only"])
    chips(page).click()
    expect(said(page)).to_have_text(f"{len(own)} Skill Templates")
    assert page.url.endswith(path)
    # What all of a page have is nothing to choose there.
    if path == "/platforms/kubernetes/":
        expect(box(page, "platform", "AKS")).to_be_visible()
        expect(box(page, "platform", "Kubernetes")).to_have_count(0)


def test_chips_stand_beside_the_count_and_go_one_by_one_or_together(page: Page) -> None:
    page.goto("/codebundles/?platform=AWS&platform=Kubernetes&access=read-only&q=s")
    expect(chips(page)).to_have_text(["Platform: AWS", "Platform: Kubernetes", "Access: Read-only"])
    clear = page.get_by_role("button", name="Clear all")
    count, last = said(page).bounding_box(), clear.bounding_box()
    assert count
    assert last
    assert abs(count["y"] - last["y"]) < 100
    page.get_by_role("button", name="Remove the filter Platform: AWS").click()
    page.wait_for_url("**/?q=s&platform=Kubernetes&access=read-only")
    # The focus is where the next is, not lost.
    assert page.evaluate("document.activeElement.textContent") == "Platform: Kubernetes"
    clear.click()
    page.wait_for_url("**/codebundles/")
    expect(clear).to_be_hidden()
    expect(chips(page)).to_have_count(0)


def test_boxes_keep_their_places_whatever_is_chosen_or_typed(page: Page) -> None:
    page.goto("/codebundles/")

    def places() -> dict[str, list[str]]:
        found: dict[str, list[str]] = page.evaluate(
            """() => Object.fromEntries([...document.querySelectorAll("[data-facet]")].map((one) =>
                [one.dataset.facet, [...one.querySelectorAll("input[type=checkbox]")].map((box) => box.value)]))"""
        )
        return found

    before = places()
    for act in (
        lambda: page.get_by_role("searchbox", name="Filter by name").fill("bucket"),
        lambda: box(page, "platform", "AWS").check(),
        lambda: page.get_by_role("searchbox", name="Filter by name").fill(""),
        lambda: page.get_by_role("button", name="Clear all").click(),
    ):
        known = page.url
        act()
        page.wait_for_function("known => location.href !== known", arg=known)
        page.wait_for_timeout(200)
        after = places()
        # Others may come behind; none moves or goes.
        assert {name: values[: len(before[name])] for name, values in after.items()} == before
        before = after


def test_the_filters_stay_in_view_and_scroll_by_themselves(page: Page) -> None:
    page.goto("/codebundles/")
    form = page.get_by_role("search", name="Filter the list")
    page.mouse.wheel(0, 900)
    page.wait_for_function("scrollY > 300")
    place = form.bounding_box()
    assert place
    assert 40 < place["y"] < 80
    assert place["height"] <= 900
    assert form.evaluate("form => form.scrollHeight > form.clientHeight")


SORTED = {
    "changed": lambda one: one["changed"],
    "newest": lambda one: one["added"],
    "tools": lambda one: len(one["tools"]),
    "safest": lambda one: ["read-write", "unknown", "read-only"].index(one["access"]),
}


@pytest.mark.parametrize("order", SORTED)
def test_the_list_is_sorted_as_one_asks(page: Page, bundles: list[dict[str, Any]], order: str) -> None:
    page.goto("/codebundles/")
    page.get_by_label("Sort by").select_option(order)
    page.wait_for_url(f"**/?sort={order}")
    expect(page.locator("[data-list]")).not_to_have_attribute("aria-busy", "true")
    by_id = {one["id"]: SORTED[order](one) for one in bundles}
    found = [by_id[name] for name in shown(page)]
    assert found == sorted(by_id.values(), reverse=True)


def test_with_words_the_best_come_first_unless_one_asks_for_names(page: Page) -> None:
    page.goto("/codebundles/")
    sort = page.get_by_label("Sort by")
    expect(sort.locator("option:checked")).to_have_text("Name")
    page.get_by_role("searchbox", name="Filter by name").fill("restart")
    expect(sort.locator("option:checked")).to_have_text("Relevance")
    expect(said(page)).to_contain_text(" of ")
    first = shown(page)
    # The title says it, of the others a tool or the description does.
    assert first[0].endswith("k8s-pod-restarts")
    sort.select_option("name")
    page.wait_for_url("**/?q=restart&sort=name")
    assert sorted(shown(page)) == sorted(first)


@pytest.mark.parametrize("path", ["/codebundles/?access=read-only", "/tools/?kind=monitor", "/platforms/kubernetes/"])
def test_what_is_shown_is_taken_along_as_a_table_and_as_json(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("[data-list]")).not_to_have_attribute("aria-busy", "true")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as json_file:
        page.get_by_role("button", name="JSON").click()
    rows = json.loads(json_file.value.path().read_text("utf-8"))
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as csv_file:
        page.get_by_role("button", name="Table (CSV)").click()
    table = list(csv.DictReader(io.StringIO(csv_file.value.path().read_text("utf-8-sig"))))
    # Each with its address, which leads somewhere.
    assert [one["url"] for one in table] == [one["url"] for one in rows]
    assert page.request.get(rows[0]["url"]).ok
    if "tools" in path:
        assert {one["kind"] for one in rows} == {"monitor"}
    else:
        assert [one["id"] for one in rows] == shown(page)


def test_a_cell_is_no_formula_of_a_spreadsheet(page: Page) -> None:
    def hostile(route: Route) -> None:
        answer = route.fetch().json()
        answer["codebundles"][0]["title"] = '=HYPERLINK("http://x","y")'
        route.fulfill(json=answer)

    page.route("**/list.json", hostile)
    page.goto("/codebundles/")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as file:
        page.get_by_role("button", name="Table (CSV)").click()
    titles = [one["title"] for one in csv.DictReader(io.StringIO(file.value.path().read_text("utf-8-sig")))]
    assert """'=HYPERLINK("http://x","y")""" in titles
    assert [title for title in titles if title.startswith("=")] == []


def test_the_api_is_asked_for_the_same(page: Page) -> None:
    page.goto("/platforms/kubernetes/?access=read-only&kind=monitor")
    expect(said(page)).to_contain_text(" of ")
    export, link = page.get_by_text("Export", exact=True), page.get_by_role("link", name="The same from the API")
    export.click()
    # The address is written when the menu opens.
    expect(link).to_have_attribute("href", re.compile("kind=monitor"))
    found = page.request.get(link.get_attribute("href") or "").json()["codebundles"]
    assert {f"{one['codecollection']['slug']}/{one['slug']}" for one in found} == set(shown(page)) != set()
    export.click()
    box(page, "credential", "yes").check()
    page.wait_for_url("**credential=yes")
    export.click()
    # What the API cannot say is not asked for as if it could.
    expect(link).to_be_hidden()
    expect(page.get_by_text("The API cannot filter Skill Templates by: Credential.")).to_be_visible()


def test_rows_are_selected_by_a_box_and_all_shown_by_a_button(page: Page) -> None:
    page.goto("/codebundles/?access=read-only")
    expect(said(page)).to_contain_text(" of ")
    rows = page.locator(".rows > li")
    one = rows.first.get_by_role("checkbox", name=f"Select {shown(page)[0]}")
    one.check()
    expect(page.locator(".to-selection b")).to_have_text("1")
    one.uncheck()
    expect(page.locator(".to-selection b")).to_have_text("0")
    page.get_by_role("button", name="Select all").click()
    expect(page.locator(".to-selection b")).to_have_text(str(rows.count()))
    assert all(box.is_checked() for box in rows.get_by_role("checkbox").all())
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".rows > li input:not(:checked)").first).to_be_visible()


def test_names_are_found_and_ordered_from_a_to_z(page: Page) -> None:
    page.goto("/tags/")
    names = page.locator(".groups > li:visible > a")
    every = names.all_inner_texts()
    page.get_by_label("Sort by").select_option("name")
    page.wait_for_url("**/tags/?sort=name")
    assert sorted(names.all_inner_texts(), key=str.casefold) == names.all_inner_texts() != every
    page.get_by_role("searchbox", name="Filter by name").fill("kube")
    expect(names).to_have_text(["Kubernetes"])
    expect(said(page)).to_have_text(f"1 of {len(every)} tags")
    names.first.click()
    page.wait_for_url(lambda url: "tags/kubernetes/" in url or "?tag=Kubernetes" in url)


def test_libraries_and_problems_are_filtered_by_the_same_form(page: Page) -> None:
    page.goto("/libraries/")
    expect(said(page)).to_have_text("3 libraries")
    box(page, "collection", SLUGS[0]).check()
    page.wait_for_url(f"**/libraries/?collection={SLUGS[0]}")
    expect(chips(page)).to_have_text(["CodeCollection: Harbor CodeCollection"])
    page.get_by_role("searchbox", name="Filter by name").fill("prices")
    expect(said(page)).to_have_text("1 of 3 libraries")
    page.goto(f"/report/{SLUGS[0]}/?code=of-no-problem")
    expect(chips(page)).to_have_text(["Code: of-no-problem"])
    expect(said(page)).to_have_text("0 of 4 problems")
    page.goto(f"/report/{SLUGS[0]}/?q=readme")
    expect(said(page)).to_have_text("1 of 4 problems")
    expect(page.locator("[data-group]:visible")).to_have_count(1)


def test_what_is_taken_along_needs_no_mouse(page: Page) -> None:
    page.goto("/codebundles/")
    page.get_by_text("Export", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Table (CSV)")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Table (CSV)")).to_be_hidden()
    expect(page.get_by_text("Export", exact=True)).to_be_focused()
