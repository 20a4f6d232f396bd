"""The wheel and the bundle that people install, made and started."""

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from build.commands.agent_package import make_packages
from build.errors import RegistryError
from build.options import CODE
from search_fn.tools.registry import TOOLS
from tests.support.place import Place


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_packages(tmp_path_factory.mktemp("dist"))


def test_the_wheel_has_the_function_and_its_needs(packages: list[Path]) -> None:
    with zipfile.ZipFile(packages[0]) as wheel:
        names = wheel.namelist()
        (metadata,) = [wheel.read(name).decode() for name in names if name.endswith("/METADATA")]
    own = {path.relative_to(CODE).as_posix() for path in (CODE / "search_fn").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == own
    assert not [name for name in names if name.startswith(("build/", "search_fn/deploy/"))]
    group = tomllib.loads((CODE / "pyproject.toml").read_text())["dependency-groups"]["function"]
    needed = {line.partition(": ")[2] for line in metadata.splitlines() if line.startswith("Requires-Dist")}
    assert {one.partition("=")[0].partition(">")[0] for one in group} == {
        "mangum", *(one.replace("<", ">").partition(">")[0].partition("=")[0].partition(" ")[0] for one in needed)
    }  # fmt: skip


@pytest.mark.slow
def test_what_the_wheel_installs_answers(packages: list[Path], built: Place, tmp_path: Path) -> None:
    installing = ("uv", "pip", "install", "--quiet", "--no-deps", "--offline", "--target", str(tmp_path / "installed"))
    subprocess.run([*installing, str(packages[0])], check=True)
    command = tmp_path / "installed" / "bin" / "codecollection-registry-mcp"
    env = {"PYTHONPATH": str(tmp_path / "installed")}
    arguments = [str(command), "--index", str(built.folder / "index")]
    said = subprocess.run(
        [sys.executable, *arguments], input=b"", env=env, cwd=tmp_path, check=True, capture_output=True
    )
    assert (said.stdout, said.stderr) == (b"", b"")


def test_the_bundle_is_whole_and_says_how_it_is_started(packages: list[Path], tmp_path: Path, built: Place) -> None:
    with zipfile.ZipFile(packages[1]) as bundle:
        manifest: dict[str, Any] = json.loads(bundle.read("manifest.json"))
        bundle.extractall(tmp_path)
    # What the schema of version 0.4 wants.
    assert {"name", "version", "description", "author", "server", "manifest_version"} <= manifest.keys()
    assert set(manifest["server"]) == {"type", "entry_point", "mcp_config"}
    assert [one["name"] for one in manifest["tools"]] == list(TOOLS)
    server = manifest["server"]
    assert (tmp_path / server["entry_point"]).is_file()
    given = server["mcp_config"]["args"]
    assert given[:4] == ["run", "--directory", "${__dirname}", server["entry_point"]]
    assert given[4:] == ["--site", "${user_config.site}"]
    arguments = [server["entry_point"], "--index", str(built.folder / "index")]
    said = subprocess.run([sys.executable, *arguments], input=b"", cwd=tmp_path, check=True, capture_output=True)
    assert said.stdout == b""


def test_equal_code_makes_equal_packages(packages: list[Path], tmp_path: Path) -> None:
    assert [path.read_bytes() for path in make_packages(tmp_path)] == [path.read_bytes() for path in packages]


def test_without_uv_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    with pytest.raises(RegistryError, match="nox -s package"):
        make_packages(tmp_path)
