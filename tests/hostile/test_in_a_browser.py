"""Pages of hostile bundles in a real browser: nothing opens, runs, or asks another host; and what its own parser makes
of every page has no element of theirs.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.support.browsing import chromium, complaints, needs_chromium, served
from tests.support.hostile_bundles import MARK
from tests.support.hostile_run import HostileRun

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]

PAGES = (
    "/", "/codebundles/", "/tools/", "/report/", "/report/hostile/", "/collections/", "/collections/hostile/",
    "/platforms/", "/resource-types/", "/tags/", "/authors/", "/libraries/", "/search/", "/request/",
    "/chat/", "/agents/", "/api/", "/statistics/",
    *(f"/codebundles/hostile/{name}/" for name in (
        "markup-everywhere", "markup-readme", "markup-html", "markup-documentation", "markup-entities",
        "markup-front-matter", "markup-file-names", "markup-key-names", "template-language", "lie-commands",
        "lie-hidden-characters", "lie-terminal", "line-separators", "encoding-nul", "size-fields", "size-tasks",
        "constructor", "search",
    )),
)  # fmt: skip
# Names of all elements and attributes, as the browser's parser reads the page's text.
PARSE = """async paths => {
    const found = [];
    for (const path of paths) {
        const page = new DOMParser().parseFromString(await (await fetch(path)).text(), "text/html");
        const names = new Set();
        for (const element of page.querySelectorAll("*")) {
            names.add(element.localName);
            for (const attribute of element.attributes) names.add("@" + attribute.name);
            if (element.id) names.add("#" + element.id);
            if (element.localName === "script") names.add("script " + element.type + (element.src ? " src" : ""));
            for (const name of ["href", "src"])
                if (/^(javascript|data|vbscript):/i.test(element[name] || "")) names.add(element[name]);
        }
        found.push([path, [...names]]);
    }
    return found;
}"""


@pytest.fixture(scope="module")
def address(hostile: HostileRun) -> Iterator[str]:
    with served(hostile.place) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test if it opens a dialog or another page, or has anything to complain of."""
    context = browser.new_context(base_url=address)
    opened = context.new_page()
    wrong = complaints(opened, address)

    def dismiss(dialog: Dialog) -> None:
        wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    opened.on("dialog", dismiss)
    opened.on("popup", lambda popup: wrong.append(f"popup {popup.url}"))
    opened.on("download", lambda download: wrong.append(f"download {download.url}"))
    yield opened
    context.close()
    assert wrong == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_hostile_text_is_quiet(page: Page, path: str) -> None:
    page.goto(path, wait_until="load")
    expect(page.locator("h1")).to_have_count(1)
    # What unfolds or is pointed at runs nothing either.
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.mouse.move(400, 300)
    assert page.locator(MARK).count() == 0
    assert page.url.endswith(path)


@pytest.mark.parametrize("query", [f"<{MARK}>", "constructor", "alert", "oil"])
def test_the_search_shows_hostile_results_as_text(page: Page, query: str) -> None:
    page.goto(f"/search/?q={query}")
    expect(page.locator("[data-count]")).not_to_be_empty()
    assert page.locator(f"{MARK}, article script:not([type='application/json']), article img").count() == 0


@pytest.mark.parametrize("query", [f"<{MARK}>", "constructor", "alert", "oil"])
def test_the_browser_s_own_search_shows_them_as_text_too(browser: Browser, address: str, query: str) -> None:
    page = browser.new_context(base_url=address).new_page()
    page.route("**/api/v1/search*", lambda route: route.abort())
    page.goto(f"/search/?q={query}")
    expect(page.locator("[data-notice]")).to_contain_text("This is a search in your browser")
    assert page.locator(f"{MARK}, article script:not([type='application/json']), article img").count() == 0
    page.context.close()


def test_the_filters_take_names_of_hostile_making(page: Page) -> None:
    page.goto("/codebundles/?q=constructor&platform=__proto__")
    expect(page.locator("h1")).to_have_count(1)
    page.goto("/tools/")
    page.locator("[data-filters] input[name=q]").fill(f'"><{MARK}>')
    assert page.locator(MARK).count() == 0


def test_the_browser_s_own_parser_finds_nothing_of_theirs(page: Page, hostile: HostileRun) -> None:
    page.goto("/")
    paths = [f"/{path.removeprefix('site/')}" for path in hostile.pages]
    found = page.evaluate(PARSE, paths)
    assert len(found) == len(paths)
    wrong = []
    for path, names in found:
        for name in names:
            ours = name == "data:," or not (
                MARK in name or name.startswith(("@on", "javascript:", "data:", "vbscript:"))
            )
            if name.startswith("#"):
                # A variable's name is a part of the id of its row.
                ours = name != f"#{MARK}"
            if not ours or name in ("script ", "iframe", "object", "embed", "base", "img", "style", "math", "@style"):
                wrong.append((path, name))
    assert wrong == []
