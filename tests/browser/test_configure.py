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


def open_form(page: Page, id_: str) -> None:
    """The form, filled in by hand, with what is optional in view."""
    page.goto(f"/codebundles/{id_}/")
    if page.locator(".ways").count():
        page.get_by_text("By hand", exact=True).click()
    page.locator("details.optional").evaluate_all("all => all.forEach(one => one.open = true)")


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
    open_form(page, record["id"])
    shown = page.locator("#yaml")
    pinned = shown.text_content()
    assert refs(resources(pinned)) == {own["commit"]}
    page.get_by_label("Version", exact=True).select_option("branch")
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
    page.get_by_label("Version", exact=True).select_option("commit")
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
        open_form(page, record["id"])
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


PODS = "harbor-codecollection/k8s-pod-restarts"


@pytest.mark.parametrize(("width", "shown"), [(1280, True), (360, False)], ids=["desktop", "phone"])
def test_the_facts_stand_beside_the_tools_or_are_folded_above_them(page: Page, width: int, *, shown: bool) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/codebundles/{PODS}/")
    author = page.locator(".facts dt", has_text="Author")
    expect(author).to_be_visible(visible=shown)
    if not shown:
        page.locator(".facts summary").press("Enter")
        expect(author).to_be_visible()


def test_what_is_missing_or_does_not_fit_is_said_beside_its_field(page: Page) -> None:
    open_form(page, PODS)
    required = page.locator(".configure [required]:not([disabled], #use-interval)")
    expect(page.locator(".configure [role=status]")).to_contain_text("to fill in")
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
    expect(page.locator(".configure [role=status]")).to_have_text("Nothing is missing.")
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
    open_form(page, PODS)
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


GAPS = "n => [...document.querySelectorAll('.gaps button')].map(one => one.textContent)"


def test_the_yaml_is_copied_and_saved_and_nothing_is_sent(page: Page, context: BrowserContext, tmp_path: Path) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/codebundles/{PODS}/", wait_until="networkidle")
    expect(page.locator("[data-preview]").first).to_be_visible(visible=True)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    open_way(page)
    page.locator("#use-location").fill("here")
    text = page.locator("#yaml").text_content()
    page.get_by_role("button", name="Copy YAML").click()
    expect(page.locator(".configure [role=status]")).to_contain_text("Copied with")
    assert page.evaluate("navigator.clipboard.readText()") == text
    with page.expect_download() as saved:
        page.locator("[data-download]").click()
    assert saved.value.suggested_filename == "k8s-pod-restarts.yaml"
    saved.value.save_as(tmp_path / "saved")
    assert (tmp_path / "saved").read_text(encoding="utf-8") == text
    assert [url for url in sent if not url.startswith("blob:")] == []
    page.keyboard.press("Enter")
    assert page.url.endswith("/k8s-pod-restarts/")


