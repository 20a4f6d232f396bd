"""A publication to take away, run by its own README where there is no network."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from build.commands.kit import make_kit
from build.errors import RegistryError, UsageError
from build.storage import digest_of
from tests.support.place import Place

# Loopback is down in a new namespace.
ALONE = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec sh -c "$0"')
ASK = """
import json, socket, sys, urllib.request
try:
    socket.create_connection(("192.0.2.1", 80), 2)
    sys.exit("there is a network")
except OSError:
    pass
for _ in range(100):
    try:
        page = urllib.request.urlopen("http://127.0.0.1:8000/").read().decode()
        break
    except OSError:
        import time; time.sleep(0.1)
found = json.load(urllib.request.urlopen("http://127.0.0.1:8000/api/v1/index.json"))
print(json.dumps({"build": found["build_id"], "title": "CodeCollection Registry" in page}))
"""


@pytest.fixture(scope="module")
def kit(built: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    make_kit(folder / "kit.tar", built.folder / "index", built.folder / "site")
    return folder / "kit.tar"


@contextmanager
def unpacked(kit: Path, target: Path) -> Iterator[Path]:
    with tarfile.open(kit) as archive:
        archive.extractall(target, filter="data")
    (folder,) = target.iterdir()
    yield folder


def commands(readme: str) -> dict[str, str]:
    """The README's own commands by what each is for."""
    return {name: text.strip() for name, text in re.findall(r"^```sh (\w+)\n(.*?)^```$", readme, re.M | re.S)}


@pytest.mark.slow
def test_it_runs_by_its_own_readme_where_there_is_no_network(kit: Path, built: Place, tmp_path: Path) -> None:
    if not shutil.which("ip") or subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespace can be made here: it takes unshare, ip and a kernel that permits it")
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    def alone(script: str, said: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*ALONE, script], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120,
            check=False, input=said,
        )  # fmt: skip

    with unpacked(kit, tmp_path / "away") as folder:
        run = commands((folder / "README.md").read_text(encoding="utf-8"))
        assert set(run) == {"check", "site", "server", "agent"}
        for name in ("check", "server"):
            done = alone(run[name])
            assert (done.returncode, done.stderr) == (0, ""), name
        (folder / "ask.py").write_text(ASK, encoding="utf-8")
        done = alone(f"{run['site']} 2>/dev/null & server=$!; python3 ask.py; status=$?; kill $server; exit $status")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"build": built.manifest()["build_id"], "title": True}
        call = {"name": "find_codebundle", "arguments": {"query": "pods keep restarting"}}
        asked = [
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
                "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}},
            {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
        ]  # fmt: skip
        done = alone(run["agent"], "".join(json.dumps(one) + "\n" for one in asked))
        assert done.returncode == 0, done.stderr
        started, found = map(json.loads, done.stdout.splitlines())
        assert started["result"]["serverInfo"]["name"]
        assert "k8s-pod-restarts" in found["result"]["content"][0]["text"]
        # One file that somebody has changed is named.
        page = folder / "site" / "index.html"
        page.write_text(page.read_text(encoding="utf-8") + " ", encoding="utf-8")
        done = alone(run["check"])
        assert done.returncode != 0
        assert "site/index.html: FAILED" in done.stdout


def test_equal_publications_make_equal_kits(kit: Path, built: Place, tmp_path: Path) -> None:
    manifest = make_kit(tmp_path / "again.tar", built.folder / "index", built.folder / "site")
    assert digest_of((tmp_path / "again.tar").read_bytes()) == digest_of(kit.read_bytes())
    with tarfile.open(kit) as archive:
        names = archive.getnames()
    root = f"codecollection-registry-{manifest.build_id}/"
    assert all(name.startswith(root) for name in names)
    held = {name.removeprefix(root) for name in names}
    assert {"README.md", "SHA256SUMS", "requirements.txt", "index/manifest.json", "site/index.html"} <= held
    # When somebody last looked is no part of it.
    assert not [name for name in held if name.endswith("checked.json")]
    assert [path.name for path in tmp_path.iterdir()] == ["again.tar"]


def test_a_folder_and_wheels_are_taken(built: Place, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "some-1-py3-none-any.whl").write_bytes(b"wheel")
    (tmp_path / "kit").mkdir()
    make_kit(tmp_path / "kit", built.folder / "index", built.folder / "site", tmp_path / "own")
    assert (tmp_path / "kit" / "wheels" / "some-1-py3-none-any.whl").read_bytes() == b"wheel"
    assert "--find-links wheels" in (tmp_path / "kit" / "README.md").read_text(encoding="utf-8")


def test_what_cannot_become_a_kit_is_told(built: Place, tmp_path: Path) -> None:
    index, site = built.folder / "index", built.folder / "site"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "none").mkdir()
    with pytest.raises(UsageError, match="full is a folder with files"):
        make_kit(tmp_path / "full", index, site)
    with pytest.raises(UsageError, match="mine is a file"):
        make_kit(tmp_path / "full" / "mine", index, site)
    with pytest.raises(UsageError, match="There are no wheels in"):
        make_kit(tmp_path / "kit.tar", index, site, tmp_path / "none")
    with pytest.raises(RegistryError, match=r"is not built, the index build \w+; run"):
        make_kit(tmp_path / "kit.tar", index, tmp_path / "none")
    (tmp_path / "other" / "api" / "v1").mkdir(parents=True)
    (tmp_path / "other" / "api" / "v1" / "index.json").write_text('{"build_id": "b"}')
    with pytest.raises(RegistryError, match=r"is build b, the index build"):
        make_kit(tmp_path / "kit.tar", index, tmp_path / "other")
    assert not (tmp_path / "kit.tar").exists()
