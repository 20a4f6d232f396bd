import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from search_fn.rest.application import create_app
from search_fn.tools.registry import TOOLS
from tests.support import serving as alone
from tests.support.made_up import settings_for
from tests.support.official_client import use_everything
from tests.support.place import ROOT, SLUGS, Place


@contextmanager
def serving(site: Path, index: Path) -> Iterator[tuple[str, str]]:
    """A running `serve`: its address, and what it said before."""
    command = [sys.executable, "-m", "build", "serve", "--port", "0", "--site", str(site), "--index", str(index)]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        said = ""
        assert server.stderr is not None
        for line in server.stderr:
            if line.startswith("http://"):
                yield line.split()[0], " ".join(said.split())
                return
            said += line
        raise AssertionError(said)
    finally:
        server.terminate()
        server.communicate(timeout=30)


def get(address: str) -> tuple[int, bytes]:
    answer = httpx2.get(address, timeout=30)
    return answer.status_code, answer.content


def test_site_and_function_answer_on_one_port(built: Place) -> None:
    with serving(built.folder / "site", built.folder / "index") as (address, said):
        assert said == ""
        status, page = get(f"{address}codebundles/{SLUGS[0]}/k8s-pod-restarts/")
        assert status == 200
        assert b"<h1" in page
        found = json.loads(get(f"{address}api/v1/search?q=pods+keep+restarting")[1])
        assert found["results"][0]["slug"] == "k8s-pod-restarts"
        status, missing = get(f"{address}nothing/here/")
        assert status == 404
        assert b"Page not found" in missing


def test_a_static_file_and_the_functions_answer_are_the_same(built: Place) -> None:
    path = f"api/v1/collections/{SLUGS[0]}/codebundles/linux_disk_usage"
    with serving(built.folder / "site", built.folder / "index") as (address, _):
        answered = get(f"{address}{path}")[1]
        interface = json.loads(get(f"{address}openapi.json")[1])
    assert answered == (built.folder / "site" / f"{path}.json").read_bytes()
    assert interface == built.json("openapi.json")
    assert "/api/v1/search" in interface["paths"]


def test_different_builds_are_warned_of(built: Place, tmp_path: Path) -> None:
    shutil.copytree(built.folder / "site", tmp_path / "site")
    index = tmp_path / "site" / "api" / "v1" / "index.json"
    index.write_text(index.read_text().replace(built.manifest()["build_id"], "0123456789abcdef"))
    with serving(tmp_path / "site", built.folder / "index") as (_, said):
        assert "0123456789abcdef" in said
        assert built.manifest()["build_id"] in said


def test_without_an_index_the_site_is_still_there(built: Place, tmp_path: Path) -> None:
    with serving(built.folder / "site", tmp_path / "none") as (address, said):
        assert "search will not answer" in said
        assert get(address)[0] == 200
        assert get(f"{address}api/v1/search?q=x")[0] == 503


BUNDLE = f"api/v1/collections/{SLUGS[0]}/codebundles/linux_disk_usage"
# Routes and documents of the function.
ROUTES = [
    "api/v1/search?q=pods",
    "api/v1/codebundles?limit=2",
    "api/v1/codebundles.json",
    "api/v1/registry/tasks.json",
    "api/v1/registry/stats",
    "api/v1/registry/stats.json",
    "api/v1/index",
    "health",
    "api/v1/health",
    "api/docs",
    "openapi.json",
    "tools/by-category/info",
    BUNDLE,
    f"{BUNDLE}.json",
    "mcp",
]
NOTHING = [
    "api/nothing",
    "api/v1/nothing",
    "api/v1/a/b/c",
    "api/v1/a/b/c/",
    "api/v1/",
    "api/v1/registry/nothing",
    "api/v1/collections/x/codebundles/y",
    "api/v1/search/x",
    "api/v1/search?limit=0",
    "api/v1/search?nothing=1",
    "api/v1/%2e%2e/%2e%2e/pyproject.toml",
    "api/v1/%00",
    "api/" + "x" * 5_000,
]


