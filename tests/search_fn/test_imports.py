"""Which modules an instance of the function has imported once it has answered: each costs every cold start."""

import json
import os
import subprocess
import sys

import pytest

from search_fn.settings import PACKAGE
from tests.support.lambda_runtime import function_url

# A new one here is to be worth its milliseconds: `python -X importtime -c "import search_fn.handler"`.
NEEDED = {
    "anyio",
    "fastapi",
    "mangum",
    "numpy",
    "onnxruntime",
    "pydantic",
    "search_fn",
    "starlette",
    # These are theirs.
    "annotated_doc",
    "annotated_types",
    "cython_runtime",
    "opentelemetry",
    "pydantic_core",
    "python_multipart",  # by FastAPI, and
    "sniffio",  # by anyio, only where something else has brought them
    "typing_extensions",
    "typing_inspection",
}

ANSWERING = """
import sys

before = set(sys.modules)

import json
from search_fn.handler import handler

answer = handler(json.loads(sys.argv[1]), None)
assert answer["statusCode"] == 200, answer
# None stands for a module that is not to be imported.
loaded = {name: module for name, module in sys.modules.items() if module is not None and name not in before}
found = {name: getattr(module, "__file__", None) for name, module in loaded.items()}
print(json.dumps({"engine": json.loads(answer["body"])["engine"], "modules": found}))
"""


@pytest.fixture(scope="module")
def modules(made_up) -> dict[str, str | None]:
    """The modules that a process has after its first hybrid answer, and their files."""
    event = function_url("/api/v1/search", {"q": "pods keep restarting", "platform": "kubernetes", "explain": "1"})
    result = subprocess.run(
        [sys.executable, "-c", ANSWERING, json.dumps(event)],
        cwd=PACKAGE,
        env={**os.environ, "INDEX_URI": str(made_up.folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["engine"] == "hybrid"
    found: dict[str, str | None] = said["modules"]
    return found


def test_no_package_is_imported_but_those_that_an_answer_needs(modules: dict[str, str | None]) -> None:
    packages = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    # With an underscore: parts of the interpreter and of compiled modules, named after their releases.
    found = {name for name in packages if not name.startswith("_")}
    assert found - NEEDED == set()
    assert {"fastapi", "mangum", "numpy", "onnxruntime", "search_fn"} <= found


@pytest.mark.parametrize(
    "module",
    [
        *("boto3", "botocore", "build", "git", "jinja2", "mcp", "mkdocs", "openai", "pandas", "rich", "robot"),
        *("typer", "uvicorn", "yaml"),
        *("lance", "lancedb", "pyarrow", "google", "onnx", "tokenizers"),
        "fastapi.testclient",
        *("multiprocessing", "sqlite3", "unittest", "xml"),
    ],
)
def test_what_an_answer_does_not_need_is_not_imported(module: str, modules: dict[str, str | None]) -> None:
    assert [name for name in modules if name == module or name.startswith(f"{module}.")] == []
