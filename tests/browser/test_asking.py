"""The chat and the request form, with the function that is served beside the site."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from search_fn.issues.github import LABEL, REPOSITORY
from tests.support.browsing import complaints, needs_chromium, served
from tests.support.fake_provider import KEY, fake_provider
from tests.support.place import SLUGS, Place

pytestmark = [pytest.mark.browser, needs_chromium]

QUERY = "**/api/v1/chat/query"
PODS = f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/"
HOSTILE = (
    "<img src=x onerror=alert(1)> **<b>bold</b>** [run](javascript:alert(1)) [data](data:text/html,x) `<i>`\n\n"
    "1. [page](/codebundles/)\n   - [other](https://example.org/a?b=c)\n\n2. two\n```\n<hr>\n```\n"
    "<script>alert(1)</script> \\*not\\* <https://e.example>"
)


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_the_chat_answers_and_remembers(page: Page, address: str) -> None:
    wrong = complaints(page, address)
    page.goto("/chat/")
    sent = []
    page.on("request", lambda one: sent.append(one.post_data_json) if one.url.endswith("/chat/query") else None)
    ask(page, "Why do my pods keep restarting?")
    expect(page.locator(f".talk a[href$='{PODS}']").first).to_be_visible()
    ask(page, "hello")
    expect(page.locator(".talk .assistant")).to_have_count(2)
    assert [one["question"] for one in sent] == ["Why do my pods keep restarting?", "hello"]
    assert [said["role"] for said in sent[1]["conversation_history"]] == ["user", "assistant"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert wrong == []


def test_an_answer_is_text_whatever_it_holds(page: Page) -> None:
    answer = {"answer": HOSTILE, "build_id": "<u>x</u>", "relevant_tasks": [
        {"codebundle_name": "<s>n</s>", "collection_slug": "../..", "codebundle_slug": "javascript:x"}
    ]}  # fmt: skip
    page.route(QUERY, lambda route: route.fulfill(json=answer))
    page.goto("/chat/")
    ask(page, "x")
    shown = page.locator(".talk .assistant")
    expect(shown).to_contain_text("<img src=x onerror=alert(1)>")
    expect(shown).to_contain_text("*not*")
    expect(shown.locator("pre")).to_have_text("<hr>\n")
    assert shown.locator("img, script, i, u, s, hr").count() == 0
    hrefs = shown.locator("a").evaluate_all("links => links.map(link => link.href)")
    assert {urlsplit(href).scheme for href in hrefs} == {"http", "https"}
    assert "https://example.org/a?b=c" in hrefs
    assert "https://e.example/" in hrefs
    # The sources that it cites have their numbers.
    assert shown.locator("ol").evaluate_all("lists => lists.map(list => list.start)") == [1, 2]
    assert shown.locator("ol > li > ul > li").count() == 1


def test_an_answer_in_a_models_words_says_so(page: Page, built: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_provider() as fake:
        fake.claims = lambda data: [{"text": "<b>Restart</b> *it* `now`", "sources": [1]}]
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", fake.address)
        with served(built) as address:
            page.goto(f"{address}/chat/")
            ask(page, "Why do my pods keep restarting?")
            shown = page.locator(".talk .assistant")
            expect(shown).to_contain_text("<b>Restart</b> *it* `now` [1]")
            expect(shown.locator("ol a")).to_have_attribute("href", f"{address}{PODS}")
            expect(shown).to_contain_text("In a model's words, out of the sources named.")
            fake.begin("500")
            ask(page, "And which pods are pending?")
            expect(shown.last).to_contain_text("The language model gave no usable answer")
            expect(shown.last).to_contain_text("Out of the catalogue, in its own words.")


@pytest.mark.parametrize(("status", "said"), [(404, "is not there"), (200, "is out of order just now. Search")])
def test_a_chat_that_is_not_there_says_so_before_anybody_asks(page: Page, status: int, said: str) -> None:
    page.route("**/chat/health", lambda route: route.fulfill(status=status, json={"status": "degraded"}))
    page.goto("/chat/")
    expect(page.locator("[data-notice]")).to_contain_text(f"The chat {said}")


@pytest.mark.parametrize(
    ("status", "said"), [(500, "out of order"), (429, "asked too much"), (404, "is not there"), (200, "can be read")]
)
def test_a_chat_that_fails_says_so_and_keeps_the_question(page: Page, status: int, said: str) -> None:
    page.route(QUERY, lambda route: route.fulfill(status=status, body="<p>x</p>"))
    page.goto("/chat/?q=is+it+there")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("[data-notice]")).to_contain_text(said)
    expect(page.get_by_label("Your question")).to_have_value("is it there")
    expect(page.locator("[data-notice] a")).to_have_attribute(
        "href", f"{page.url.split('/chat')[0]}/search/?q=is+it+there"
    )


def test_a_request_shows_what_is_there_and_becomes_an_issue(page: Page) -> None:
    page.goto("/request/")
    problem = 'Pods keep restarting & "quoted" # not a heading\n<b>x</b> ü'
    page.get_by_label("What goes wrong").fill(problem)
    page.get_by_label("Where?").fill("Kubernetes")
    page.get_by_label("Which tools").fill("Count restarts\n\n  Show logs ")
    expect(page.locator(f"[data-similar] a[href$='{PODS}']")).to_be_visible()
    page.evaluate("window.open = (url) => (window.opened = url)")
    page.get_by_role("button", name="Open the filled-in issue").click()
    parts = urlsplit(page.evaluate("window.opened"))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"https://github.com/{REPOSITORY}/issues/new"
    assert query["labels"] == LABEL
    assert query["title"] == f"[{LABEL}] - Kubernetes"
    assert problem in query["body"]
    assert "## Tools\n\n1. Count restarts\n2. Show logs" in query["body"]
    assert f"## Similar CodeBundles\n\n- `{SLUGS[0]}/k8s-pod-restarts`" in query["body"]


def test_a_long_request_fits_into_an_address(page: Page) -> None:
    page.goto("/request/")
    page.get_by_label("What goes wrong").fill("ü🙂" * 900)
    page.get_by_label("Where?").fill("AWS")
    expect(page.locator("[data-cut]")).to_be_visible()
    page.evaluate("window.open = (url) => (window.opened = url)")
    page.get_by_role("button", name="Open the filled-in issue").click()
    opened = page.evaluate("window.opened")
    assert len(opened) <= 7_100
    assert parse_qs(urlsplit(opened).query)["body"][0].endswith("…")


def test_similar_bundles_are_found_without_the_function_too(page: Page) -> None:
    asked: list[Route] = []

    def refuse(route: Route) -> None:
        asked.append(route)
        route.abort()

    page.route("**/api/v1/search*", refuse)
    page.goto("/request/?problem=certificate")
    expect(page.locator("[data-similar] a").first).to_be_visible()
    page.get_by_label("What goes wrong").fill("pods keep restarting")
    expect(page.locator(f"[data-similar] a[href$='{PODS}']")).to_be_visible()
    # What failed once is not waited for again.
    assert len(asked) == 1


def test_open_requests_are_shown_where_the_build_knows_them(page: Page, built: Place) -> None:
    text = (built.folder / "site" / "request" / "index.html").read_text(encoding="utf-8")
    text = text.replace("data-request ", 'data-request data-open="../api/v1/requests.json" ')
    rows = [
        {"number": 7, "title": "Kafka consumer <b>lag</b>", "url": "https://github.com/o/r/issues/7"},
        {"number": 8, "title": "consumer lag", "url": "javascript:alert(1)"},
        {"number": 9, "title": "something else", "url": "https://github.com/o/r/issues/9"},
    ]
    page.route("**/request/*", lambda route: route.fulfill(content_type="text/html", body=text))
    page.route("**/requests.json", lambda route: route.fulfill(body=json.dumps({"requests": rows})))
    page.goto("/request/?problem=the+consumer+lag+grows")
    expect(page.locator("[data-requests] a")).to_have_text(["#7 Kafka consumer <b>lag</b>"])
