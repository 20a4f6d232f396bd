"""Dates and counts of bundles: from one log the same as git gives for each folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch.git import Commit, Mirror
from build.fetch.history import BULK, histories, releases, utc
from tests.support.repositories import TASK, Repository


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


def day(number: int) -> str:
    return f"{1_700_000_000 + number * 86_400} +0000"


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    """Ten bundles that come in one commit, work on some, sweeps over all, a rename, a side branch."""
    origin = Repository(tmp_path / "origin")
    names = [f"bundle-{n}" for n in range(BULK)]
    origin.commit({f"codebundles/{name}/runbook.robot": TASK for name in names}, date=day(0))
    origin.commit({"codebundles/bundle-0/runbook.robot": "1", "codebundles/bundle-1/a.sh": "1"}, date=day(1))
    origin.commit({"README.md": "no bundle's"}, date=day(2))
    origin.commit({f"codebundles/{name}/meta.yaml": "a: 1" for name in names}, date=day(3))
    origin.git("checkout", "--quiet", "-b", "side")
    origin.commit({"codebundles/bundle-2/side.sh": "1"}, date=day(4))
    origin.git("checkout", "--quiet", "main")
    origin.commit({"codebundles/bundle-3/run.sh": "1"}, date=day(5))
    origin.git("merge", "--quiet", "--no-edit", "side", date=day(6))
    origin.git("mv", "codebundles/bundle-4", "codebundles/renamed")
    origin.commit({"codebundles/README.md": "a file beside the bundles"}, date=day(7))
    origin.commit({"codebundles/bundle-5/run.sh": "1", "codebundles/bundle-6/meta.yaml": None}, date=day(8))
    return origin


def test_one_log_gives_what_git_gives_for_each_folder(origin: Repository, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "mirror.git")
    mirror.fetch(str(origin.folder), "main")
    found = histories(mirror.log(origin.head(), "codebundles"))
    mirror.close()
    assert set(found) == {*(f"bundle-{n}" for n in range(BULK)), "renamed"}
    for name, history in found.items():
        log = origin.git("log", "--no-renames", "--format=%H %ct", "main", "--", f"codebundles/{name}").splitlines()
        newest, oldest = log[0].split(), log[-1].split()
        assert history.commits == len(log), name
        assert [history.last_commit, history.last_date] == [newest[0], utc(int(newest[1]))], name
        assert [history.first_commit, history.first_date] == [oldest[0], utc(int(oldest[1]))], name


def test_sweeps_are_left_out_of_the_last_own_date(origin: Repository, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "mirror.git")
    mirror.fetch(str(origin.folder), "main")
    found = histories(mirror.log(origin.head(), "codebundles"))
    mirror.close()
    own = {name: (history.last_own_date - utc(1_700_000_000)).days for name, history in found.items()}
    # bundle-7 was only ever touched with all the others: what it began with is its own.
    assert own == {
        "bundle-0": 1, "bundle-1": 1, "bundle-2": 4, "bundle-3": 5, "bundle-4": 7, "bundle-5": 8, "bundle-6": 8,
        "bundle-7": 0, "bundle-8": 0, "bundle-9": 0, "renamed": 7,
    }  # fmt: skip
    assert (found["bundle-7"].last_date - utc(1_700_000_000)).days == 3


def test_a_commit_is_a_sweep_from_ten_bundles_on() -> None:
    first = Commit("1", 100, "A", "S", frozenset({b"0"}))
    for count, own in ((BULK - 1, 200), (BULK, 100)):
        folders = frozenset(str(n).encode() for n in range(count))
        found = histories([Commit("2", 200, "B", "S", folders), first])
        assert found["0"].last_own_date == utc(own)
        assert (found["0"].last_date, found["0"].commits) == (utc(200), 2)


def test_a_name_that_is_no_text_has_a_history_too() -> None:
    assert set(histories([Commit("1", 1, "A", "S", frozenset({b"\xff", b"a"}))])) == {"a", "\ufffd"}
    assert histories([]) == {}


def test_authors_are_names_without_addresses_the_busiest_first() -> None:
    names = ["B", "A  Keeper", "B", "x@y.z", "\x1b[31mC <c@d>", "\u202eB", "", "B" * 300]
    log = [Commit(str(n), n, name, "S", frozenset({b"a"})) for n, name in enumerate(names)]
    assert histories(log)["a"].authors == ("B", "A Keeper", "B" * 100, "[31mC")


def test_the_changelog_tells_a_bundles_own_commits_from_sweeps() -> None:
    many = frozenset({b"a", *(str(n).encode() for n in range(BULK))})
    log = [Commit("3", 300, "A", "Sweep", many), Commit("2", 200, "A", "Own", frozenset({b"a"}))]
    found = histories([*log, Commit("1", 100, "A", "All begin", many)])["a"].changelog
    assert [(one.commit, one.date, one.subject, one.sweep) for one in found] == [
        ("3", utc(300), "Sweep", True), ("2", utc(200), "Own", False), ("1", utc(100), "All begin", False),
    ]  # fmt: skip
    longer = [Commit(str(n), n, "A", "S", frozenset({b"a"})) for n in range(40, 0, -1)]
    assert [one.commit for one in histories(longer)["a"].changelog] == [str(n) for n in range(40, 30, -1)]


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Fix  the\ttimeout", "Fix the timeout"),
        ("\x1b[2Jgone\u202e \x07\u2028", "[2Jgone"),
        ("", ""),
        ("Use ghp_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5 here", "Use (key removed) here"),
        ("x" * 110 + " ghp_aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5", "x" * 110 + " (key rem…"),
        ("word " * 100_000, "word " * 23 + "word…"),
    ],
)
def test_a_subject_is_one_printable_line_without_keys(subject: str, shown: str) -> None:
    (change,) = histories([Commit("1", 1, "A", subject, frozenset({b"a"}))])["a"].changelog
    assert change.subject == shown


def test_any_number_of_seconds_is_a_date_in_utc() -> None:
    assert utc(1_700_000_000) == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert utc(-5) == utc(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert utc(10**30) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert utc(0).tzinfo is UTC


def test_a_releases_name_is_text_without_keys_and_its_date_one_that_can_be_held() -> None:
    key = "ghp_" + "aZ3kQ9xB7mW2pL5tR8vN1cD4fG6hJ0sYeUiO"
    first, second = releases([("v1\x1b[31m\u202eend", "a" * 40, 10**15), (f"v2-{key}", "b" * 40, 0)])
    assert first.name == "v1 [31m end"
    assert first.date == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert key not in second.name
