"""The site and the function as a person meets them: served together, in a real browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from place import ROOT, SLUGS, Place
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.browser,
    # CI installs one: there a missing browser is a failure.
    pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def address(built: Place) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "build", "serve", "--port", str(port)]
    folders = ["--site", str(built.folder / "site"), "--index", str(built.folder / "index")]
    server = subprocess.Popen([*command, *folders], cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        end = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, server.stderr and server.stderr.read()
                assert time.monotonic() < end
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking", "--disable-sync"]
        )
        yield running
        running.close()


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test if anything goes to its console, to another host, or is not there."""
    width, scheme = request.param
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda sent: wrong.append(sent.url) if not sent.url.startswith((address, "data:")) else None)
    opened.on("response", lambda got: wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    yield opened
    context.close()
    assert wrong == []


PAGES = (
    "/", "/codebundles/", f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/", "/collections/", f"/collections/{SLUGS[1]}/",
    "/tools/", "/search/", "/report/", "/docs/", "/docs/architecture/",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_stands_without_scrolling_sideways(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).not_to_be_empty()
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]


def test_the_search_box_finds_the_bundle_and_leads_to_it(page: Page) -> None:
    page.goto("/")
    box = page.locator("article input[type=search]")
    box.fill("pods keep restarting")
    box.press("Enter")
    page.wait_for_url("**/search/?q=pods+keep+restarting")
    first = page.locator(f"article a[href$='/codebundles/{SLUGS[0]}/k8s-pod-restarts/']").first
    expect(first).to_be_visible()
    first.click()
    expect(page).to_have_url(f"{page.evaluate('location.origin')}/codebundles/{SLUGS[0]}/k8s-pod-restarts/")


def test_the_order_on_the_page_is_the_functions(page: Page) -> None:
    page.goto("/search/?q=certificate+about+to+expire")
    expect(page.locator("article a[href*='/codebundles/']").first).to_be_visible()
    answered = page.evaluate("fetch('/api/v1/search?q=certificate+about+to+expire&limit=20').then(r => r.json())")
    shown = page.eval_on_selector_all(
        "article a[href*='/codebundles/']", "links => links.map(link => new URL(link.href).pathname)"
    )
    paths = [path for path in dict.fromkeys(shown) if path.count("/") == 4]
    assert paths == [result["url"] for result in answered["results"]]


def test_a_function_that_is_down_is_said_and_never_an_empty_page(page: Page) -> None:
    page.route("**/api/v1/search*", lambda route: route.fulfill(status=200, content_type="text/html", body="<p>x</p>"))
    page.goto("/search/?q=pods")
    expect(page.get_by_text("The search gave no answer")).to_be_visible()
    expect(page.locator("article a[href*='codebundles/?q=pods']")).to_be_visible()


def test_the_list_is_filtered_by_its_address(page: Page) -> None:
    page.goto("/codebundles/?platform=AWS")
    shown = page.locator("article a[href*='aws-s3-public-buckets']")
    expect(shown.first).to_be_visible()
    expect(page.locator("article a[href*='k8s-pod-restarts']")).to_have_count(1)
    expect(page.locator("article a[href*='k8s-pod-restarts']")).to_be_hidden()


def test_old_addresses_lead_to_the_bundle(page: Page) -> None:
    page.goto(f"/collections/{SLUGS[0]}/codebundles/k8s-pod-restarts/")
    page.wait_for_url(f"**/codebundles/{SLUGS[0]}/k8s-pod-restarts/")
    expect(page.locator("h1")).to_have_count(1)


def test_slash_focuses_the_search_box(page: Page) -> None:
    page.goto("/tools/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('input[type=search], input[type=text]')") or page.evaluate(
        "innerWidth < 600"
    )
