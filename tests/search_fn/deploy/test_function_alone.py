"""What `nox -s function` does in an environment of its own, here with every other package hidden."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from search_fn.settings import PACKAGE

SCRIPT = PACKAGE / "tests" / "function_alone.py"
HIDING = """
import sys

# What a .pth file of the environment imports (setuptools has one) is nobody's doing here.
before = set(sys.modules)

import importlib.abc, re, runpy
from importlib.metadata import packages_distributions

script, index, *locked = sys.argv[1:]

def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()

hidden = {
    package
    for package, distributions in packages_distributions().items()
    if not {normal(name) for name in distributions} & {normal(name) for name in locked}
}
assert {"pytest", "uvicorn", "typer"} <= hidden and not {"lancedb", "fastapi"} & hidden, hidden

class Hider(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path, target=None):
        # As where it is not installed: what does without it may go on.
        if fullname.partition(".")[0] in {*hidden, "build"}:
            raise ModuleNotFoundError(f"{fullname} is not of the function's lock", name=fullname)

sys.meta_path.insert(0, Hider())
sys.argv = [script, index]
runpy.run_path(script, run_name="__main__")
found = {name.partition(".")[0] for name in set(sys.modules) - before} & hidden
assert not found, found
"""


def locked() -> list[str]:
    text = (PACKAGE / "requirements" / "function.txt").read_text(encoding="utf-8")
    names = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
    assert {"lancedb", "fastapi", "numpy"} <= set(names)
    return names


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, encoding="utf-8", check=False, timeout=60)


@pytest.mark.slow
def test_the_function_needs_nothing_but_its_lock(made_up) -> None:
    result = run("-c", HIDING, str(SCRIPT), str(made_up.folder), *locked())
    assert result.returncode == 0, result.stderr
    assert "is first of" in result.stdout


@pytest.mark.slow
def test_a_package_that_is_not_locked_is_missed(made_up) -> None:
    names = [name for name in locked() if name != "mangum"]
    result = run("-c", HIDING, str(SCRIPT), str(made_up.folder), *names)
    assert "mangum is not of the function's lock" in result.stderr


def test_without_an_index_the_script_says_what_it_needs(tmp_path: Path) -> None:
    for arguments in ((), (str(tmp_path),)):
        result = run(str(SCRIPT), *arguments)
        assert result.returncode == 1
        assert result.stderr == "Name the folder of a built index, such as .demo/index, which `nox -s demo` makes.\n"
