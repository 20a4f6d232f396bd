"""How a run begins and ends: what is configured wrongly is told first, and whatever stops it is a sentence."""

import errno
import io
import json
import os
from pathlib import Path

import pytest
from rich.console import Console

from build.environment import clean_environment
from build.errors import RegistryError, UsageError
from build.phases.context import open_run
from build.problems import problem
from build.publish.report import CollectionRow
from build.runs import (
    Run,
)
from build.storage import unseal
from tests.support.runs import options

COLLECTION = "{name: Beacon, slug: beacon, git_url: 'https://github.com/o/beacon'}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "collections.yaml").write_text(f"codecollections: [{COLLECTION}]\n", encoding="utf-8")
    return tmp_path


def ledger(folder: Path) -> list[Run]:
    file = options(folder).ledger
    return (
        [Run.model_validate_json(unseal(line)) for line in file.read_text("utf-8").splitlines()]
        if file.exists()
        else []
    )


def test_what_is_configured_is_in_the_run(folder: Path) -> None:
    (folder / "sources.yaml").write_text("guides: [{name: Wind, description: It blows.}]\n", encoding="utf-8")
    override = folder / "overrides" / "beacon" / "lamp.yaml"
    override.parent.mkdir(parents=True)
    override.write_text("description: Ours.\n", encoding="utf-8")
    with open_run(options(folder), Console(quiet=True), ("index", "site")) as run:
        assert [collection.slug for collection in run.collections] == ["beacon"]
        assert [page.name for page in run.documentation] == ["Wind"]
        assert [(name, one.description) for name, one in run.overrides.items()] == [("beacon/lamp", "Ours.")]
        assert (run.folder("index"), run.folder("site")) == (folder / "index", folder / "site")
        assert clean_environment()["GIT_ALLOW_PROTOCOL"] == "https:file"
    assert run.problems == []
    assert clean_environment()["GIT_ALLOW_PROTOCOL"] == "https"


def test_problems_of_the_registrys_own_files_are_told_before_anything_is_fetched(folder: Path) -> None:
    (folder / "collections.yaml").write_text(f"codecollections: [{COLLECTION}]\ncolour: blue\n", encoding="utf-8")
    (folder / "sources.yaml").write_text("sources: {}\nstray: 1\n", encoding="utf-8")
    for name, text in {"torn": "a: [", "list": "[a]", "key": "colour: blue", "kind": "aliases: many"}.items():
        file = folder / "overrides" / "beacon" / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    said = io.StringIO()
    with open_run(options(folder), Console(file=said, width=400), ("site",)) as run:
        told = said.getvalue()
    assert [found.code for found in run.problems] == ["unknown-key", "source-odd", *["override-odd"] * 4]
    for found in run.problems:
        assert f"[{found.code}]" in told
    for name in ("torn", "list", "key", "kind"):
        assert f"overrides/beacon/{name}.yaml: " in told


def test_a_run_without_outputs_leaves_no_trace_in_the_ledger(folder: Path) -> None:
    with open_run(options(folder), Console(quiet=True)) as run:
        assert (run.documentation, run.overrides, run.past) == ((), {}, ())
    assert ledger(folder) == []


@pytest.mark.parametrize(
    ("stop", "status", "said"),
    [
        (RegistryError("It is so."), 1, "It is so."),
        (UsageError("It is so."), 2, "It is so."),
        (KeyboardInterrupt(), 1, "Interrupted (nothing was published); run again"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 1, "nothing was published); make room there"),
        (ValueError("lance error: write failed (os error 28)"), 1, "make room there, then run again"),
    ],
)
def test_whatever_stops_a_run_is_a_sentence_and_in_the_ledger(
    stop: BaseException, status: int, said: str, folder: Path
) -> None:
    def fail() -> None:
        with open_run(options(folder), Console(quiet=True), ("site",)) as run:
            run.problems.append(problem("not-fetched", "it is away", collection="beacon"))
            run.report.rows.append(CollectionRow("beacon", "unavailable"))
            raise stop

    with pytest.raises(RegistryError) as caught:
        fail()
    assert said in str(caught.value)
    (remembered,) = ledger(folder)
    assert (remembered.status, remembered.published) == (status, False)
    assert (remembered.collections["beacon"].problems, remembered.collections["beacon"].failures) == (1, 1)


def test_a_fault_of_the_program_is_no_sentence(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_run(options(folder), Console(quiet=True), ("site",)):
        raise ZeroDivisionError
    assert ledger(folder) == []


def test_failures_in_a_row_are_counted_over_the_runs_that_led_to_what_is_published(folder: Path) -> None:
    for turn in range(1, 4):
        with open_run(options(folder), Console(quiet=True), ("site",)) as run:
            run.report.rows.append(CollectionRow("beacon", "stale"))
            run.report.build_id, run.report.published = "an-id", ["site"] if turn == 1 else []
            mark = folder / "site" / "api" / "v1" / "index.json"
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.write_text(json.dumps({"build_id": "an-id"}), encoding="utf-8")
        assert run.report.rows[0].failures == turn
        assert len(run.past) == turn - 1
    assert [one.collections["beacon"].failures for one in ledger(folder)] == [1, 2, 3]


def test_a_second_run_over_the_same_folders_is_refused_and_remembers_nothing(folder: Path) -> None:
    with open_run(options(folder), Console(quiet=True), ("site",)):
        other = options(folder, cache=folder / "other")
        with (
            pytest.raises(RegistryError, match=r"Another run works with .*site"),
            open_run(other, Console(quiet=True), ("site",)),
        ):
            pytest.fail("two runs publish at once")
    assert not other.ledger.exists()


def test_phases_are_timed_and_told(folder: Path) -> None:
    said = io.StringIO()
    with open_run(options(folder), Console(file=said), ()) as run, run.phase("fetch") as track:
        assert list(track(iter("ab"), 2)) == ["a", "b"]
    assert list(run.report.seconds) == ["fetch"]
    assert said.getvalue().startswith("fetch ")
