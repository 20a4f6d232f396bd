"""One search behind every way to ask, and LanceDB whole or in part."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from build.cli import main
from search_fn.index.open import Index
from search_fn.search.ranking import search
from search_fn.settings import PACKAGE

QUERIES = ["pods keep restarting", "http-endpoint-check", "list idle addresses and buckets", ""]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=PACKAGE, capture_output=True, encoding="utf-8", check=False, timeout=60
    )


@pytest.mark.parametrize("query", QUERIES)
def test_rest_and_python_give_the_same_ids_in_the_same_order(api: httpx2.Client, index: Index, query: str) -> None:
    wanted = [result.id for result in search(index, query, limit=100).results]
    assert wanted
    found = api.get("/api/v1/search", params={"q": query, "limit": "100"}).json()
    assert [result["id"] for result in found["results"]] == wanted


def test_the_command_line_gives_the_same_answer(api: httpx2.Client, made_up) -> None:
    query = "pods keep restarting"
    result = run("-m", "build", "search", query, "--index", str(made_up.folder), "--json", "--explain")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == api.get("/api/v1/search", params={"q": query, "explain": "1"}).json()


def status_of(*arguments: str) -> int | str | None:
    """Run the command line in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["build", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code


@pytest.mark.parametrize("query", QUERIES)
def test_the_command_line_pages_as_search_does(
    index: Index, made_up, query: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of("search", query, "--index", str(made_up.folder), "--json", "--limit", "100") == 0
    assert json.loads(capsys.readouterr().out) == search(index, query, limit=100).model_dump(mode="json")


@pytest.mark.parametrize("option", ["--json", "--explain"])
def test_the_command_line_takes_what_is_no_utf8(made_up, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("search", "pods \udcff [bold]", "--index", str(made_up.folder), option) == 0
    assert "k8s-pod-restarts" in capsys.readouterr().out


def test_the_command_line_says_that_there_is_no_index(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert status_of("search", "pods", "--index", str(tmp_path / "none")) == 1
    said = capfd.readouterr().err
    assert "no readable index" in " ".join(said.split())
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


LANCE = """
import json, sys
from pathlib import Path
{first}
from search_fn.index.facets import Filters
from search_fn.index.open import open_index
from search_fn.search.listing import find_bundle, list_bundles, matching
from search_fn.search.ranking import search
from search_fn.settings import Settings

folder = Path(sys.argv[1])
index = open_index(Settings(str(folder), folder))
filters = Filters.of(platform=["Kubernetes", "AWS"])
answers = [search(index, query, filters, explain=True).model_dump() for query in json.loads(sys.argv[2])]
lists = [
    list_bundles(index, matching(index, "pods", filters), 10, 0),
    find_bundle(index, "beacon-codecollection", "k8s-volume-fill"),
]
left_out = ("lance_namespace", "lance_namespace_urllib3_client", "overrides")
files = {{name: getattr(sys.modules[name], "__file__", None) for name in left_out if name in sys.modules}}
print(json.dumps({{"answers": answers, "lists": lists, "files": files}}))
"""


def with_lancedb_first(first: str, made_up) -> dict[str, Any]:
    result = run("-c", LANCE.format(first=first), str(made_up.folder), json.dumps(QUERIES))
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_part_of_lancedb_that_is_left_out_is_not_missed(made_up) -> None:
    whole = with_lancedb_first("import lancedb", made_up)
    part = with_lancedb_first("", made_up)
    files = whole.pop("files")
    assert {"lance_namespace", "lance_namespace_urllib3_client"} <= files.keys()
    assert all(file.endswith("__init__.py") for file in files.values())
    assert part.pop("files") == dict.fromkeys(files)
    assert part == whole
    assert all(answer["results"] for answer in part["answers"])
