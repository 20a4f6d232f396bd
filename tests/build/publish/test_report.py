"""What a run did, told to a person, a program and a CI job."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from build.model import Problem, Severity
from build.publish.report import CollectionRow, Report, plain, print_problems, print_report, tell_github


def problem(severity: Severity, message: str = "It is odd.", **where: object) -> Problem:
    return Problem.model_validate(
        {"collection": "harbor", "code": "odd", "severity": severity, "message": message, **where}
    )


def said(*problems: Problem) -> list[str]:
    """What a terminal without colours shows of the problems."""
    file = StringIO()
    print_problems(problems, Console(file=file, width=100))
    return file.getvalue().splitlines()


@pytest.mark.parametrize(
    ("severities", "status"), [((), 0), (("note", "note"), 0), (("note", "warning"), 3), (("error",), 3)]
)
def test_notes_do_not_change_the_status(severities: tuple[Severity, ...], status: int) -> None:
    report = Report(problems=[problem(severity) for severity in severities])
    assert report.status == report.as_json()["status"] == status


def test_the_summary_says_what_was_new() -> None:
    rows = [
        CollectionRow("harbor", "fetched", bundles=3, tools=7, parsed=2),
        CollectionRow("quay", "unchanged", bundles=1, tools=1),
    ]
    report = Report(rows=rows, encoded=40)
    read = "4 bundles, 8 tools: 1 of 2 collections with new commits, 2 bundles parsed"
    # `fetch` and `parse` end before there is a build.
    assert report.summary() == read
    report.build_id = "b"
    assert report.summary() == f"{read}, 40 passages encoded; nothing changed"
    report.published = ["index", "site"]
    assert report.summary() == f"{read}, 40 passages encoded; published index and site"


def test_the_gravest_come_first_and_notes_are_counted_only() -> None:
    lines = said(
        problem("note", "Unimportant."),
        problem("warning", "Later.", path="b.robot", line=3, hint="Mend it."),
        problem("error", "First."),
    )
    assert lines == [
        "error   harbor [odd] First.",
        "warning harbor: b.robot:3 [odd] Later. Mend it.",
        "1 notes (page /report/)",
    ]


def test_more_than_thirty_are_counted() -> None:
    lines = said(*(problem("warning", f"Number {number}.") for number in range(33)))
    assert len(lines) == 31
    assert lines[-1] == "… and 3 more: see the site's page /report/ or --json"


def test_a_stranger_writes_nothing_on_a_terminal_but_text() -> None:
    (line,) = said(problem("error", "[red]x[/red] \x1b[2J\r\nerror forged"))
    assert line == r"error   harbor [odd] [red]x[/red] \x1b[2J\x0d\x0aerror forged."
    assert plain("é\u202e\u2028") == "é\\x202e\\x2028"


def test_a_job_gets_a_table_beside_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("Before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    rows = [CollectionRow("harbor", "fetched", commit="c" * 40, bundles=3, tools=7, parsed=2)]
    tell_github(Report(rows=rows, problems=[problem("error"), problem("note")], build_id="b"))
    lines = summary.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Before"
    assert "| harbor | fetched | cccccccccccc | 3 | 7 | 2 |" in lines
    assert lines[-1].endswith("nothing changed. 1 errors, 0 warnings, 1 notes. Build b.")


def test_without_a_job_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(tmp_path)
    tell_github(Report())
    assert list(tmp_path.iterdir()) == []


def test_the_report_names_collections_repairs_and_the_models_work() -> None:
    file = StringIO()
    report = Report(
        rows=[CollectionRow("harbor", "unchanged")],
        repaired=["site[x]"],
        enhanced={"calls": 3, "would_send": {"a": 1}},
    )
    print_report(report, Console(file=file, width=100))
    shown = file.getvalue()
    assert "repaired what a killed run had left of site[x]" in shown
    assert "AI enhancement: 3 calls\n" in shown
    assert shown.splitlines()[1].split() == ["harbor", "unchanged", "–", "0", "0", "0"]
