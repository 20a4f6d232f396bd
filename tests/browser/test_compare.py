"""Two to four Skill Templates side by side."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]
PODS, DNS = f"{SLUGS[0]}/k8s-pod-restarts", f"{SLUGS[1]}/dns-lookup-health"


@pytest.fixture(params=[1280, 360], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=address, viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
    )
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    assert [one for one in wrong if "404" not in one] == []
    context.close()


def row(page: Page, name: str) -> list[str]:
    cells = page.locator(".compared tbody tr", has=page.locator(f"th:text-is('{name}')")).locator("td")
    whose = cells.locator(".whose").all_text_contents()
    return [text.removeprefix(name) for text, name in zip(cells.all_text_contents(), whose, strict=True)]


def test_each_column_says_what_the_record_does(page: Page) -> None:
    page.goto(f"/compare/?ids={PODS},{DNS}")
    expect(page.locator(".compared thead th")).to_have_count(2)
    for position, id_ in enumerate((PODS, DNS)):
        record = page.request.get(f"/api/v1/collections/{id_.replace('/', '/codebundles/')}.json").json()
        required = [one["name"] for one in record["user_variables"] if one["required"]]
        assert row(page, "What it is for")[position] == record["description"]
        assert row(page, "Required variables")[position] == ("".join(required) or "none")
        assert all(one["name"] in row(page, "Secrets")[position] for one in record["secrets"])
        tools = row(page, "Runbook tools")[position]
        assert tools.startswith(f"{record['task_count']} tool") if record["task_count"] else tools == "none"
        assert all(one["permission"] in row(page, "Permissions")[position] for one in record["permissions"][:6])
        by = "discovered automatically" if record["configuration_type"]["has_generation_rules"] else "by hand"
        assert row(page, "Set up")[position].startswith(by)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    assert "Compare " in page.title()


def test_only_what_differs_is_left_where_somebody_asks(page: Page) -> None:
    page.goto(f"/compare/?ids={PODS},{DNS}")
    expect(page.locator(".compared thead th")).to_have_count(2)
    rows = page.locator(".compared tbody tr:visible")
    before = rows.count()
    same = page.locator(".compared tbody tr.same").count()
    assert 0 < same < before
    page.get_by_label("Only what differs").check()
    expect(rows).to_have_count(before - same)
    page.get_by_role("button", name="Remove").first.click()
    page.wait_for_url(f"**/compare/?ids={DNS}")
    expect(page.locator("[data-status]")).to_contain_text("name another to compare it with")


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ("", "Nothing is named in the address"),
        ("a/b", "Not in the catalogue, or not readable just now: a/b."),
        (f"{PODS},{PODS},../../etc", "Not in the catalogue, or not readable just now: ../../etc."),
        (f"{PODS},a/b,<b>x</b>", "a/b, <b>x</b>"),
        (f"{PODS},{DNS},a/1,a/2,a/3,a/4", "left out: a/3, a/4."),
    ],
)
def test_what_cannot_be_compared_is_named(page: Page, ids: str, said: str) -> None:
    page.goto(f"/compare/?ids={ids}")
    expect(page.locator("[data-status]")).to_contain_text(said)


def test_without_scripts_it_says_what_it_needs(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/compare/?ids={PODS}")
    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
    expect(page.locator(".compared")).to_be_hidden()
    context.close()
