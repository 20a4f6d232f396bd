"""May I upgrade? The page works it out of the releases' own files."""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from build.site.files import site_files
from build.site.mkdocs import build_site
from build.site.redirects import redirects
from build.site.release_documents import release_documents
from build.storage import canonical
from tests.support.catalogues import pages_of, sound
from tests.support.releases import releases_of

_NEW, _OLD = "harbor/pod-bearing", "harbor/pod-old"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of two collections, one of which has releases, served."""
    folder = tmp_path_factory.mktemp("released")
    made = sound()._replace(releases={"harbor": releases_of(_NEW)})
    (folder / "docs").mkdir()
    pages = pages_of(made).items()
    build_site(pages, folder / "docs", folder / "work", folder / "site", site_url="", moved=redirects(made))
    documents = {name: canonical(value) for name, value in release_documents(made).items()}
    for name, text in site_files(made, documents, ""):
        file = folder / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder / "site"))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, released: str) -> Iterator[Page]:
    context = browser.new_context(base_url=released, viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


def told(page: Page, address: str) -> list[str]:
    """What the page says of an upgrade, once it has worked it out."""
    page.goto(address)
    expect(page.locator("[data-status]")).to_have_text(
        # Before, it says that it needs a script, or what to choose.
        re.compile(r"break|Nothing to tell|nothing breaks")
    )
    return page.locator("[data-results] > *").all_inner_texts()


@pytest.mark.parametrize("name", [_NEW, _OLD])
def test_a_bundle_is_followed_through_its_names(page: Page, name: str) -> None:
    (said,) = told(page, f"/upgrade/?ids={name}&from=1.0")
    assert said.startswith(f"{_NEW} something breaks")
    lines = [line.strip() for line in said.splitlines() if line.strip()][2:]
    assert lines == [
        f"renamed from {_OLD} in 1.1",
        "breaking: new variable PLACE, required",
        "default of PLACE from PLACE to PLACE too",
        "text readme changed",
    ]


def test_what_several_releases_changed_is_said_once_by_its_ends(page: Page) -> None:
    def twice(route: Route) -> None:
        made = route.fetch().json()
        for one in made["changed"]:
            told = {"kind": "text-changed", "name": "support_tags", "before": ["a"], "after": ["b"], "breaking": False}
            back = [
                {"kind": "default-changed", "name": "BACK", "before": before, "after": after, "breaking": True}
                for before, after in (("x", "y"), ("y", "x"))
            ]
            one["changes"] = [*one["changes"], told, *back, *one["changes"]]
        route.fulfill(json=made)

    page.route("**/releases/1.1.json", twice)
    (said,) = told(page, f"/upgrade/?ids={_NEW}&from=1.0")
    assert said.count("new variable PLACE, required") == 1
    assert "support_tags" not in said
    assert "BACK" not in said


@pytest.mark.parametrize(
    ("query", "verdict"),
    [
        (f"ids={_NEW}&from=2.0", f"{_NEW} nothing breaks"),
        (f"ids={_NEW}&from=harbor@1.1&to=2.0", f"{_NEW} something breaks"),
        (f"ids={_NEW}&from=2026-02-15&to=2026-02", f"Nothing changed of {_NEW}."),
        (f"ids={_NEW}&from=1.0&to=1.0", f"Nothing changed of {_NEW}."),
        ("ids=harbor/gone&from=1.0", "harbor/gone removed in 1.1"),
        (f"ids={_NEW}&from=9.9", "harbor has no release 9.9; it has 2.0, 1.1, 1.0."),
        (f"ids={_NEW}&from=1999-01-01", "harbor has no release 1999-01-01; it has 2.0, 1.1, 1.0."),
        (f"ids={_NEW}&from=2.0&to=1.0", "2.0 of harbor is newer than 1.0: nothing lies between."),
        ("ids=harbor/nobody&from=1.0", "There is no Skill Template harbor/nobody; harbor has 1."),
        ("ids=quay/quay_ping&from=1.0", "The releases of quay could not be read"),
        ("ids=<b>&collection=harbor&from=2.0", "No id: <b>. An id is collection/bundle."),
    ],
)
def test_what_lies_between_two_releases_is_said_and_what_is_not_there_is_named(
    page: Page, query: str, verdict: str
) -> None:
    said = told(page, f"/upgrade/?{query}")
    assert any(one.startswith(verdict) for one in said), said


def test_the_form_asks_for_a_whole_collection(page: Page) -> None:
    page.goto("/upgrade/")
    page.get_by_label("From").select_option("1.1")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(r"\?collection=harbor&from=1\.1$"))
    expect(page.locator("[data-results] summary")).to_have_text([f"{_NEW} something breaks"])


def test_old_addresses_lead_on(page: Page) -> None:
    for old in (f"/codebundles/{_OLD}/", f"/CodeCollection/{_OLD}/tasks/", "/collections/harbor/codebundles/pod-old/"):
        page.goto(old)
        page.wait_for_url(f"**/codebundles/{_NEW}/")
    page.goto("/collections/harbor/codebundles/gone/")
    page.wait_for_url("**/codebundles/harbor/gone/")
    expect(page.get_by_text("Removed on 1 Feb 2026")).to_be_visible()