def test_copying_names_every_gap_and_each_name_leads_to_its_field(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_form(page, PODS)
    page.get_by_role("button", name="Copy YAML").click()
    status = page.locator(".configure [role=status]")
    names = page.evaluate(GAPS)
    assert len(names) >= 3
    expect(status).to_have_text(f"Copied with {len(names)} gaps: {', '.join(names)}")
    expect(status).to_have_class("gaps lacking")
    # What is named is what the YAML lacks, in the order of the page.
    for name in names:
        status.get_by_role("button", name=name, exact=True).click()
        field = page.locator(".configure :focus")
        assert name in (field.locator("xpath=..").locator("label").text_content() or "")
        expect(field).to_be_in_viewport()
        field.fill("a")
    page.get_by_role("button", name="Copy YAML").click()
    expect(status).to_have_text("Copied, nothing is missing.")
    expect(status).to_have_class("gaps complete")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "<" not in copied.partition("apiVersion")[2]


def test_a_gap_in_the_yaml_leads_to_its_field_and_is_marked_until_it_is_filled(page: Page) -> None:
    open_form(page, PODS)
    gap = page.locator("#yaml i.open", has_text="<default location>").first
    gap.click()
    expect(page.locator("#use-location")).to_be_focused()
    page.locator("#use-location").fill("here")
    expect(page.locator("#yaml i.open", has_text="location")).to_have_count(0)


def test_what_is_typed_survives_a_reload_but_not_what_belongs_to_secrets(page: Page) -> None:
    open_form(page, PODS)
    page.locator("#use-location").fill("here")
    page.locator("#v1").fill("a: b")
    page.locator("#s1").fill("key-of-mine")
    text = page.locator("#yaml").text_content()
    assert "key-of-mine" in (text or "")
    page.reload()
    expect(page.locator("#use-location")).to_have_value("here")
    expect(page.locator("#v1")).to_have_value("a: b")
    expect(page.locator("#s1")).to_have_value("")
    assert "key-of-mine" not in page.evaluate("JSON.stringify(sessionStorage)")
    # Another tab begins anew, and so does another bundle.
    other = page.context.new_page()
    other.goto(f"/codebundles/{PODS}/")
    expect(other.locator("#use-location")).to_have_value("")


def test_an_address_has_the_values_but_no_secrets_and_says_where_they_are_from(
    page: Page, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_form(page, PODS)
    page.locator("#use-location").fill("here & there")
    page.locator("#v1").fill('"#\n<b>')
    page.locator("#s1").fill("key-of-mine")
    page.locator("[data-share]").click()
    expect(page.locator(".configure [role=status]")).to_contain_text("Address copied, without secrets")
    address = page.evaluate("navigator.clipboard.readText()")
    assert "#" in address
    assert "key-of-mine" not in address
    page.evaluate("sessionStorage.clear()")
    other = context.new_page()
    other.goto(address)
    expect(other.locator("#use-location")).to_have_value("here & there")
    expect(other.locator("#v1")).to_have_value('"#\n<b>')
    expect(other.locator("[data-shared]")).to_be_visible()
    expect(other.locator("#use-location")).to_be_visible()
    assert resources(other.locator("#yaml").text_content())
    other.locator("[data-clear]").click()
    expect(other.locator("#use-location")).to_have_value("")
    expect(other.locator("[data-shared]")).to_be_hidden()


@pytest.mark.parametrize(
    "mark", ["#values?v%3ANOWHERE=x&interval=0&w%3A=", "#values?%", "#values?" + "v:a=b&" * 3000, "#%", "#var-%"]
)
def test_an_address_that_makes_no_sense_changes_nothing(page: Page, mark: str) -> None:
    page.goto(f"/codebundles/{PODS}/")
    text = page.locator("#yaml").text_content()
    page.goto("/selection/")
    page.goto(f"/codebundles/{PODS}/{mark}")
    if "interval" in mark:
        expect(page.locator("#use-interval")).to_have_value("0")
    assert page.locator("#yaml").text_content() == text


def open_way(page: Page) -> None:
    if page.locator(".ways").count():
        page.get_by_text("By hand", exact=True).click()


def test_there_are_two_ways_where_there_are_rules_and_discovery_comes_first(
    page: Page, browser: Browser, address: str, records: list[dict[str, Any]]
) -> None:
    scriptless = browser.new_context(base_url=address, java_script_enabled=False).new_page()
    ruled = [one for one in records if one["configuration_type"]["has_generation_rules"]]
    assert ruled
    assert len(ruled) < len(records)
    for record in records:
        for one in (page, scriptless):
            one.goto(f"/codebundles/{record['id']}/")
            expect(one.locator(".ways")).to_have_count(int(record in ruled))
            expect(one.locator("#yaml")).to_be_visible(visible=record not in ruled)
            if record not in ruled:
                continue
            found = yaml.safe_load(one.locator("#workspace-yaml").text_content() or "")
            at = record["codecollection"]
            assert found["codeCollections"] == [
                {"repoURL": at["git_url"], "branch": at["git_ref"], "codeBundles": [record["slug"]]}
            ]
            one.get_by_text("By hand", exact=True).click()
            expect(one.locator("#yaml")).to_be_visible()
            expect(one.locator("#workspace-yaml")).to_be_hidden()
    # The same as the page of a selection writes.
    page.evaluate("id => __md_set('selection', [id])", ruled[0]["id"])
    page.goto(f"/codebundles/{ruled[0]['id']}/")
    own = page.locator("#workspace-yaml").text_content()
    page.goto("/selection/")
    expect(page.locator("#workspace-yaml")).to_have_text(own or "", use_inner_text=False)
    scriptless.context.close()


def test_the_yaml_is_painted_without_a_change_of_its_text(page: Page) -> None:
    open_form(page, PODS)
    painted = page.evaluate(
        "() => Object.fromEntries([...CSS.highlights].map(([name, ranges]) => [name, [...ranges].map(String)]))"
    )
    assert {"apiVersion", "kind", "metadata"} <= set(painted["yaml-key"])
    assert all(one.strip().startswith("#") for one in painted["yaml-comment"])
    assert any(one.startswith('"') for one in painted["yaml-text"])
    assert "300" in painted["yaml-number"]


def test_the_first_field_is_two_clicks_and_less_than_a_screen_away(page: Page, records: list[dict[str, Any]]) -> None:
    for width, height in ((1280, 800), (360, 740)):
        page.set_viewport_size({"width": width, "height": height})
        for record in records:
            page.goto("/selection/")
            page.evaluate("sessionStorage.clear()")
            page.goto(f"/codebundles/{record['id']}/")
            button = page.locator(".headline .primary")
            expect(button).to_be_in_viewport()
            button.click()
            open_way(page)
            field = page.locator(".configure .field :is(input, select, textarea):not([disabled])").locator(
                "visible=true"
            )
            if field.count():
                expect(field.first).to_be_in_viewport()
