"""The rules of the house that no other tool checks."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("build", "search_fn", "tests")
LOCKS = ("function", "server", "lint", "build", "nox", "dev", "checks", "zensical")

# Modules whose tests are not in tests/ROOM/test_NAME.py, each with the reason.
TESTED_ELSEWHERE = {
    "build/catalogue/labels.py": "a table of words",
    "build/commands/rooms.py": "tests/test_rooms.py",
    "build/forms/collections.py": "tests/build/commands/test_form.py changes the list",
    "build/forms/overrides.py": "tests/build/commands/test_form.py changes overrides",
    "build/forms/yaml_file.py": "tests/build/commands/test_form.py compares what stays",
    "build/index/browser_rules.py": "tests/browser/test_in_browser.py: a browser ranks by them",
    "build/documentation.py": "values; tests/build/fetch/test_documentation.py reads pages",
    "build/open_requests.py": "values; tests/build/fetch/test_github_issues.py reads requests",
    "build/keyword_libraries.py": "values; tests/build/parse/test_libraries.py reads libraries",
    "build/runs.py": "values; tests/build/publish/test_ledger.py counts runs",
    "build/effects/bundle.py": "tests/build/effects/test_read.py reads bundles",
    "build/effects/ledger.py": "tests/build/effects/test_shell.py: places and conditions of commands",
    "build/effects/python_calls.py": "tests/build/effects/test_python_code.py calls packages of each kind",
    "build/effects/python_expressions.py": "tests/build/effects/test_python_code.py",
    "build/effects/python_objects.py": "tests/build/effects/test_python_code.py",
    "build/effects/python_syntax.py": "tests/build/effects/test_python_code.py",
    "build/effects/python_texts.py": "tests/build/effects/test_python_code.py",
    "build/effects/python_values.py": "tests/build/effects/test_python_code.py",
    "build/effects/robot_assignments.py": "tests/build/effects/test_robot_tasks.py",
    "build/effects/robot_calls.py": "tests/build/effects/test_robot_tasks.py",
    "build/effects/robot_libraries.py": "tests/build/effects/test_robot_tasks.py",
    "build/effects/robot_conditions.py": "tests/build/effects/test_robot_tasks.py",
    "build/effects/robot_keywords.py": "tests/build/effects/test_robot_tasks.py",
    "build/effects/robot_variables.py": "tests/build/effects/test_robot_tasks.py",
    "build/effects/runner.py": "tests/build/effects/test_shell.py",
    "build/effects/scene.py": "tests/build/effects/test_shell.py: scripts beside, written and missing",
    "build/effects/shell_branches.py": "tests/build/effects/test_shell.py",
    "build/effects/shell_builtins.py": "tests/build/effects/test_shell.py",
    "build/effects/shell_pipes.py": "tests/build/effects/test_shell.py",
    "build/effects/shell_state.py": "tests/build/effects/test_shell.py",
    "build/effects/shell_syntax.py": "tests/build/effects/test_shell.py: hostile scripts",
    "build/effects/shell_tests.py": "tests/build/effects/test_shell.py: conditions and fixed branches",
    "build/effects/shell_words.py": "tests/build/effects/test_shell.py",
    "build/effects/text.py": "tests/build/effects/test_shell.py",
    "build/effects/states.py": "tests/build/releases/test_reading.py reads states together and alone",
    "build/releases/models.py": "values; tests/build/releases/test_assemble.py makes all of them",
    "search_fn/rest/release_schemas.py": "tests/build/site/test_release_documents.py holds every document against it",
    "build/errors.py": "two classes with a number each",
    "search_fn/app.py": "one line for servers; tests/search_fn/rest/test_application.py starts what it starts",
    "search_fn/http/body_limit.py": "tests/search_fn/mcp/test_protocol.py sends what is too long",
    "search_fn/http/errors.py": "tests/search_fn/rest/test_application.py makes each of them over HTTP",
    "search_fn/http/head.py": "tests/search_fn/rest/test_application.py asks each route for its head",
    "search_fn/http/request_log.py": "tests/search_fn/http/test_auth.py reads the log of requests",
    "search_fn/http/responses.py": "tests/search_fn/rest/test_described.py reads what it describes",
    "search_fn/mcp/http.py": "tests/search_fn/mcp/test_protocol.py speaks the protocol over HTTP",
    "search_fn/mcp/methods.py": "tests/search_fn/mcp/test_protocol.py calls each method",
    "search_fn/rest/image_schemas.py": "tests/search_fn/rest/test_images.py holds answers against it",
    "search_fn/rest/parameters.py": "tests/search_fn/http/test_parameters.py sends right and wrong ones of each",
    "search_fn/rest/rule_schemas.py": "tests/search_fn/rest/test_schemas.py holds every record against it",
    "search_fn/rest/stored.py": "tests/search_fn/rest/test_schemas.py sends a field more and a field less",
    "search_fn/search/results.py": "shapes alone; every answer in tests/search_fn is one",
    "search_fn/search/weights.py": "a table of numbers; `nox -s bench` weighs them",
}

needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a source archive: there is no git to ask")


def files(folder: str, pattern: str = "*") -> list[Path]:
    """Files of one folder; none is an error, or else a check of nothing would pass."""
    found = [
        path for path in sorted((ROOT / folder).rglob(pattern)) if path.is_file() and "__pycache__" not in path.parts
    ]
    assert found, f"{folder} has no {pattern}"
    return found


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def pins(group: str) -> set[str]:
    """The lock's `name==version`, without markers and hashes."""
    return set(re.findall(r"^([^\s#]+==\S+)", lock_text(group), re.MULTILINE))


