"""Dates and counts of bundles: from one log the same as git gives for each folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from build.environment import git_environment
from build.fetch.git import Commit, Mirror
from build.fetch.history import BULK, correct_dates, histories, utc
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
    assert set(found) == {*(f"bundle-{n}" for n in range(BULK) if n != 4), "renamed"}
    for name, history in found.items():
        paths = [f"codebundles/{before}" for before in ((name, "bundle-4") if name == "renamed" else (name,))]
        log = origin.git("log", "--no-renames", "--format=%H %ct", "main", "--", *paths).splitlines()
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
        "bundle-0": 1, "bundle-1": 1, "bundle-2": 4, "bundle-3": 5, "bundle-5": 8, "bundle-6": 8,
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


def log_of(repository: Repository, folder: Path) -> list[Commit]:
    """The log of a repository's head, through a mirror of it."""
    mirror = Mirror(folder / f"mirror-{repository.head()[:8]}.git")
    mirror.fetch(str(repository.folder), "main")
    found = mirror.log(repository.head(), "codebundles")
    mirror.close()
    return found


def begun(log: list[Commit]) -> dict[str, tuple[int, int]]:
    """The day of the first commit and the number of commits of each folder."""
    return {name: ((h.first_date - utc(1_700_000_000)).days, h.commits) for name, h in histories(log).items()}


