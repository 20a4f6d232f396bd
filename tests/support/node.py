"""Tools from the npm registry, at one version each, fetched where they are used."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

AXE = "axe-core@4.14.1"
VNU = "vnu-jar@26.9.27"
LIGHTHOUSE = "lighthouse@13.5.0"
# Both the protocol's suite and Lighthouse want a newer Node than some machines have; this one comes as a package.
NODE = "node@24.21.0"
_NODE_VERSION = 22
# A machine without the registry is told so soon.
_ENVIRONMENT = {**os.environ, "npm_config_fetch_retries": "0", "npm_config_prefer_offline": "true"}


def installed(package: str, folder: Path) -> Path:
    """Return the package's own folder, put below `folder`; the test that needs it is skipped where it cannot be had.

    No script of the package runs.
    """
    if not shutil.which("npm"):
        pytest.skip("needs npm, and the npm registry")
    command = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", package]
    tried = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, encoding="utf-8", check=False)
    if tried.returncode:
        pytest.skip(f"npm could not get {package}: {tried.stderr[-300:]}")
    return folder / "node_modules" / package.partition("@")[0]


def npx(package: str, program: str) -> list[str]:
    """Return the command that runs a package's program; the test that needs it is skipped where it cannot be had."""
    if not (shutil.which("npx") and shutil.which("node")):
        pytest.skip("needs Node and npx, and the npm registry")
    result = subprocess.run(["node", "--version"], capture_output=True, encoding="utf-8", check=False)
    new = int(result.stdout.removeprefix("v").partition(".")[0] or 0) > _NODE_VERSION
    packages = [package] if new else [package, NODE]
    command = ["npx", "--yes", *(f"--package={one}" for one in packages), program]
    tried = subprocess.run(
        [*command, "--version"], env=_ENVIRONMENT, capture_output=True, encoding="utf-8", check=False
    )
    if tried.returncode:
        pytest.skip(f"npx could not get {package}: {tried.stderr[-300:]}")
    return command
