import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

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
        assert b"Nothing is at this address" in missing


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
