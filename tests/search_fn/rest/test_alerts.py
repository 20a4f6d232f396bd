"""Addresses of alerts on the function: they lead to the site's page, in whatever spelling, or to the search."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from search_fn.index.facts import DOCUMENTS
from search_fn.index.lance import lancedb
from search_fn.rest.application import create_app
from tests.support.made_up import copy_index, rewrite_manifest, settings_for
from tests.support.serving import serving

NAMES = ("KubePodCrashLooping", "Disk almost full", "TLS-cert-expiring")
SITE = "https://registry.example.com/sub"


@pytest.fixture(scope="module")
def folder(made_up, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose catalogue knows some alerts."""
    found = copy_index(made_up.folder, tmp_path_factory.mktemp("alerts") / "index")
    database = lancedb.connect(str(found))
    rows = [row for row in database.open_table(DOCUMENTS).to_arrow().to_pylist() if row["path"] != "alerts"]
    known = [{"name": name, "codebundles": ["beacon-codecollection/k8s-pod-restarts"]} for name in NAMES]
    rows.append({"path": "alerts", "text": json.dumps({"alerts": known})})
    made = database.create_table(DOCUMENTS, rows, mode="overwrite")
    manifest = json.loads(database.open_table("manifest").to_arrow()["manifest"][0].as_py())
    rewrite_manifest(str(found), tables=manifest["tables"] | {DOCUMENTS: made.version})
    return found


@pytest.fixture(scope="module", params=[SITE, ""], ids=["with a site", "alone"])
def asked(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[str, Callable[[str], httpx2.Response]]]:
    site: str = request.param
    with serving(create_app(replace(settings_for(folder), site_url=site))) as client:
        yield site, lambda path: client.get(path, follow_redirects=False)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("kubepodcrashlooping", "KubePodCrashLooping"),
        ("KUBEPODCRASHLOOPING/", "KubePodCrashLooping"),
        ("kube-pod-crash-looping", "KubePodCrashLooping"),
        ("disk_almost_full", "Disk almost full"),
        ("Disk%20Almost%20Full/", "Disk almost full"),
        ("tls%20cert%20expiring", "TLS-cert-expiring"),
    ],
)
def test_any_spelling_leads_to_the_page(asked, path: str, name: str) -> None:
    site, get = asked
    answer = get(f"/alerts/{path}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"{site}/alerts/{name.replace(' ', '%20')}/")


@pytest.mark.parametrize("name", NAMES)
def test_the_right_spelling_leads_there_too_or_is_answered_where_there_is_no_page(asked, name: str) -> None:
    site, get = asked
    answer = get(f"/alerts/{name}")
    if site:
        assert answer.headers["location"] == f"{site}/alerts/{name.replace(' ', '%20')}/"
    else:
        assert answer.json() == {"name": name, "codebundles": ["beacon-codecollection/k8s-pod-restarts"]}


def test_a_name_that_nobody_knows_leads_to_the_search_for_it(asked) -> None:
    site, get = asked
    answer = get("/alerts/Nobody%20KnowsThis")
    search = f"{site}/search/" if site else "/api/v1/search"
    assert (answer.status_code, answer.headers["location"]) == (302, f"{search}?q=Nobody%20KnowsThis")


@pytest.mark.parametrize(
    "path", ["a%2Fb", "%0d%0aSet-Cookie:x", "https:%2F%2Fevil.example", "%3Cscript%3E", "--", "x" * 101]
)
def test_what_is_no_name_leads_nowhere(asked, path: str) -> None:
    answer = asked[1](f"/alerts/{path}")
    assert answer.status_code == 404
    assert "location" not in answer.headers
