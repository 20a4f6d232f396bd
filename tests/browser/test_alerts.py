"""From the address in an alert to its page, with the site alone: its page of errors reads how the name is spelled."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from build.catalogue.alerts import alerts
from build.site.alert_pages import alert_pages
from tests.support.alerts import records_for
from tests.support.browsing import needs_chromium
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
    named = alerts(records_for({HERE: [NAME]}))
    for path, text in alert_pages(named, ""):
        (found / path).parent.mkdir(parents=True, exist_ok=True)
        (found / path).write_text(text, encoding="utf-8")
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
