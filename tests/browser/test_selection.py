"""What a reader chooses: kept in their browser, taken along as one configuration."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import SLUGS

pytestmark = [pytest.mark.browser, needs_chromium]
PODS, DNS = f"{SLUGS[0]}/k8s-pod-restarts", f"{SLUGS[1]}/dns-lookup-health"


@pytest.fixture(params=[1280, 360], ids=["desktop", "phone"])
def context(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=address, viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    assert wrong == []


def choose(page: Page, *ids: str) -> None:
    for one in ids:
        page.goto(f"/codebundles/{one}/")
        page.locator(".page-head [data-select]").click()


def test_a_choice_is_kept_counted_and_exported(page: Page) -> None:
    page.goto(f"/codebundles/{PODS}/")
    expect(page.locator(".to-selection")).to_be_hidden()
    choose(page, PODS, DNS)
    button = page.locator(".page-head [data-select]")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Selected")
    page.reload()
    expect(button).to_have_text("Selected")
    expect(page.locator(".to-selection b")).to_have_text("2")
    single = [
        page.request.get(f"/api/v1/collections/{one.replace('/', '/codebundles/')}/config.yaml") for one in (PODS, DNS)
    ]
    page.locator(".to-selection").click()
    page.wait_for_url("**/selection/")
    expect(page.locator(".chosen a")).to_have_count(2)
    expect(page.locator("#workspace-yaml")).to_contain_text("dns-lookup-health")
    # The same as the files of the two say.
    together = yaml.safe_load_all(page.locator("#yaml").text_content() or "")
    assert list(together) == [one for answer in single for one in yaml.safe_load_all(answer.text())]
    wanted = yaml.safe_load(page.locator("#workspace-yaml").text_content() or "")
    assert [(one["branch"], one["codeBundles"]) for one in wanted["codeCollections"]] == [
        ("main", ["k8s-pod-restarts"]), ("main", ["dns-lookup-health"]),
    ]  # fmt: skip
    assert all(one["repoURL"].startswith("https://") for one in wanted["codeCollections"])
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]


def test_what_is_chosen_is_compared(page: Page) -> None:
    choose(page, PODS)
    page.goto("/selection/")
    link = page.locator("[data-compare]")
    expect(page.locator(".chosen li")).to_have_count(1)
    expect(link).to_be_hidden()
    choose(page, DNS)
    page.goto("/selection/")
    link.click()
    page.wait_for_url(f"**/compare/?ids={PODS},{DNS}")
    expect(page.locator(".compared thead a")).to_have_count(2)


def test_what_was_chosen_can_be_let_go(page: Page) -> None:
    choose(page, PODS, DNS)
    page.locator(".page-head [data-select]").click()
    expect(page.locator(".page-head [data-select]")).to_have_text("Select")
    choose(page, DNS)
    page.goto("/selection/")
    page.locator(".chosen li", has_text=PODS).get_by_role("button").click()
    expect(page.locator(".chosen li")).to_have_count(1)
    expect(page.locator(".to-selection b")).to_have_text("1")
    expect(page.locator("#yaml")).not_to_contain_text("k8s-pod-restarts")
    page.get_by_role("button", name="Remove all").click()
    expect(page.get_by_text("Nothing is selected.")).to_be_visible()
    expect(page.locator("#yaml")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("Nothing is selected.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="the list of Skill Templates").click()
    page.wait_for_url("**/codebundles/")


def test_an_address_shares_a_selection_without_changing_ones_own(page: Page) -> None:
    choose(page, PODS)
    page.goto(f"/selection/?ids={DNS},{SLUGS[0]}/was-renamed,<b>x</b>,../..,{DNS}")
    expect(page.locator(".chosen li")).to_have_count(4)
    expect(page.locator(".chosen li", has_text="not in the catalogue any more")).to_have_count(3)
    expect(page.locator(".chosen b")).to_have_count(1)
    expect(page.locator("#yaml")).to_contain_text("dns-lookup-health")
    expect(page.locator(".to-selection b")).to_have_text("1")
    page.get_by_role("button", name="Remove <b>x</b>").click()
    assert page.url.endswith(f"/selection/?ids={DNS},{SLUGS[0]}/was-renamed,../..")
    page.get_by_role("button", name="Copy to my selection").click()
    page.wait_for_url("**/selection/")
    expect(page.locator(".to-selection b")).to_have_text("3")
    share = page.locator("[data-copy]").get_attribute("data-copy") or ""
    page.goto(share)
    expect(page.locator(".chosen li")).to_have_count(3)


def test_a_browser_that_keeps_nothing_can_still_choose(page: Page) -> None:
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden') } })")
    choose(page, PODS)
    expect(page.locator(".page-head [data-select]")).to_have_text("Selected")
    page.goto("/selection/")
    expect(page.get_by_text("Nothing is selected.")).to_be_visible()


@pytest.mark.parametrize("kept", ['"x"', "{}", "[1, null]", "[[]]", "not json", "null"])
def test_what_something_else_wrote_there_is_no_selection(page: Page, kept: str) -> None:
    page.goto("/")
    page.evaluate("kept => localStorage.setItem(__md_scope.pathname + '.selection', kept)", kept)
    page.goto("/selection/")
    expect(page.locator("[data-status]")).not_to_contain_text("Looking")
    expect(page.locator("#yaml")).to_be_hidden()


def test_a_list_that_cannot_be_read_is_said(page: Page, context: BrowserContext) -> None:
    context.route("**/list.json", lambda route: route.fulfill(status=200, body="<p>"))
    page.goto("/selection/")
    expect(page.get_by_text("could not be read")).to_be_visible()


def test_what_all_need_is_one_role_and_one_policy(page: Page) -> None:
    certificates, buckets = f"{SLUGS[0]}/k8s-certificate-expiry", f"{SLUGS[1]}/aws-s3-public-buckets"
    chosen = [PODS, certificates, buckets]
    page.goto(f"/selection/?ids={','.join(chosen)}")
    expect(page.locator("#role-yaml")).to_be_visible()
    role = yaml.safe_load(page.locator("#role-yaml").text_content() or "")
    policy = yaml.safe_load(page.locator("#policy-json").text_content() or "")
    wanted: set[tuple[str, str, str]] = set()
    actions: set[str] = set()
    for one in chosen:
        folder = f"/api/v1/collections/{one.replace('/', '/codebundles/')}"
        for name in ("kubernetes-role.yaml", "aws-policy.json"):
            answer = page.request.get(f"{folder}/{name}")
            data = yaml.safe_load(answer.text()) if answer.ok else {}
            wanted |= rules(data)
            actions |= {action for statement in data.get("Statement", ()) for action in statement["Action"]}
    assert rules(role) == wanted
    assert len(wanted) > 4
    assert {action for statement in policy["Statement"] for action in statement["Action"]} == actions != set()
    # What needs nothing has neither.
    page.goto(f"/selection/?ids={DNS}")
    expect(page.locator("#workspace-yaml")).to_contain_text("dns-lookup-health")
    expect(page.locator("#role-yaml")).to_be_hidden()


def rules(role: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (group, resource, verb)
        for rule in role.get("rules", ())
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
