"""Packages that run the server on a user's own machine: a wheel for uvx and pipx, a bundle for desktop clients.

`python -m build.commands.agent_package DIR` makes both (the bundle is a .mcpb), and uploads nothing.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from build.errors import RegistryError
from build.options import CODE
from search_fn.tools.registry import TOOLS

NAME = "codecollection-registry-mcp"
# What only Lambda needs, and what only a model's provider does.
_LEFT_OUT, _OPTIONAL = ("mangum",), ("openai",)
_SITE = "https://registry.runwhen.com"
# The earliest that a zip archive can say.
_EPOCH = (1980, 1, 1, 0, 0, 0)
# The builder that uv brings along, so that it downloads none.
_BACKEND = 'requires = ["uv_build>=0.9"]\nbuild-backend = "uv_build"'


def make_packages(target: Path) -> list[Path]:
    """Write both packages into a folder, and return their paths: the wheel, then the bundle.

    Raises:
        RegistryError: uv is not installed, or refused to build the wheel.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(
            CODE / "search_fn", folder / "search_fn", ignore=shutil.ignore_patterns("__pycache__", "deploy")
        )
        (folder / "README.md").write_text(_readme(), encoding="utf-8")
        shutil.copyfile(CODE / "LICENSE", folder / "LICENSE")
        (folder / "pyproject.toml").write_text(_project(), encoding="utf-8")
        return [_build_wheel(folder, target), _build_bundle(folder, target)]


def _project_file() -> dict[str, Any]:
    result: dict[str, Any] = tomllib.loads((CODE / "pyproject.toml").read_text(encoding="utf-8"))
    return result


def _requirements() -> tuple[list[str], list[str]]:
    """Return the server's requirements, and those that only a provider of embeddings needs."""
    group = [one for one in _project_file()["dependency-groups"]["function"] if isinstance(one, str)]
    needed = [one for one in group if not one.startswith((*_LEFT_OUT, *_OPTIONAL))]
    return needed, [one for one in group if one.startswith(_OPTIONAL)]


def _project() -> str:
    project, (needed, optional) = _project_file()["project"], _requirements()
    # Lists and strings of JSON are TOML's too.
    return f"""\
[project]
name = {json.dumps(NAME)}
version = {json.dumps(project["version"])}
description = "Search RunWhen CodeCollections from an agent: a Model Context Protocol server on stdin and stdout."
readme = "README.md"
requires-python = {json.dumps(project["requires-python"])}
license = {json.dumps(project["license"])}
license-files = ["LICENSE"]
dependencies = {json.dumps(needed)}

[project.optional-dependencies]
provider = {json.dumps(optional)}

[project.scripts]
{NAME} = "search_fn.stdio:main"

[build-system]
{_BACKEND}

[tool.uv.build-backend]
module-name = "search_fn"
module-root = ""
"""


def _readme() -> str:
    return f"""\
# {NAME}

A Model Context Protocol server over the catalogue of RunWhen CodeCollections, on stdin and stdout.

    uvx {NAME} --site {_SITE}

brings the index of that site, once for each publication, and answers without a network from then on.
`--index DIR` takes one that was built here. It runs nothing of what it finds, and needs no key.
"""


def _build_wheel(folder: Path, target: Path) -> Path:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}") or shutil.which("uv")
    if uv is None:
        raise RegistryError("uv makes the wheel and is not installed: run `nox -s package`, which brings it.")
    result = subprocess.run(
        [uv, "build", "--wheel", "--quiet", "--no-create-gitignore", "--out-dir", str(target.absolute())],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        raise RegistryError(f"uv could not make the wheel: {result.stderr.strip()[-500:]}")
    return next(target.glob(f"{NAME.replace('-', '_')}-{_project_file()['project']['version']}-*.whl"))


def _build_bundle(folder: Path, target: Path) -> Path:
    (folder / "manifest.json").write_text(json.dumps(_manifest(), indent=2) + "\n", encoding="utf-8")
    (folder / "server.py").write_text(
        '"""The entry of the bundle."""\n\nfrom search_fn.stdio import main\n\nmain()\n', encoding="utf-8"
    )
    package = target / f"{NAME}-{_project_file()['project']['version']}.mcpb"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return package


def _manifest() -> dict[str, Any]:
    """Return the bundle's manifest, by https://github.com/modelcontextprotocol/mcpb/blob/main/MANIFEST.md, 0.4."""
    project = _project_file()["project"]
    return {
        "manifest_version": "0.4",
        "name": NAME,
        "display_name": "CodeCollection Registry",
        "version": project["version"],
        "description": "Find automation that troubleshoots Kubernetes, AWS, Azure, GCP and more.",
        "long_description": "Brings the index of a registry's site to this machine and answers from it. It runs "
        "nothing of what it finds, and needs no key.",
        "author": {"name": "RunWhen", "url": "https://www.runwhen.com"},
        "homepage": _SITE,
        "documentation": f"{_SITE}/docs/agents/",
        "license": project["license"],
        "server": {
            "type": "uv",
            "entry_point": "server.py",
            "mcp_config": {
                "command": "uv",
                "args": ["run", "--directory", "${__dirname}", "server.py", "--site", "${user_config.site}"],
            },
        },
        "tools": [{"name": tool.name, "description": tool.description} for tool in TOOLS.values()],
        "prompts_generated": True,
        "compatibility": {
            "platforms": ["darwin", "linux", "win32"],
            "runtimes": {"python": project["requires-python"]},
        },
        "user_config": {
            "site": {
                "type": "string",
                "title": "Registry",
                "description": "The address of the registry's site.",
                "default": _SITE,
                "required": True,
            }
        },
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder to write to: python -m build.commands.agent_package DIR")
    try:
        for path in make_packages(Path(sys.argv[1])):
            print(f"{path} ({path.stat().st_size / 1e3:.0f} KB)")
    except RegistryError as error:
        sys.exit(str(error))