def lock_text(group: str) -> str:
    return (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")


@needs_git
def test_git_ignores_no_source(tmp_path: Path) -> None:
    sources = [path for folder in (*SOURCES, "site_templates", "samples") for path in files(folder)]
    paths = [path.relative_to(ROOT).as_posix() for path in sources]
    # What a developer's own ignore file often says.
    usual = tmp_path / "ignore"
    usual.write_text("build/\n", encoding="utf-8")
    # safe.directory: in a container the tree may belong to somebody else.
    options = ["-c", f"core.excludesFile={usual}", "-c", f"safe.directory={ROOT}"]
    result = subprocess.run(
        # --no-index, because what is tracked already would count as not ignored.
        ["git", *options, "check-ignore", "--no-index", "--stdin"],
        input="\n".join([*paths, "build/__main__.py", "tests/build/test_model.py"]),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    # 1 is "none of them"; 128 would be git's own trouble.
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")


@pytest.mark.parametrize("folder", SOURCES)
def test_no_module_is_over_500_lines(folder: str) -> None:
    lengths = {module_name(path): len(path.read_bytes().splitlines()) for path in files(folder, "*.py")}
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_each_modules_tests_are_found_by_its_name() -> None:
    modules = {
        path.relative_to(ROOT).as_posix()
        for folder in ("build", "search_fn")
        for path in files(folder, "*.py")
        if path.name not in ("__init__.py", "__main__.py")
    }
    assert len(modules) > 100
    without = {name for name in modules if not (ROOT / "tests" / name).with_name(f"test_{Path(name).name}").is_file()}
    assert sorted(without - TESTED_ELSEWHERE.keys()) == []
    assert sorted(TESTED_ELSEWHERE.keys() - without) == []


@pytest.mark.parametrize("group", LOCKS)
def test_locks_name_no_address(group: str) -> None:
    assert pins(group)
    # A line that starts with a dash is an option of the installer: another index, a local folder.
    assert [line for line in lock_text(group).splitlines() if "://" in line or line.startswith("-")] == []


def test_locks_lie_within_each_other() -> None:
    assert pins("function") - pins("build") == set()
    assert pins("server") - pins("build") == set()
    assert pins("lint") - pins("build") == set()
    assert pins("build") - pins("dev") == set()
    assert pins("nox") - pins("dev") == set()


@pytest.mark.parametrize("group", LOCKS)
def test_locks_have_no_torch(group: str) -> None:
    names = {pin.split("==")[0] for pin in pins(group)}
    assert names & {"torch", "transformers", "sentence-transformers"} == set()


@pytest.mark.parametrize(
    "folder",
    [
        "build",
        "docs",
        "index_data",
        "requirements",
        "samples",
        "search_fn",
        "site_templates",
        "tests",
    ],
)
def test_the_house_has_its_folders(folder: str) -> None:
    assert files(folder)