@pytest.fixture(scope="module")
def together(built: Place) -> Iterator[str]:
    """The address of site and function."""
    with serving(built.folder / "site", built.folder / "index") as (address, _):
        yield address


@pytest.fixture(scope="module")
def function(built: Place) -> Iterator[str]:
    """The address of the function alone."""
    with alone.serving(create_app(settings_for(built.folder / "index"))) as client:
        yield str(client.base_url).rstrip("/") + "/"


def asked(address: str, method: str = "GET") -> tuple[int, str, str | None, bytes]:
    answer = httpx2.request(method, address, timeout=30)
    # The age of the index counts on between two requests.
    content = re.sub(rb'"age_seconds":[0-9]+', b'"age_seconds":0', answer.content)
    return answer.status_code, answer.headers["content-type"], answer.headers.get("allow"), content


def slashed(path: str) -> str:
    bare, mark, query = path.partition("?")
    return f"{bare}/{mark}{query}"


@pytest.mark.parametrize("path", ROUTES)
def test_a_slash_at_the_end_means_nothing_with_the_site_and_without(together: str, function: str, path: str) -> None:
    wanted = asked(f"{function}{path}")
    assert wanted[0] == (405 if path == "mcp" else 200)
    assert asked(f"{function}{slashed(path)}") == wanted
    assert asked(f"{together}{path}") == wanted
    assert asked(f"{together}{slashed(path)}") == wanted
    status, kind, allow, _ = wanted
    for address in (function, together):
        assert asked(f"{address}{slashed(path)}", "HEAD") == (status, kind, allow, b"")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", NOTHING, ids=lambda path: path[:40])
def test_an_error_below_api_is_the_functions_problem(together: str, function: str, path: str, method: str) -> None:
    status, kind, _, _ = wanted = asked(f"{function}{path}", method)
    assert status in (400, 404, 405, 422)
    assert kind == "application/problem+json"
    assert asked(f"{together}{path}", method) == wanted


def test_a_page_of_the_site_goes_before_a_route_with_a_slash(together: str, function: str) -> None:
    assert json.loads(get(f"{together}tools")[1])["total_count"] == len(TOOLS)
    assert b"<h1" in get(f"{together}tools/")[1]
    assert json.loads(get(f"{function}tools/")[1])["total_count"] == len(TOOLS)
    assert b"<h1" in get(f"{together}api/")[1]


@pytest.mark.parametrize(
    "path", ["nothing", "nothing/", "tools/nothing/", "codebundles/x/y/", "alerts/Nothing", "alerts/Nothing/"]
)
def test_elsewhere_what_is_not_there_is_the_sites_page(together: str, path: str) -> None:
    status, kind, _, body = asked(f"{together}{path}")
    assert (status, kind) == (404, "text/html; charset=utf-8")
    assert b"Page not found" in body


def test_a_file_that_the_function_does_not_have_is_the_sites(together: str, built: Place) -> None:
    site = built.folder / "site"
    own = [file for file in (site / "api" / "v1").rglob("*") if file.is_file() and file.suffix != ".json"]
    for file in (*own, site / "llms.txt", site / "feed.json"):
        assert get(f"{together}{file.relative_to(site)}") == (200, file.read_bytes())


@pytest.mark.parametrize("path", ["llms.txt", "codebundles/", "api/v1/codebundles"])
def test_the_sites_files_know_every_form_of_if_none_match(together: str, path: str) -> None:
    tag = httpx2.get(f"{together}{path}").headers["etag"]
    bare = tag.removeprefix("W/")
    for known in (["*"], [tag], [f"W/{bare}"], [bare], [f'"a", {tag}'], ['"a"', tag]):
        answer = httpx2.get(f"{together}{path}", headers=[("If-None-Match", line) for line in known])
        assert (answer.status_code, answer.content) == (304, b""), known
    assert httpx2.get(f"{together}{path}", headers={"If-None-Match": '"a"'}).status_code == 200


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_works_at_the_address_with_a_slash(together: str, function: str, mode: str) -> None:
    for address in (together, function):
        use_everything(f"{address}mcp/", mode)
