"""The search page while the function is well, and in every way in which it may not be."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS, Place

pytestmark = [pytest.mark.browser, needs_chromium]

SEARCH = "**/api/v1/search*"
QUERY = "/search/?q=pods+keep+restarting"
PODS = f"article a[href$='/codebundles/{SLUGS[0]}/k8s-pod-restarts/']"


@contextmanager
def elsewhere(page: Page, built: Place, *, seconds: float, allowed: bool) -> Iterator[None]:
    """The search page with a function of another origin, which answers after so long."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(seconds)
            self.send_response(200)
            self.send_header("content-type", "application/json")
            if allowed:
                self.send_header("access-control-allow-origin", "*")
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(b'{"results": [], "total": 0}')

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    Thread(target=server.serve_forever, daemon=True).start()
    other = f"http://127.0.0.1:{server.server_port}"
    text = (built.folder / "site" / "search" / "index.html").read_text(encoding="utf-8")
    text = text.replace('data-endpoint="/api', f'data-endpoint="{other}/api').replace(
        "connect-src", f"connect-src {other}"
    )
    assert text.count(other) == 2
    page.route("**/search/?q=*", lambda route: route.fulfill(content_type="text/html", body=text))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


BROKEN: dict[str, tuple[Callable[[Route], None], str]] = {
    "down": (lambda route: route.abort("connectionrefused"), "cannot be reached"),
    "error": (lambda route: route.fulfill(status=500, json={"detail": "x"}), "is out of order just now (status 500)"),
    "absent": (lambda route: route.fulfill(status=404, content_type="text/html", body="<p>no</p>"), "is not there"),
    "page": (lambda route: route.fulfill(content_type="text/html", body="<p>x</p>"), "gave no answer that can be read"),
    "list": (lambda route: route.fulfill(json=[]), "gave no answer that can be read"),
    "shape": (lambda route: route.fulfill(json={"results": [None], "total": 1}), "gave no answer that can be read"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_the_browser_searches_when_the_function_cannot(page: Page, how: str) -> None:
    answer, reason = BROKEN[how]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route(SEARCH, answer)
    page.goto(QUERY)
    expect(page.locator("[data-notice]")).to_contain_text(f"The search function {reason}. This is a search in your")
    expect(page.locator(PODS).first).to_be_visible()
    expect(page.locator("[data-engine]")).to_contain_text("Found in your browser, by words and by meaning.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The network's own.
    assert [text for text in said if not text.startswith("Failed to load resource")] == []


def test_a_slow_function_is_not_waited_for(page: Page, built: Place) -> None:
    with elsewhere(page, built, seconds=6, allowed=True):
        page.goto(QUERY)
        # Long before the function, however slow this machine: how long, `nox -s browser` says.
        page.locator(PODS).first.wait_for(timeout=4_500)
        expect(page.locator("[data-notice]")).to_contain_text("did not answer in time")


def test_an_origin_that_the_function_does_not_allow_is_no_empty_page(page: Page, built: Place) -> None:
    with elsewhere(page, built, seconds=0, allowed=False):
        page.goto(QUERY)
        expect(page.locator(PODS).first).to_be_visible()
        expect(page.locator("[data-notice]")).to_contain_text("cannot be reached")


def test_without_anything_to_search_in_it_leads_to_the_list(page: Page) -> None:
    page.route(SEARCH, lambda route: route.abort())
    page.context.route("**/assets/browser/files.json", lambda route: route.fulfill(status=503, body=""))
    page.goto(QUERY)
    expect(page.locator("[data-notice]")).to_contain_text("the browser cannot search either")
    expect(page.locator("[data-search]")).to_have_attribute("data-search-state", "failed")
    page.locator("[data-notice] a").first.click()
    page.wait_for_url("**/codebundles/?q=pods+keep+restarting")
    page.goto("/search/?q=metric&types=library&collection=x")
    expect(page.locator("[data-notice]")).to_contain_text("the browser cannot search either")
    page.locator("[data-notice] a").first.click()
    page.wait_for_url("**/libraries/?q=metric&collection=x")


def test_facets_pages_and_names_work_in_the_browser_too(page: Page) -> None:
    page.route(SEARCH, lambda route: route.abort())
    page.goto("/search/?q=k8s-pod-restarts")
    expect(page.locator(".results h2 a").first).to_have_attribute("href", re.compile("k8s-pod-restarts/$"))
    page.goto("/search/?q=check&access=read-only")
    expect(page.locator(".results > li").first).to_be_visible()
    assert page.locator(".results .access.read-write").count() == 0
    page.goto("/search/?q=check&platform=aws,Kubernetes&platform=none")
    expect(page.get_by_role("list", name="Filters").get_by_role("button")).to_have_text(
        ["Platform: AWS", "Platform: Kubernetes", "Platform: none"]
    )
    expect(page.locator(PODS).first).to_be_visible()
    assert page.locator(".results > li", has_not=page.locator(".platform")).count() == 0


def test_a_search_and_its_filters_need_no_mouse(page: Page) -> None:
    page.goto("/search/")
    expect(page.locator("article input[name=q]")).to_be_focused()
    page.keyboard.type("pods keep restarting")
    page.keyboard.press("Enter")
    expect(page.locator(PODS).first).to_be_visible()
    page.locator("body").press("/")
    expect(page.locator("article input[name=q]")).to_be_focused()
    page.get_by_role("button", name="Read-only only").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**access=read-only")
    chip = page.get_by_role("list", name="Filters").get_by_role("button")
    expect(chip).to_have_text("Access: Read-only")
    expect(page.locator(PODS).first).to_be_visible()


def test_a_site_below_a_path_keeps_its_links_there(page: Page) -> None:
    def below(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace("/registry/", "/", 1)))

    page.route("**/registry/**", below)
    page.goto("/registry/search/?q=my+pods+keep+restarting")
    expect(page.locator(".results h2 a").first).to_have_attribute("href", re.compile("^http://[^/]+/registry/"))
    page.get_by_role("link", name="Ask in the chat").click()
    page.wait_for_url("**/registry/chat/?q=my+pods+keep+restarting")
    page.get_by_role("button", name="Ask").click()
    link = page.locator(".talk .assistant li a").first
    expect(link).to_have_attribute("href", re.compile(f"/registry/codebundles/{SLUGS[0]}/k8s-pod-restarts/$"))


def test_the_words_that_were_asked_for_are_marked(page: Page, address: str) -> None:
    wrong = complaints(page, address)
    page.goto(QUERY)
    expect(page.locator(".results mark").first).to_be_visible()
    marked = {text.lower() for text in page.locator(".results mark").all_text_contents()}
    assert all(text.startswith(("pod", "keep", "restart")) for text in marked)
    assert wrong == []


def test_hostile_words_are_text(page: Page, address: str) -> None:
    wrong = complaints(page, address)
    page.goto("/search/?q=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E+(pods%5B&platform=%3Cb%3E")
    expect(page.locator("[data-count]")).to_contain_text("result")
    assert page.locator(".listing img, .listing b, article h1 + form b").count() == 0
    assert wrong == []


def test_documentation_and_libraries_are_searched_where_asked(page: Page) -> None:
    page.goto("/search/?q=metric")
    page.locator("[data-types]").get_by_role("link", name="Keyword libraries").click()
    page.wait_for_url("**types=library**")
    expect(page.locator("[data-types] [aria-current]")).to_have_text("Keyword libraries")
    expect(page.locator("[data-count]")).to_contain_text("result")


def test_an_address_that_is_not_there_offers_a_search_for_its_words(page: Page) -> None:
    page.goto("/nowhere/k8s-pod_restarts.html")
    expect(page.locator("article input[type=search]")).to_have_value("k8s pod restarts")


def test_several_values_of_a_facet_can_be_chosen_and_each_says_how_many_there_are(page: Page, address: str) -> None:
    wrong = complaints(page, address)
    page.goto("/search/?q=health")
    expect(page.locator("[data-count]")).to_contain_text("result")
    if page.viewport_size and page.viewport_size["width"] < 900:
        page.get_by_text("Filters", exact=True).click()
    facet = page.locator('[data-facet="platform"]')

    def counts() -> dict[str, int]:
        return {
            str(one.locator("input").get_attribute("value")): int(one.locator("small").inner_text())
            for one in facet.locator("label").all()
        }

    before = counts()
    for value in ("AWS", "Kubernetes"):
        facet.locator(f'input[value="{value}"]').check()
        page.wait_for_url(f"**platform={value}*")
        expect(page.locator("[data-search]")).to_have_attribute("data-search-state", "done")
        # What else there is of the facet is still counted, in its place.
        assert counts() == before
    shown = page.locator("[data-results] > li, [data-rest] > li")
    assert shown.count() == shown.filter(has=page.locator(".platform", has_text=re.compile("AWS|Kubernetes"))).count()
    page.go_back()
    expect(facet.locator('input[value="Kubernetes"]')).not_to_be_checked()
    expect(facet.locator('input[value="AWS"]')).to_be_checked()
    assert wrong == []


def test_another_question_is_asked_without_a_new_page_and_keeps_the_filters(page: Page) -> None:
    page.goto("/search/?q=pods&access=read-only")
    expect(page.locator(PODS).first).to_be_visible()
    page.evaluate("window.same = true")
    box = page.locator("article input[name=q]")
    box.fill("certificate expires")
    box.press("Enter")
    page.wait_for_url("**/search/?q=certificate+expires&access=read-only")
    expect(page.locator(".results h2").first).to_contain_text("Certificate")
    assert page.evaluate("window.same")
    page.go_back()
    expect(box).to_have_value("pods")
    expect(page.locator(PODS).first).to_be_visible()


def test_the_first_paint_has_the_question_and_says_that_it_is_searched(page: Page) -> None:
    held: list[Route] = []
    page.route("**/assets/facts.js", lambda route: held.append(route))
    page.goto("/search/?q=pods+keep+restarting", wait_until="commit")
    # Not one of the page's own scripts has run.
    expect(page.locator("article input[name=q]")).to_have_value("pods keep restarting")
    expect(page.get_by_text("Searching…").first).to_be_visible()
    expect(page.get_by_text("For example")).to_be_hidden()
    assert page.locator("[data-search]").get_attribute("data-search-state") is None
    assert held
    for route in held:
        route.continue_()
    page.unroute("**/assets/facts.js")
    expect(page.locator(PODS).first).to_be_visible()
    expect(page.locator(".searching")).to_be_hidden()


def test_how_something_is_done_here_is_answered_by_the_documentation(page: Page) -> None:
    lint = re.compile("/docs/authoring/#lint-check-it-before-you-publish$")
    page.goto("/search/?q=lint+check+before+publish+pre-commit+hook&types=documentation")
    expect(page.locator(".results h2 a").first).to_have_attribute("href", lint)
    page.goto("/search/?q=lint+check+before+publish+pre-commit+hook")
    beside = page.get_by_role("region", name="In the documentation")
    expect(beside.get_by_role("link").first).to_have_attribute("href", lint)
    beside.get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Lint: check it before you publish")).to_be_in_viewport()
    page.goto("/search/?q=pods+keep+restarting")
    expect(page.locator(PODS).first).to_be_visible()
    expect(beside).to_be_hidden()


def test_a_search_without_words_offers_some_and_the_platforms(page: Page) -> None:
    page.goto("/search/")
    expect(page.locator("[data-body]")).to_be_hidden()
    link = page.locator("[data-before] .groups a", has_text="Kubernetes")
    assert page.request.get(link.evaluate("one => one.href")).ok
    page.get_by_role("link", name="pods keep restarting").click()
    page.wait_for_url("**/search/?q=pods*")
    expect(page.locator(PODS).first).to_be_visible()
    expect(link).to_be_hidden()


def judged(page: Page, fits: list[str], likely: int, tools: list[dict[str, object]] | None = None) -> None:
    """The function's answers, with how well each result fits as told here."""

    def answer(route: Route) -> None:
        made = route.fetch().json()
        own = made["results"][0]
        made["results"] = [
            {**own, "slug": f"b{at}", "id": f"c/b{at}", "match": fit, "why": {"because": ["title: pods"]},
             "tools": tools or own["tools"]}
            for at, fit in enumerate(fits)
        ]  # fmt: skip
        made |= {"total": 34, "likely": likely, "confident": True}
        route.fulfill(json=made)

    page.route(SEARCH, answer)


def test_how_well_a_result_fits_is_said_in_words_and_the_tail_is_folded(page: Page) -> None:
    judged(page, ["strong", "partial", "weak", "weak"], 2)
    page.goto(QUERY)
    expect(page.locator("[data-count]")).to_have_text("2 results, and 32 less likely, of 34")
    expect(page.locator("[data-results] > li")).to_have_count(2)
    expect(page.locator("[data-results] .fit")).to_have_text(
        ["Strong match · title: pods", "Partial match · title: pods"]
    )
    assert not re.search(r"score\s+[01]", page.locator("article").inner_text())
    rest = page.get_by_text("Less likely (32)")
    expect(page.locator("[data-rest] > li").first).to_be_hidden()
    rest.click()
    expect(page.locator("[data-rest] > li")).to_have_count(2)
    expect(page.locator("[data-rest] > li").first).to_be_visible()
    # In another order than by relevance nothing comes last.
    if page.viewport_size and page.viewport_size["width"] > 900:
        page.get_by_label("Sort by").select_option("name")
        page.wait_for_url("**sort=name")
        expect(page.locator("[data-results] > li")).to_have_count(4)
        expect(rest).to_be_hidden()


def test_a_tool_is_shown_by_its_title(page: Page) -> None:
    tool = {"kind": "runbook", "name": "${TASK_TITLE}", "title": "Query <b>Cosmos</b>", "line": 3}
    judged(page, ["strong"], 1, [tool])
    page.goto(QUERY)
    expect(page.locator(".results .matched a")).to_have_text("Query <b>Cosmos</b>")
    assert "TASK_TITLE" not in page.locator("article").inner_text()


def test_on_a_phone_the_filters_are_at_the_top(page: Page) -> None:
    if page.viewport_size and page.viewport_size["width"] > 900:
        pytest.skip("of the phone")
    page.goto(QUERY)
    expect(page.locator(PODS).first).to_be_visible()
    button = page.locator("[data-filters] summary")
    place, first = button.bounding_box(), page.locator(".results > li").first.bounding_box()
    assert place
    assert first
    assert place["y"] < first["y"] < 700
    button.click()
    expect(page.locator('[data-facet="platform"] input').first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_was_found_is_taken_along(page: Page) -> None:
    page.goto(QUERY)
    expect(page.locator(PODS).first).to_be_visible()
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as file:
        page.get_by_role("button", name="JSON").click()
    found = json.loads(file.value.path().read_text("utf-8"))
    assert f"{len(found)} result" in page.locator("[data-count]").inner_text()
    assert found[0]["id"] == f"{SLUGS[0]}/k8s-pod-restarts"
    page.get_by_text("Export", exact=True).click()
    answer = page.request.get(page.get_by_role("link", name="The same from the API").get_attribute("href") or "").json()
    assert answer["likely"] == len(found)
    assert [one["id"] for one in answer["results"]][: len(found)] == [one["id"] for one in found][
        : len(answer["results"])
    ]
    assert {one["match"] for one in found} <= {"strong", "partial"}
    page.get_by_role("button", name=f"Select all {len(found)}").click()
    expect(page.locator(".to-selection b")).to_have_text(str(len(found)))


def test_a_value_that_the_answer_does_not_count_is_not_said_to_be_nowhere(page: Page) -> None:
    def many(route: Route) -> None:
        made = route.fetch().json()
        made["facets"]["platform"] = [{"value": f"P{at}", "count": 40 - at} for at in range(30)]
        route.fulfill(json=made)

    page.route(SEARCH, many)
    page.goto(QUERY)
    expect(page.locator(PODS).first).to_be_visible()
    label = page.locator('[data-facet="platform"] label', has=page.locator('[value="Kubernetes"]'))
    expect(label.locator("small")).to_have_text("")
    expect(label).not_to_have_class(re.compile("none"))
    effect = page.locator('[data-facet="access"] label', has=page.locator('[value="read-only"]'))
    expect(effect.locator("small")).not_to_have_text("")


def test_the_page_says_what_of_the_request_nothing_here_has_and_what_is_left_out(page: Page) -> None:
    for asked, note in (
        ("q=pods&platform=k8s", 'No platform here is "k8s"; it is read as Kubernetes.'),
        ("q=pods&platform=%3Cb%3Enomad", 'No platform here is "‹b›nomad"; there are: '),
        ("q=pods+-restarts", 'What is called "restarts" is left out.'),
    ):
        page.goto(f"/search/?{asked}")
        expect(page.locator("[data-search-state=done]")).to_be_visible()
        expect(page.locator("[data-notice]")).to_contain_text(note)
