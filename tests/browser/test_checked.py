"""When a build last looked, as a reader is told it: by a script, from a file that may be anything."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS, Place

pytestmark = [pytest.mark.browser, needs_chromium]


def ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def answer_with(page: Page, text: str, status: int = 200) -> None:
    def fulfil(route: Route) -> None:
        route.fulfill(status=status, body=text, content_type="application/json")

    page.route("**/api/v1/checked.json", fulfil)


def changed(built: Place, hours: float) -> dict[str, Any]:
    found: dict[str, Any] = built.json("checked.json")
    collections = [{**one, "checked_at": ago(hours)} for one in found["collections"]]
    return {**found, "checked_at": ago(hours), "collections": collections}


def test_the_footer_says_when_a_build_last_looked(page: Page, built: Place, address: str) -> None:
    wrong = complaints(page, address)
    answer_with(page, json.dumps(changed(built, 3)))
    for path in ("/", "/docs/", f"/codebundles/{SLUGS[0]}/k8s-pod-restarts/"):
        page.goto(path)
        expect(page.locator(".footer .about")).to_contain_text(", checked 3 hours ago")
        expect(page.locator(".overdue")).to_have_count(0)
    # What the build has written itself.
    page.unroute_all()
    page.goto("/report/")
    expect(page.locator("[data-checked]")).to_contain_text("checked")
    expect(page.locator("[data-looked]")).to_contain_text("A build last looked at them on ")
    assert wrong == []


def test_a_page_that_is_older_than_it_should_be_says_so(page: Page, built: Place) -> None:
    old = changed(built, 75)
    old["collections"][0]["checked_at"] = None
    answer_with(page, json.dumps(old))
    page.goto("/report/")
    notice = page.locator(".overdue")
    expect(notice).to_contain_text("This catalogue was last checked 3 days ago, on ")
    expect(notice).to_contain_text("should not be longer ago than 24 hours")
    expect(page.locator("[data-looked]")).to_contain_text(
        f"{old['collections'][0]['slug']}: last brought up to date never"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    ("text", "status"),
    [("", 404), ("{", 200), ("[]", 200), ('{"checked_at": null}', 200), ('{"checked_at": "yesterday"}', 200),
     (json.dumps({"checked_at": "2999-01-01T00:00:00Z", "stale_after_hours": 24, "collections": []}), 200)],
)  # fmt: skip
def test_nothing_is_said_where_nothing_is_known(page: Page, text: str, status: int) -> None:
    answer_with(page, text, status)
    with page.expect_response("**/api/v1/checked.json"):
        page.goto("/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-checked]")).to_have_text("")
    expect(page.locator(".overdue")).to_have_count(0)


def test_a_page_of_another_build_is_told_apart(page: Page, built: Place) -> None:
    answer_with(page, json.dumps({**changed(built, 90), "build_id": "another"}))
    page.goto("/")
    expect(page.locator("[data-checked]")).to_contain_text("of another build than the one published now")
    expect(page.locator(".overdue")).to_have_count(0)


def test_without_scripts_pages_say_the_newest_change_alone(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/report/")
    about = page.locator(".footer .about")
    expect(about).to_contain_text("Newest change")
    assert "checked" not in about.inner_text()
    expect(page.locator("[data-looked]")).to_be_hidden()
    context.close()
