"""From the address in an alert to its page, with the site alone: its page of errors reads how the name is spelled."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from build.site.mkdocs import build_site
from tests.support.alerts import records_for
from tests.support.browsing import needs_chromium
from tests.support.catalogues import pages_of, sound
from tests.support.place import SLUGS, Place
from tests.support.static_site import static_site

pytestmark = [pytest.mark.browser, needs_chromium]


NAME = "KubePodCrashLooping"
HERE = "k8s-pod-restarts"


@pytest.fixture(scope="module")
def site(built: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with an alert that a model named."""
    found = tmp_path_factory.mktemp("alerts") / "site"
    shutil.copytree(built.folder / "site", found)
    made = sound()._replace(records=records_for({HERE: [NAME], "other": ["NodeDown", NAME]}))
    work = tmp_path_factory.mktemp("pages")
    (work / "docs").mkdir()
    build_site(pages_of(made).items(), work / "docs", work / "sources", work / "site", site_url="")
    shutil.copytree(work / "site" / "alerts", found / "alerts", dirs_exist_ok=True)
    # In parts, as a long list is: the name is in the last.
    parts: list[tuple[str, dict[str, object]]] = [
        ("alerts", {"alerts": [], "next": "alerts/page/2.json"}),
        ("alerts/page/2", {"alerts": [], "next": "3.json"}),
        ("alerts/page/3", {"alerts": [{"name": NAME, "codebundles": [f"{SLUGS[0]}/{HERE}"]}]}),
    ]
    for path, part in parts:
        file = found / "api" / "v1" / f"{path}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(part), encoding="utf-8")
    return found


@pytest.fixture
def alone(browser: Browser, site: Path) -> Iterator[Page]:
    """A page of the site without a function."""
    with static_site(site) as address:
        page = browser.new_page(base_url=address)
        yield page
        page.close()


@pytest.mark.parametrize("spelled", ["kubepodcrashlooping", "KUBE-POD-CRASH-LOOPING/", "kube_pod_crash looping/"])
def test_another_spelling_leads_to_the_page(alone: Page, spelled: str) -> None:
    alone.goto(f"/alerts/{quote(spelled)}")
    alone.wait_for_url(f"**/alerts/{NAME}/")
    expect(alone.get_by_role("heading", level=1)).to_have_text(NAME)


def test_a_name_that_nobody_knows_leads_to_the_search_for_it(alone: Page) -> None:
    alone.goto("/alerts/PodsKeepRestarting/")
    alone.wait_for_url("**/search/?q=PodsKeepRestarting")
    alone.locator("[data-search-state=done]").wait_for()
    expect(alone.locator(".results > li").first).to_contain_text(HERE)


def test_the_page_has_the_header_of_the_site_and_leads_to_the_form(alone: Page) -> None:
    alone.goto(f"/alerts/{NAME}/")
    expect(alone.get_by_role("navigation", name="Main").get_by_role("link", name="Skill Templates")).to_be_visible()
    expect(alone.get_by_role("link", name="Configure").first).to_have_attribute("href", re.compile("#configure$"))
    alone.locator(".site-search input").fill("pods")
    alone.keyboard.press("Enter")
    alone.wait_for_url("**/search/?q=pods")


def test_the_list_is_filtered_by_a_part_of_a_name(alone: Page) -> None:
    alone.goto("/alerts/")
    expect(alone.get_by_role("link", name="NodeDown")).to_be_visible()
    alone.get_by_role("searchbox", name="Filter by name").fill("crash")
    expect(alone.get_by_role("link", name="NodeDown")).to_be_hidden()
    expect(alone.get_by_role("link", name=NAME)).to_be_visible()
