"""What has changed is published together, at the end, or not at all."""

import json
from pathlib import Path

import pytest

from build.errors import RegistryError, UsageError
from build.phases.context import RunContext
from build.phases.publish import changed_outputs, publish
from build.problems import problem
from build.publish.published import MARKS, Output
from build.publish.report import CollectionRow
from build.storage import write_checksums
from tests.support import publications
from tests.support.catalogues import sound
from tests.support.runs import run_of

BOTH: tuple[Output, ...] = ("index", "site")


def publishing(folder: Path, *, readable: int = 9, accept_shrink: bool = False) -> RunContext:
    run = run_of(folder, outputs=BOTH, accept_shrink=accept_shrink)
    run.report.rows.append(CollectionRow("harbor", "fetched", readable=readable))
    return run


def mark(run: RunContext, build_id: str, *outputs: Output) -> None:
    for output in outputs:
        file = run.folder(output) / MARKS[output]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"build_id": build_id}), encoding="utf-8")
        write_checksums(run.folder(output))


def test_an_output_that_is_as_the_catalogue_has_it_is_left_alone(tmp_path: Path) -> None:
    run, catalogue = publishing(tmp_path), sound()
    assert changed_outputs(run, catalogue) == ["index", "site"]
    mark(run, catalogue.build_id, "site")
    assert changed_outputs(run, catalogue) == ["index"]
    mark(run, catalogue.build_id, "index")
    assert changed_outputs(run, catalogue) == []
    mark(run, "another", "index", "site")
    assert changed_outputs(run, catalogue) == ["index", "site"]
    assert run.report.damaged == []


def test_a_damaged_index_is_made_anew_and_told(tmp_path: Path) -> None:
    run, catalogue = publishing(tmp_path), sound()
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "rows").write_bytes(b"whole")
    mark(run, catalogue.build_id, *BOTH)
    (tmp_path / "index" / "rows").write_bytes(b"hole")
    assert changed_outputs(run, catalogue) == ["index"]
    assert run.report.damaged == [str(tmp_path / "index" / "rows")]


def test_new_folders_take_their_places_at_the_end(tmp_path: Path) -> None:
    run = publishing(tmp_path)
    mark(run, "old", *BOTH)
    with publish(run, sound(), BOTH) as folders:
        assert {name: list(folder.iterdir()) for name, folder in folders.items()} == {"index": [], "site": []}
        for folder in folders.values():
            (folder / "new").touch()
        assert not (tmp_path / "site" / "new").exists()
        assert run.report.published == []
    assert (tmp_path / "site" / "new").exists()
    assert (tmp_path / "index" / "new").exists()
    assert (run.report.published, list(run.report.seconds)) == (["index", "site"], ["publish"])


def test_what_fails_publishes_nothing(tmp_path: Path) -> None:
    run = publishing(tmp_path)
    mark(run, "old", *BOTH)
    before = sorted(tmp_path.rglob("*"))

    def fail() -> None:
        with publish(run, sound(), BOTH) as folders:
            (folders["site"] / "new").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert sorted(tmp_path.rglob("*")) == before
    assert (run.report.published, run.report.seconds) == ([], {})


def test_a_catalogue_that_shrank_is_refused_until_that_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    publications.publish(tmp_path / "index", 10)
    with (
        pytest.raises(RegistryError, match="--accept-shrink"),
        publish(publishing(tmp_path, readable=7), sound(), BOTH),
    ):
        pytest.fail("it is refused before anything is written")
    lost = publishing(tmp_path, readable=0)
    lost.report.rows[0].outcome = "unavailable"
    lost.problems.append(problem("not-fetched", "it is away", collection="harbor"))
    with pytest.raises(RegistryError, match="since it is away; correct that"), publish(lost, sound(), BOTH):
        pytest.fail("it is refused before anything is written")
    with publish(publishing(tmp_path, readable=7, accept_shrink=True), sound(), BOTH):
        pass


def test_a_folder_of_others_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "thesis.txt").touch()
    with pytest.raises(UsageError, match="holds other files"), publish(publishing(tmp_path), sound(), BOTH):
        pytest.fail("it is refused before anything is written")
