"""The function's folder as its image has it: made by the image's own script, run as Lambda runs it."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

import pytest

from search_fn.settings import PACKAGE
from tests.support.lambda_runtime import LambdaRuntime, function_url
from tests.support.sandbox import read_only

pytestmark = pytest.mark.slow


def runtime_client(target: Path) -> None:
    """Lambda's client alone, which its base image brings."""
    for package in ("awslambdaric", "snapshot-restore-py", "simplejson"):
        for file in files(package) or ():
            if ".dist-info" not in str(file) and not str(file).startswith(".."):
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(str(file.locate())), target / file)


def test_what_the_image_has_answers_with_nothing_but_its_own(made_up, tmp_path: Path) -> None:
    root, client = tmp_path / "function", tmp_path / "client"
    # uv, where this environment has no pip, lies beside its Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    made = subprocess.run(
        [str(PACKAGE / "search_fn" / "deploy" / "package.sh"), str(root), str(made_up.folder)],
        env={**os.environ, "PATH": path, "PYTHON": sys.executable},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert {"lancedb", "pyarrow", "fastapi", "search_fn", "index_data"} <= {one.name for one in root.iterdir()}
    # Nothing of the build, of tests, or that is compiled only when it is first loaded.
    assert not {"build", "pytest", "uvicorn", "bin"} & {one.name for one in root.iterdir()}
    assert all(importlib.util.cache_from_source(str(one)) for one in root.glob("search_fn/**/*.py"))
    assert len(list(root.glob("search_fn/**/*.pyc"))) == len(list(root.glob("search_fn/**/*.py")))
    assert sum(one.stat().st_size for one in root.rglob("*") if one.is_file()) < 460e6
    runtime_client(client)
    with read_only(root) as python:
        # -S: no package of this environment can help out.
        command = (*python, "-S")
        with LambdaRuntime(root, {"PYTHONPATH": f"{root}{os.pathsep}{client}"}, command=command) as runtime:
            answer = runtime.invoke(function_url("/api/v1/search", {"q": "pods keep restarting"}))
            assert answer.kind == "response", answer.body
            body = json.loads(answer.body["body"])
            assert body["total"] > 0
            assert not body["degraded"]
            assert json.loads(runtime.invoke(function_url("/openapi.json")).body["body"])["paths"]
