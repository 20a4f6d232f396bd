"""Which lines of workflows run tests of bundles; the files are strangers'."""

import pytest

from build.parse.workflows import MAX_RUNS, find_ci_tests


def workflow(*steps: str) -> bytes:
    return ("on: push\njobs:\n  check:\n    runs-on: x\n    steps:\n" + "".join(steps)).encode()


def run_of(script: str) -> bytes:
    lines = "".join(f"          {line}\n" for line in script.splitlines())
    return workflow("      - uses: actions/checkout@v4\n", f"      - run: |\n{lines}")


@pytest.mark.parametrize(
    ("script", "bundles"),
    [
        ("cd codebundles/k8s-pods/.test && task", ["k8s-pods"]),
        ("pytest codebundles/k8s-pods/tests/", ["k8s-pods"]),
        ("task -d ./codebundles/k8s-pods/.test default", ["k8s-pods"]),
        ('bash "codebundles/${{ matrix.bundle }}/.test/run.sh"', [None]),
        ("for f in codebundles/*/.test/*.bats; do bats $f; done", [None]),
        ("find . -name .test -exec task -d {} \\;", [None]),
        ("true\n\ncd codebundles/a/.test\ncd codebundles/b/.test", ["a", "b"]),
        # Named, and not run.
        ("echo codebundles/a/.test", []),
        ("# codebundles/a/.test", []),
        ("ls codebundles/a/.test", []),
        ("task # codebundles/a/.test", []),
        ("find codebundles -not -path '*/.test/*'", []),
        ("lint --exclude .test .", []),
        ("robot codebundles/a/runbook.robot", []),
        ("pytest tests/", []),
        ("npm test", []),
    ],
)
def test_a_step_that_runs_tests_names_whose(script: str, bundles: list[str | None]) -> None:
    found = find_ci_tests("c", "1" * 40, {".github/workflows/ci.yml": run_of(script)})
    assert [run.bundle for run in found.runs] == bundles
    assert not found.problems


def test_the_evidence_is_the_line() -> None:
    content = run_of("set -e\ncd codebundles/a/.test\ntask")
    (run,) = find_ci_tests("c", "1" * 40, {".github/workflows/ci.yml": content}).runs
    assert content.decode().splitlines()[run.line - 1].strip() == run.text == "cd codebundles/a/.test"


def test_a_folder_of_work_counts_for_its_steps() -> None:
    steps = workflow(
        "      - run: task\n        working-directory: codebundles/a/.test\n",
        "      - run: bats .test/x.bats\n        working-directory: codebundles/b\n",
        "      - run: task\n        working-directory: codebundles/c\n",
    )
    assert [run.bundle for run in find_ci_tests("c", "1" * 40, {"w.yml": steps}).runs] == ["a", "b"]


@pytest.mark.parametrize(
    "steps",
    [
        # A text that tells of tests, handed to an action; a step and a job that never run; what is no step.
        "      - uses: x/pr@v1\n        with:\n          body: |\n            - .test/ for validation\n",
        "      - if: false\n        run: task -d codebundles/a/.test\n",
        "      - if: ${{ false }}\n        run: task -d codebundles/a/.test\n",
        "      - task -d codebundles/a/.test\n",
        "      - run: [codebundles/a/.test]\n",
    ],
)
def test_what_only_names_tests_is_no_run(steps: str) -> None:
    found = find_ci_tests("c", "1" * 40, {"w.yml": workflow(steps)})
    assert not found.runs
    assert not found.problems


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"a: [", b"a: &x 1\nb: *x\n", b"[" * 200, b"a: \x00", b"? " * 9_000],
)
def test_a_workflow_that_cannot_be_read_is_noted_and_the_others_count(content: bytes) -> None:
    good = run_of("task -d codebundles/a/.test")
    found = find_ci_tests("c", "1" * 40, {".github/workflows/bad.yml": content, ".github/workflows/ci.yml": good})
    assert [problem.code for problem in found.problems] == ["workflow-unreadable"]
    assert found.problems[0].path == ".github/workflows/bad.yml"
    assert [run.bundle for run in found.runs] == ["a"]


@pytest.mark.parametrize(
    "content", [b"", b"jobs: 3", b"- a", b"jobs: {a: {steps: {run: x}}}", b"jobs: {a: {steps: [3, [4]]}}"]
)
def test_what_is_no_workflow_runs_nothing(content: bytes) -> None:
    assert find_ci_tests("c", "1" * 40, {"w.yml": content}) == find_ci_tests("c", "1" * 40, {})


def test_what_is_shown_is_bounded_and_without_keys() -> None:
    key = "ghp_" + "Zk3v9QpLr7TnXw2sYb5HcJ8mDf6GaE4uKiOe"
    script = "\n".join(f"task -d codebundles/b{number}/.test {key} {'x' * 900}" for number in range(MAX_RUNS + 5))
    runs = find_ci_tests("c", "1" * 40, {"w.yml": run_of(script)}).runs
    assert len(runs) == MAX_RUNS
    assert all(len(run.text) <= 200 and key not in run.text for run in runs)