def test_a_renamed_folder_keeps_its_history_however_often_it_is_renamed(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    text = "".join(f"line {number}\n" for number in range(40))
    origin.commit({"codebundles/a/runbook.robot": text, "codebundles/a/deep/x.sh": text}, date=day(0))
    origin.commit({"codebundles/z/sli.robot": "z"}, date=day(0))
    origin.commit({"codebundles/a/deep/x.sh": f"{text}more\n"}, date=day(1))
    origin.git("mv", "codebundles/a", "codebundles/b")
    origin.commit({"codebundles/b/runbook.robot": f"{text}b\n"}, date=day(2))
    origin.commit({"codebundles/b/deep/x.sh": text}, date=day(3))
    origin.git("mv", "codebundles/b", "codebundles/c")
    origin.commit({"README.md": "x"}, date=day(4))
    origin.commit({"codebundles/c/runbook.robot": f"{text}c\n"}, date=day(5))
    # Another that comes to the old name later has its own.
    origin.commit({"codebundles/a/runbook.robot": "quite another\n"}, date=day(6))
    log = log_of(origin, tmp_path)
    assert begun(log) == {"a": (6, 1), "c": (0, 6), "z": (0, 1)}
    changelog = histories(log)["c"].changelog
    assert [(change.date - utc(1_700_000_000)).days for change in changelog] == [5, 4, 3, 2, 1, 0]


def test_folders_that_are_renamed_back_or_together_are_followed(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    texts = {f"codebundles/{n}/runbook.robot": "".join(f"{n} {line}\n" for line in range(30)) for n in "abc"}
    origin.commit(texts, date=day(0))
    for number, (old, new) in enumerate((("a", "x"), ("x", "a")), 1):
        origin.git("mv", f"codebundles/{old}", f"codebundles/{new}")
        origin.commit({}, date=day(number))
    for old, new in (("b", "d"), ("c", "e")):
        origin.git("mv", f"codebundles/{old}", f"codebundles/{new}")
        texts[f"codebundles/{new}/runbook.robot"] = texts[f"codebundles/{old}/runbook.robot"] + "changed\n"
    origin.commit({path: text for path, text in texts.items() if path[12] in "de"}, date=day(3))
    assert begun(log_of(origin, tmp_path)) == {"a": (0, 3), "d": (0, 2), "e": (0, 2)}


def test_work_on_a_branch_that_began_before_a_rename_is_followed(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    lines = "".join(f"line {number}\n" for number in range(40))
    origin.commit({"codebundles/old/runbook.robot": lines, "codebundles/other/sli.robot": "x"}, date=day(0))
    origin.git("checkout", "--quiet", "-b", "side")
    origin.commit({"codebundles/old/runbook.robot": f"side\n{lines}"}, date=day(3))
    origin.git("checkout", "--quiet", "main")
    origin.git("mv", "codebundles/old", "codebundles/new")
    origin.commit({}, date=day(1))
    origin.commit({"codebundles/other/sli.robot": "y"}, date=day(2))
    origin.git("merge", "--quiet", "--no-edit", "side", date=day(4))
    # The merge is one of the four: no parent has the file as it is there.
    assert begun(log_of(origin, tmp_path)) == {"new": (0, 4), "other": (0, 2)}


def test_a_folder_that_only_comes_when_another_goes_is_no_rename(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/gone/runbook.robot": "one thing\n" * 30, "codebundles/gone/a.sh": "a"}, date=day(0))
    origin.git("rm", "--quiet", "-r", "codebundles/gone")
    origin.commit({"codebundles/new/runbook.robot": "something else\n" * 30, "codebundles/new/b.sh": "b"}, date=day(1))
    assert begun(log_of(origin, tmp_path)) == {"gone": (0, 2), "new": (1, 1)}


def test_a_folder_that_nobody_can_compare_is_followed_where_it_is_the_same(tmp_path: Path) -> None:
    """Seven small trees can hold a million files: neither we nor git list them."""
    origin = Repository(tmp_path / "origin")
    tree = origin.tree(("100644", b"runbook.robot", origin.object("blob", TASK.encode())))
    for _ in range(6):
        tree = origin.tree(*(("40000", f"d{number}".encode(), tree) for number in range(10)))
    larger = origin.tree(("100644", b"a", origin.object("blob", b"a")), ("40000", b"d", tree))
    commits: list[str] = []
    for number, (name, content) in enumerate(((b"a", tree), (b"b", tree), (b"c", larger))):
        root = origin.tree(("40000", b"codebundles", origin.tree(("40000", name, content))))
        parents = [argument for parent in commits[-1:] for argument in ("-p", parent)]
        commits.append(origin.git("commit-tree", root, *parents, "-m", "Work", date=day(number)))
    origin.git("update-ref", "refs/heads/main", commits[-1])
    assert begun(log_of(origin, tmp_path)) == {"b": (0, 3), "c": (2, 1)}


def test_authors_are_called_what_mailmap_calls_them(tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/a/runbook.robot": "1"}, date=day(0))
    for number, author in enumerate(("Nick <nick@example.com>", "Nicholas Nock <n@example.com>")):
        (origin.folder / "codebundles/a/runbook.robot").write_text(str(number), encoding="utf-8")
        origin.git("commit", "--quiet", "--all", "--message=x", f"--author={author}", date=day(number + 1))
    assert histories(log_of(origin, tmp_path))["a"].authors == ("An Author", "Nicholas Nock", "Nick")
    # One that lies only in the work tree of whoever builds, or elsewhere in the repository, is none.
    origin.commit({"codebundles/.mailmap": "Nobody <author@example.com>\n"})
    assert "Nobody" not in histories(log_of(origin, tmp_path))["a"].authors
    mailmap = "Nicholas Nock <n@example.com> <nick@example.com>\nA Proper Name <author@example.com>\n"
    origin.commit({".mailmap": mailmap})
    assert histories(log_of(origin, tmp_path))["a"].authors == ("Nicholas Nock", "A Proper Name")


@pytest.mark.parametrize("content", [b"\xff\x00<", b"x" * 1_000_001, b"Nobody <author@example.com>\n" * 50_000, b""])
def test_a_mailmap_that_is_none_changes_nothing(content: bytes, tmp_path: Path) -> None:
    origin = Repository(tmp_path / "origin")
    origin.commit({"codebundles/a/runbook.robot": "1", ".mailmap": content})
    assert histories(log_of(origin, tmp_path))["a"].authors == ("An Author",)


NOW = 1_800_000_000
FUTURE = 4_070_908_800


def chain(*dates: int) -> list[Commit]:
    """Commits with these dates, the newest first, each the parent of the one before it here."""
    numbered = list(enumerate(dates))
    return [
        Commit(str(n), date, "A", "S", frozenset({b"a"}), (str(n + 1),) if n + 1 < len(dates) else ())
        for n, date in numbered
    ]


@pytest.mark.parametrize(
    ("said", "newest", "believed"),
    [
        ((300, 200, 100), 300, [300, 200, 100]),
        ((300, FUTURE, 100), 300, [300, 300, 100]),
        ((300, FUTURE, FUTURE + 9, 100), 300, [300, 300, 300, 100]),
        # The newest commit of the repository need not have touched a bundle.
        ((FUTURE, 100), 400, [400, 100]),
        ((FUTURE, 100), FUTURE, [100, 100]),
        ((FUTURE, FUTURE, 100), FUTURE, [100, 100, 100]),
        ((FUTURE,), FUTURE, [NOW]),
        # Clocks differ; and a date that can be is believed.
        ((NOW + 80_000, 100), NOW + 80_000, [NOW + 80_000, 100]),
        ((300, 0, 500, 100), 300, [300, 0, 500, 100]),
    ],
)
def test_a_date_of_the_future_is_that_of_the_commit_after_it(
    said: tuple[int, ...], newest: int, believed: list[int]
) -> None:
    dated = correct_dates(chain(*said), newest, NOW)
    assert [commit.date for commit in dated.log] == believed
    assert [commit.date for commit in dated.wrong] == [date for date in said if date > NOW + 86_400]
    assert dated.newest == (newest if newest < FUTURE else max(believed))
    assert (dated.date(5), dated.date(FUTURE)) == (5, dated.newest)


def test_of_several_commits_after_it_the_first_counts() -> None:
    first = Commit("1", FUTURE, "A", "S", frozenset({b"a"}))
    others = [Commit(str(date), date, "A", "S", frozenset({b"a"}), ("1",)) for date in (400, 300)]
    assert [commit.date for commit in correct_dates([*others, first], 500, NOW).log] == [400, 300, 300]
    assert correct_dates([], FUTURE, NOW).newest == NOW
