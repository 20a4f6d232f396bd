"""The form where templates take each other's place, or write several values: real pages of a made-up bundle."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from build.model import Bundle, Manifest, Tool, Variable
from build.untrusted.yaml_text import gap
from tests.support.browsing import complaints, needs_chromium
from tests.support.catalogues import entry, made_up, pages_of

pytestmark = [pytest.mark.browser, needs_chromium]

PODS = "/codebundles/harbor-codecollection/k8s-pod-restarts/"
LOOK = Tool(kind="runbook", name="Look", title="Look", line=3)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    assert wrong == []
    context.close()


def show(page: Page, *manifests: tuple[str, str, str, str]) -> None:
    """Open the page of a bundle, in the place of a built one, with these manifests: template, kind, value and gap."""
    variables = (
        Variable(name="LIMIT", default="1", required=False, used_by=("runbook", "monitor"), line=3),
        Variable(name="WAX", default=None, required=False, used_by=("runbook",), line=4),
    )
    bundle = Bundle(
        name="lamp", has_runbook=True, has_monitor=True, tools=(LOOK,), user_variables=variables,
        manifests=tuple(
            Manifest(template=template, kind=kind, text=f'kind: {kind}\nvalue: "{gap(f"v:{name}", value)}"\n')
            for template, kind, name, value in manifests
        ),
    )  # fmt: skip
    catalogue = made_up([entry(bundle)])
    (record,) = catalogue.records
    article = pages_of(catalogue)[f"codebundles/{record.id}/index.md"].partition("\n---\n")[2]

    def serve(route: Route) -> None:
        response = route.fetch()
        body = re.sub(r"<article class=\"page bundle.*</article>", lambda _: article, response.text(), flags=re.DOTALL)
        route.fulfill(response=response, body=body)

    page.route(f"**{PODS}", serve)
    page.goto(PODS)
    page.locator("details.optional").evaluate_all("all => all.forEach(one => one.open = true)")


def values(page: Page) -> list[str]:
    return re.findall(r'^value: "(.*)"$', page.locator("#yaml").text_content() or "", re.MULTILINE)


def test_a_field_of_several_values_is_empty_and_takes_the_place_of_each_also_as_the_default(page: Page) -> None:
    show(page, ("a-sli.yaml", "ServiceLevelIndicator", "LIMIT", "2"), ("a-taskset.yaml", "Runbook", "LIMIT", "4"))
    field = page.locator("[data-name=LIMIT]")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("placeholder", "as its templates write it: 2 in the SLI, 4 in the runbook")
    assert values(page) == ["2", "4"]
    for typed in ("7", "1"):
        field.fill(typed)
        assert values(page) == [typed, typed]
    field.fill("")
    assert values(page) == ["2", "4"]


def test_one_case_is_chosen_and_its_documents_and_fields_are_shown_alone(page: Page) -> None:
    show(
        page,
        ("lamp-oil-sli.yaml", "ServiceLevelIndicator", "LIMIT", "2"), ("lamp-oil-taskset.yaml", "Runbook", "WAX", "w"),
        ("lamp-gas-sli.yaml", "ServiceLevelIndicator", "LIMIT", "<LIMIT>"),
    )  # fmt: skip
    choice, limit, wax = (page.locator(one) for one in ("#use-choice", "[data-name=LIMIT]", "[data-name=WAX]"))
    assert choice.locator("option").all_inner_texts() == ["oil", "gas"]
    assert values(page) == ["2", "w"]
    expect(limit).to_have_value("2")
    expect(wax).to_be_visible()
    choice.select_option("gas")
    assert values(page) == ["<LIMIT>"]
    expect(limit).to_have_value("")
    expect(wax).to_be_hidden()
    expect(page.locator(".configure [role=status]")).to_have_text("1 to fill in or correct: LIMIT")
    limit.fill("9")
    assert values(page) == ["9"]
    expect(page.locator(".configure [role=status]")).to_have_text("Nothing is missing.")
    # What was chosen is kept.
    page.reload()
    expect(choice).to_have_value("gas")
    assert values(page) == ["9"]
