"""The form that writes a configuration: whatever is typed, its YAML says that and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.browsing import complaints, needs_chromium
from tests.support.place import Place

pytestmark = [pytest.mark.browser, needs_chromium]

# What YAML reads as something else, unless it is quoted well.
VALUES = (
    "plain", "yes", "null", "007", "1e3", "a: b", "# x", "- x", "it's \"so\"", "two\nlines\n", "${VAR} %{VAR}", "\\n\\",
    "  blanks  ", "é \U0001f600 \u2028\x7f\u202e", "{a: [1, *b, &c]}", "!!python/name:os.system", "---\nkind: X",
    "<b>&amp;",
)  # fmt: skip


# What a field held before anything was typed.
FIRST = (
    "e => e.tagName === 'SELECT' ? ([...e.options].find(o => o.defaultSelected) ?? e.options[0]).value : e.defaultValue"
)
KINDS = {"Runbook": "runbook", "ServiceLevelIndicator": "monitor"}


def resources(text: str | None) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(text or ""))


def provided(found: list[dict[str, Any]], kind: str, field: str, key: str) -> list[dict[str, str]]:
    """What each resource that runs a robot file of this kind is provided with, by name."""
    own = [one["spec"] for one in found if KINDS.get(one["kind"]) == kind]
    return [{item["name"]: item[key] for item in spec[field]} for spec in own]


def intervals(found: list[dict[str, Any]]) -> set[int]:
    return {one["spec"]["intervalSeconds"] for one in found if one["kind"] == "ServiceLevelIndicator"}


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


def test_the_static_yaml_is_that_of_the_untouched_form(
    page: Page, browser: Browser, address: str, built: Place, records: list[dict[str, Any]]
) -> None:
    scriptless = browser.new_context(base_url=address, java_script_enabled=False)
    plain = scriptless.new_page()
    assert len(records) > 10
    whole = 0
    for record in records:
        plain.goto(f"/codebundles/{record['id']}/")
        page.goto(f"/codebundles/{record['id']}/")
        text = page.locator("#yaml").text_content()
        assert text
        assert plain.locator("#yaml").text_content() == text
        path = f"api/v1/collections/{record['id'].replace('/', '/codebundles/')}/config.yaml"
        file = (built.folder / "site" / path).read_text(encoding="utf-8")
        whole += text == file
        # Of a long one the first variants; the file has all.
        assert text == file or ("more variants of these are in the whole file" in text and len(file) > 6_000)
        expect(
            plain.locator(".configure textarea, .configure select, .configure input").locator("visible=true")
        ).to_have_count(0)
    assert whole > 10
    scriptless.close()


def refs(found: list[dict[str, Any]]) -> set[str]:
    return {one["spec"]["codeBundle"]["ref"] for one in found if one["kind"] in KINDS}


def test_the_version_that_is_run_can_be_chosen(
    page: Page, context: BrowserContext, browser: Browser, address: str, records: list[dict[str, Any]]
) -> None:
    record = next(one for one in records if one["runbook_path"] and one["sli_path"])
    at, own = f"/codebundles/{record['id']}/", record["codecollection"]
    page.goto(at)
    shown = page.locator("#yaml")
    pinned = shown.text_content()
    assert refs(resources(pinned)) == {own["commit"]}
    page.get_by_label("Version, its ref").select_option("branch")
    assert refs(resources(shown.text_content())) == {own["git_ref"]}
    # Nothing but the version is another.
    assert (shown.text_content() or "").replace(f'ref: "{own["git_ref"]}"', f'ref: "{own["commit"]}"') == pinned
    assert page.url.endswith(f"{at}?ref=branch")
    with page.expect_download() as loading:
        page.get_by_role("button", name="Download").click()
    assert Path(loading.value.path()).read_text(encoding="utf-8") == shown.text_content()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    page.get_by_role("button", name="Copy YAML").click()
    assert page.evaluate("navigator.clipboard.readText()") == shown.text_content()
    page.reload()
    assert refs(resources(shown.text_content())) == {own["git_ref"]}
    page.get_by_label("Version, its ref").select_option("commit")
    assert shown.text_content() == pinned
    assert page.url.endswith(at)
    page.goto(f"{at}?ref=v9#use")
    expect(page.locator(".configure [role=status]")).to_contain_text('no version "v9" to choose: commit, branch.')
    assert shown.text_content() == pinned
    plain = browser.new_context(base_url=address, java_script_enabled=False).new_page()
    plain.goto(f"{at}?ref=branch")
    words = plain.get_by_text("to follow another, put it in its place")
    expect(words).to_contain_text(f"{own['commit']} (the commit shown here); {own['git_ref']} (whatever it is then).")
    plain.context.close()


def test_whatever_is_filled_in_is_what_a_reader_of_the_yaml_finds(page: Page, records: list[dict[str, Any]]) -> None:
    turn = 0
    for record in records:
        page.goto(f"/codebundles/{record['id']}/")
        untouched = resources(page.locator("#yaml").text_content())
        for _ in range(3):
            values: dict[str, str] = {}
            keys: dict[str, str] = {}
            for position, one in enumerate(record["user_variables"], 1):
                field = page.locator(f"#v{position}")
                if one["sensitive"]:
                    expect(field).to_be_disabled()
                    continue
                first = field.evaluate(FIRST)
                if one["enum"]:
                    value = one["enum"][turn % len(one["enum"])]
                    field.select_option(value)
                else:
                    value = VALUES[turn % len(VALUES)]
                    field.fill(value)
                if value != first:
                    values[one["name"]] = value
                turn += 1
            for position, one in enumerate(record["secrets"], 1):
                keys[one["name"]] = ("k8s:file@secret/kubeconfig:kubeconfig", "yes", '"#')[turn % 3]
                page.locator(f"#s{position}").fill(keys[one["name"]])
                turn += 1
            page.locator("#use-location").fill("loc: 1")
            found = resources(page.locator("#yaml").text_content())
            # Nothing is added but what is typed.
            assert [one["kind"] for one in found] == [one["kind"] for one in untouched]
            for kind in KINDS.values():
                for names, field_name, key, typed in (
                    (record["user_variables"], "configProvided", "value", values),
                    (record["secrets"], "secretsProvided", "workspaceKey", keys),
                ):
                    own = {one["name"] for one in names if kind in one["used_by"]}
                    before = provided(untouched, kind, field_name, key)
                    after = provided(found, kind, field_name, key)
                    for old, new in zip(before, after, strict=True):
                        wanted = {name: value for name, value in typed.items() if name in own or name in old}
                        assert new == {**old, **wanted}
            for resource in found:
                if resource["kind"] in KINDS:
                    spec = resource["spec"]
                    assert "loc: 1" in (spec.get("location"), *spec.get("locations", []))
                    assert spec["codeBundle"]["ref"] == (record["release"] or record["codecollection"]["commit"])
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
    required = page.locator(".configure [required]:not([disabled], #use-interval)")
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
    found = resources(page.locator("#yaml").text_content())
    assert intervals(found) == {300}
    page.locator("#use-interval").fill("42")
    assert intervals(resources(page.locator("#yaml").text_content())) == {42}


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
