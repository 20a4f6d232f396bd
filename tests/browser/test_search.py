"""The search page while the function is well, and in every way in which it may not be."""

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
    expect(page.locator("[data-applied] a")).to_have_text("Platform: AWS, Kubernetes, none ×")
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
    page.get_by_role("link", name="Read-only").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**access=read-only")
    expect(page.locator("[data-applied] a")).to_have_text("Access: Read-only ×")
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
    expect(page.locator("[data-status]")).to_contain_text("result")
    assert page.locator("article img, article b").count() == 0
    assert wrong == []


def test_documentation_and_libraries_are_searched_where_asked(page: Page) -> None:
    page.goto("/search/?q=metric")
    page.get_by_role("link", name="Keyword libraries").click()
    page.wait_for_url("**types=library**")
    expect(page.locator("[data-types] [aria-current]")).to_have_text("Keyword libraries")
    expect(page.locator("[data-status]")).to_contain_text("result")


def test_an_address_that_is_not_there_offers_a_search_for_its_words(page: Page) -> None:
    page.goto("/nowhere/k8s-pod_restarts.html")
    expect(page.locator("article input[type=search]")).to_have_value("k8s pod restarts")
