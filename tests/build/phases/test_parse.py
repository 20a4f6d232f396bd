"""Each collection is parsed, or stays as it is published, and its problems and counts are the run's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from build.environment import git_environment
from build.fetch.baseline import NO_BASELINE, Baseline
from build.fetch.collections import fetch
from build.options import Options
from build.parse_cache import parser
from build.phases.context import RunContext
from build.phases.fetch import fetch_sources
from build.phases.parse import parse_collection, parse_collections
from build.publish.report import CollectionRow
from tests.support import misbehaving
from tests.support.bundles import SOUND
from tests.support.repositories import Repository
from tests.support.runs import run_of

LIBRARY = 'class Prices:\n    def price_of(self, what):\n        """Say what it costs."""\n'


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


def test_bundles_of_all_public_collections_are_sorted_and_hidden_ones_only_counted(tmp_path: Path) -> None:
    harbor, quay = Repository(tmp_path / "harbor"), Repository(tmp_path / "quay")
    harbor.commit({f"codebundles/{name}/runbook.robot": SOUND for name in ("lamp", "crane")})
    quay.commit(
        {
            "codebundles/buoy/runbook.robot": SOUND.replace("*** Tasks", "Library    Harbor.Prices\n*** Tasks", 1),
            "codebundles/no robot/README.md": "x",
            "libraries/Harbor/Prices.py": LIBRARY,
        }
    )
    hidden = quay.collection("anchor").model_copy(update={"visibility": "hidden"})
    run = run_of(tmp_path, [quay.collection("quay"), hidden, harbor.collection("harbor")])
    parsed = parse_collections(run, fetch_sources(run))
    assert [entry.id for entry in parsed.entries] == ["harbor/crane", "harbor/lamp", "quay/buoy"]
    assert [library.collection for library in parsed.libraries] == ["quay"]
    assert [(row.slug, row.bundles, row.readable) for row in run.report.rows] == [
        ("quay", 1, 1), ("anchor", 1, 1), ("harbor", 2, 2),
    ]  # fmt: skip
    # What is refused in the folder, and what is wrong in bundles, of hidden ones too: reports leave these out.
    assert {"quay", "anchor"} <= {found.collection for found in run.problems}
    assert list(run.report.seconds) == ["fetch", "parse"]


def test_a_collection_that_can_no_longer_be_read_stays_as_it_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("build.parse.bundle.parse_bundle", misbehaving.parse)
    origin = Repository(tmp_path / "origin")
    names = ["a", "b", "c", "d"]
    published = origin.commit({f"codebundles/{name}/runbook.robot": SOUND for name in names})
    origin.git("mv", "codebundles/c", "codebundles/dies")
    head = origin.commit({"codebundles/a/runbook.robot": SOUND.replace("Look", "Stare")})
    collection = origin.collection()

    def read(baseline: Baseline) -> tuple[CollectionRow, list[tuple[str, str, bool, str]], list[str]]:
        run = RunContext(Options(cache=tmp_path), Console(quiet=True), [collection])
        (fetched,) = fetch([collection], tmp_path, baseline=baseline)
        with parser(tmp_path, 2) as bundles:
            entries = parse_collection(run, bundles, fetched, baseline).entries
        found = [(e.bundle.name, e.commit, e.stale, e.bundle.tools[0].name if e.bundle.tools else "") for e in entries]
        return run.report.rows[0], found, [problem.code for problem in run.problems if problem.severity == "error"]

    # Three of four is under four fifths.
    row, found, errors = read(Baseline(collections={collection.slug: published}, counts={collection.slug: 4}))
    assert (row.outcome, row.commit, row.readable, errors) == ("stale", published, 4, ["shrunk"])
    assert found == [(name, published, True, "Look") for name in names]
    # Where it was never better, or that is accepted, the bad one is shown by its name and the others as they are.
    row, found, errors = read(NO_BASELINE)
    assert (row.outcome, row.commit, row.bundles, row.readable, errors) == ("unchanged", head, 4, 3, ["not-read"])
    assert found == [("a", head, False, "Stare"), ("b", head, False, "Look"), ("d", head, False, "Look"),
                     ("dies", head, False, "")]  # fmt: skip
