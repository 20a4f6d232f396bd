"""The form that writes a configuration: whatever is typed, its YAML says that and nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydantic import BaseModel, ConfigDict, Field

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import Place

pytestmark = [pytest.mark.browser, needs_chromium]

# What YAML reads as something else, unless it is quoted well.
VALUES = (
    "plain", "yes", "null", "007", "1e3", "a: b", "# x", "- x", "it's \"so\"", "two\nlines\n", "${VAR} %{VAR}", "\\n\\",
    "  blanks  ", "é \U0001f600 \u2028\x7f\u202e", "{a: [1, *b, &c]}", "!!python/name:os.system", "---\nkind: X",
    "<b>&amp;",
)  # fmt: skip


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Value(Strict):
    name: str
    value: str


class Key(Strict):
    name: str
    workspaceKey: str


class Source(Strict):
    repoUrl: str = Field(pattern="^https://")
    ref: str
    pathToRobot: str = Field(pattern=r"^codebundles/[^/]+/(runbook|sli)\.robot$")


class Runs(Strict):
    codeBundle: Source
    configProvided: list[Value]
    secretsProvided: list[Key]


class RunbookSpec(Runs):
    location: str


class IndicatorSpec(Runs):
    displayUnitsLong: Literal["OK"]
    displayUnitsShort: Literal["ok"]
    locations: list[str] = Field(min_length=1, max_length=1)
    description: str
    intervalStrategy: Literal["intermezzo"]
    intervalSeconds: int


class Metadata(Strict):
    name: str


class Runbook(Strict):
    apiVersion: Literal["runwhen.com/v1"]
    kind: Literal["Runbook"]
    metadata: Metadata
    spec: RunbookSpec


class Indicator(Strict):
    apiVersion: Literal["runwhen.com/v1"]
    kind: Literal["ServiceLevelIndicator"]
    metadata: Metadata
    spec: IndicatorSpec


Resource = Runbook | Indicator


def resources(text: str | None) -> list[Resource]:
    kinds: dict[str, type[Resource]] = {"Runbook": Runbook, "ServiceLevelIndicator": Indicator}
    return [kinds[one["kind"]].model_validate(one) for one in yaml.safe_load_all(text or "")]


def expected(record: dict[str, Any], values: dict[str, str], keys: dict[str, str]) -> list[tuple[str, Any, Any]]:
    """Path, variables and secrets of each resource when these are filled in."""
    found = []
    for kind, path in (("runbook", record["runbook_path"]), ("monitor", record["sli_path"])):
        if path:
            variables = [one["name"] for one in record["user_variables"] if kind in one["used_by"]]
            secrets = [one["name"] for one in record["secrets"] if kind in one["used_by"]]
            found.append(
                (
                    path,
                    [(name, values[name]) for name in variables if name in values],
                    [(name, keys[name]) for name in secrets if name in keys],
                )
            )
    return found


def said(found: list[Resource]) -> list[tuple[str, Any, Any]]:
    return [
        (
            one.spec.codeBundle.pathToRobot,
            [(item.name, item.value) for item in one.spec.configProvided],
            [(item.name, item.workspaceKey) for item in one.spec.secretsProvided],
        )
        for one in found
    ]


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    opened = context.new_page()
    wrong = complaints(opened, address)
    yield opened
    assert wrong == []


@pytest.fixture(scope="module")
def records(built: Place) -> list[dict[str, Any]]:
    """Every bundle of the samples that can be run."""
    files = sorted((built.folder / "site" / "api" / "v1" / "collections").glob("*/codebundles/*.json"))
    all_of_them = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [one for one in all_of_them if one["runbook_path"] or one["sli_path"]]


def at_start(record: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    values = {
        one["name"]: f"<{one['name']}>" if one["required"] else one["default"] for one in record["user_variables"]
    }
    keys = {one["name"]: f"<{one['name']}>" for one in record["secrets"] if one["required"]}
    # What has no default, Robot's variables and credentials are left to the bundle.
    left = [
        one["name"]
        for one in record["user_variables"]
        if not one["required"]
        and (one["sensitive"] or one["default"] is None or re.search(r"[$@&%]\{", one["default"]))
    ]
    return {name: value for name, value in values.items() if name not in left}, keys


def test_the_static_yaml_is_that_of_the_untouched_form(
    page: Page, browser: Browser, address: str, records: list[dict[str, Any]]
) -> None:
    scriptless = browser.new_context(base_url=address, java_script_enabled=False)
    plain = scriptless.new_page()
    assert len(records) > 10
    for record in records:
        plain.goto(f"/codebundles/{record['id']}/")
        page.goto(f"/codebundles/{record['id']}/")
        text = page.locator("#yaml").text_content()
        assert plain.locator("#yaml").text_content() == text
        assert said(resources(text)) == expected(record, *at_start(record))
        expect(
            plain.locator(".configure textarea, .configure select, .configure input").locator("visible=true")
        ).to_have_count(0)
    scriptless.close()


def test_whatever_is_filled_in_is_what_a_reader_of_the_yaml_finds(page: Page, records: list[dict[str, Any]]) -> None:
    turn = 0
    for record in records:
        page.goto(f"/codebundles/{record['id']}/")
        for _ in range(3):
            values, keys = at_start(record)
            for position, one in enumerate(record["user_variables"], 1):
                field = page.locator(f"#v{position}")
                if one["sensitive"]:
                    expect(field).to_be_disabled()
                elif one["enum"]:
                    values[one["name"]] = one["enum"][turn % len(one["enum"])]
                    field.select_option(values[one["name"]])
                else:
                    values[one["name"]] = VALUES[turn % len(VALUES)]
                    field.fill(values[one["name"]])
                turn += 1
            for position, one in enumerate(record["secrets"], 1):
                keys[one["name"]] = ("k8s:file@secret/kubeconfig:kubeconfig", "yes", '"#')[turn % 3]
                page.locator(f"#s{position}").fill(keys[one["name"]])
                turn += 1
            page.locator("#use-location").fill("loc: 1")
            found = resources(page.locator("#yaml").text_content())
            assert said(found) == expected(record, values, keys)
            for resource in found:
                spec = resource.spec
                assert "loc: 1" in (spec.location if isinstance(spec, RunbookSpec) else spec.locations)
                assert spec.codeBundle.ref == record["codecollection"]["git_ref"]
    assert turn > len(VALUES)


@pytest.mark.parametrize(("width", "shown"), [(1280, True), (360, False)], ids=["desktop", "phone"])
def test_the_facts_stand_beside_the_tools_or_are_folded_above_them(page: Page, width: int, *, shown: bool) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/codebundles/harbor-codecollection/k8s-pod-restarts/")
    author = page.locator(".facts dt", has_text="Author")
    expect(author).to_be_visible(visible=shown)
    assert page.locator("#tools").evaluate("e => e.getBoundingClientRect().top") < 800
    if not shown:
        page.locator(".facts summary").press("Enter")
        expect(author).to_be_visible()


def test_what_is_missing_or_does_not_fit_is_said_beside_its_field(page: Page) -> None:
    page.goto("/codebundles/harbor-codecollection/k8s-pod-restarts/")
    required = page.locator(".configure [required]:not([disabled], #use-name, #use-interval)")
    expect(page.locator("[role=status]")).to_contain_text("still to be filled in")
    expect(page.locator(".wrong")).to_have_count(0)
    page.locator("[data-download]").click()
    assert required.count() >= 3
    for field in required.all():
        expect(field).to_have_attribute("aria-invalid", "true")
        note = page.locator(f"#{(field.get_attribute('aria-describedby') or '').split()[-1]}")
        expect(note).to_have_text("This is required.")
    for field in required.all():
        field.fill("a")
        expect(field).to_have_attribute("aria-invalid", "false")
    expect(page.locator("[role=status]")).to_have_text("Complete.")
    page.locator("#use-name").fill("No Name")
    page.locator("#use-name").blur()
    expect(page.locator("#use-name-e")).to_contain_text("does not fit the pattern")
    page.locator("#use-interval").fill("soon")
    page.locator("#s1").fill("-----BEGIN KEY-----\nabc")
    page.locator("#s1").blur()
    expect(page.locator("#s1-e")).to_contain_text("never the secret itself")
    indicator = resources(page.locator("#yaml").text_content())[1]
    assert isinstance(indicator, Indicator)
    assert indicator.spec.intervalSeconds == 300


def test_a_pattern_is_checked_where_it_cannot_run_away_and_is_true_of_the_bundles_own_values(page: Page) -> None:
    page.goto("/codebundles/harbor-codecollection/k8s-pod-restarts/")
    field = page.locator(".configure textarea").first
    for pattern, example, value, fits in (
        (r"^\d+$", "", "12", True), (r"^\d+$", "", "1x", False), (r"^\d+$", "10m", "1x", True), ("(", "", "x", True),
        (r"^(a+)+$", "", "a" * 40 + "!", True), (r"^(a|a)*$", "", "a" * 40 + "!", True), (r"(.)\1", "", "ab", True),
        (r"^.*.*.*.*.*.*x$", "", "y" * 150, True), ("^" + "a?" * 60 + "$", "", "b", True), ("^a$", "", "b" * 500, True),
    ):  # fmt: skip
        field.evaluate(
            "(e, [p, x]) => { e.dataset.pattern = p; e.dataset.example = x; e.defaultValue = '' }", [pattern, example]
        )
        field.fill(value)
        field.blur()
        expect(field).not_to_have_attribute("aria-invalid", "true" if fits else "false")


def test_the_yaml_is_copied_and_saved_and_nothing_is_sent(page: Page, context: BrowserContext, tmp_path: Path) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/codebundles/harbor-codecollection/k8s-pod-restarts/", wait_until="networkidle")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("#use-location").fill("here")
    text = page.locator("#yaml").text_content()
    page.get_by_role("button", name="Copy YAML").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == "k8s-pod-restarts.yaml"
    saved.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_text(encoding="utf-8") == text
    assert [url for url in sent if not url.startswith("blob:")] == []
    page.keyboard.press("Enter")
    assert page.url.endswith("/k8s-pod-restarts/")
