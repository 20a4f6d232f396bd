"""Collections from repositories that git really fetches. One that fails harms no other and keeps its last state."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from build.environment import clean_environment, git_environment
from build.fetch.baseline import EVERYTHING, NO_BASELINE, Baseline, Selection
from build.fetch.collections import Fetched, fetch, read_contents
from build.fetch.git import Mirror
from build.fetch.history import utc
from build.model import Collection
from tests.support.repositories import TASK, Repository, collection


@pytest.fixture(autouse=True)
def _git() -> Iterator[None]:
    with git_environment(allow_local=True):
        yield


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    origin = Repository(tmp_path / "origin")
    origin.commit(
        {"codebundles/one/runbook.robot": TASK, "codebundles/one/run.sh": "echo", "codebundles/one/view.png": "x"}
    )
    return origin


def one(
    what: Collection,
    cache: Path,
    *,
    selection: Selection = EVERYTHING,
    baseline: Baseline = NO_BASELINE,
    offline: bool = False,
) -> Fetched:
    (found,) = fetch([what], cache, selection=selection, baseline=baseline, offline=offline)
    return found


def names(found: Fetched) -> list[str]:
    return [bundle.name for bundle in found.bundles]


def test_a_collection_is_fetched_at_its_commit(origin: Repository, cache: Path) -> None:
    found = one(origin.collection(), cache)
    assert (found.outcome, found.problems) == ("fetched", ())
    assert found.commit == origin.head()
    assert found.commit_date == utc(1_700_000_000)
    (bundle,) = found.bundles
    assert (bundle.name, bundle.commit, bundle.tree) == (
        "one",
        origin.head(),
        origin.git("rev-parse", "HEAD:codebundles/one"),
    )
    assert bundle.history is not None
    assert (bundle.history.commits, bundle.history.last_commit) == (1, origin.head())
    assert found.tags == ()
    origin.git("tag", "v1")
    tagged = one(origin.collection(), cache)
    assert tagged.outcome == "unchanged"
    assert [(r.name, r.commit) for r in tagged.tags] == [("v1", origin.head())]


def test_only_what_is_read_and_code_have_content(origin: Repository, cache: Path) -> None:
    found = one(origin.collection(), cache)
    assert {file.content for file in found.bundles[0].files} == {None}
    (bundle,) = read_contents(found.collection, cache, found.bundles)
    assert {file.path: file.content for file in bundle.files} == {
        "view.png": None,
        "run.sh": b"echo",
        "runbook.robot": TASK.encode(),
    }
    assert read_contents(found.collection, cache, []) == []


def test_a_second_fetch_finds_nothing_new_and_a_third_the_new_commit(origin: Repository, cache: Path) -> None:
    first = one(origin.collection(), cache)
    second = one(origin.collection(), cache)
    assert second.outcome == "unchanged"
    assert second == first._replace(outcome="unchanged")
    commit = origin.commit({"codebundles/two/sli.robot": TASK})
    third = one(origin.collection(), cache)
    assert third.outcome == "fetched"
    assert (third.commit, names(third)) == (commit, ["one", "two"])
    # An untouched bundle keeps its tree, by which the parser knows it.
    assert third.bundles[0].tree == first.bundles[0].tree


def test_another_ref_or_source_is_another_mirror(origin: Repository, cache: Path, tmp_path: Path) -> None:
    origin.git("tag", "v1")
    first = origin.head()
    origin.commit({"codebundles/two/sli.robot": TASK})
    assert names(one(origin.collection(), cache)) == ["one", "two"]
    old = one(origin.collection(ref="v1"), cache)
    assert (old.outcome, names(old), old.commit) == ("fetched", ["one"], first)
    moved = one(collection(tmp_path / "nowhere"), cache)
    assert (moved.outcome, moved.commit) == ("unavailable", None)


def test_a_missing_repository_is_told_and_left_out(cache: Path, tmp_path: Path) -> None:
    found = one(collection(tmp_path / "nowhere"), cache)
    assert (found.outcome, found.commit) == ("unavailable", None)
    (problem,) = found.problems
    assert (problem.collection, problem.code, problem.severity) == ("beacon", "not-fetched", "error")
    assert "it is left out" in problem.message
    assert "does not appear to be a git repository" in problem.message
    assert "https://github.com/example-org/beacon" in problem.hint


def test_a_missing_ref_and_an_empty_repository_are_told(origin: Repository, cache: Path, tmp_path: Path) -> None:
    empty = Repository(tmp_path / "empty")
    for what, ref in ((origin.collection(ref="absent"), "absent"), (empty.collection(), "main")):
        found = one(what, cache)
        assert (found.outcome, found.commit) == ("unavailable", None)
        assert [problem.code for problem in found.problems] == ["not-fetched"]
        assert f"couldn't find remote ref {ref}" in found.problems[0].message


def test_what_cannot_be_fetched_any_more_keeps_its_last_good_state(origin: Repository, cache: Path) -> None:
    what = origin.collection()
    good = one(what, cache)
    origin.folder.rename(origin.folder.with_name("moved"))
    stale = one(what, cache)
    assert stale.outcome == "stale"
    assert good.commit
    assert stale._replace(outcome=good.outcome, problems=()) == good
    (problem,) = stale.problems
    assert problem.severity == "error"
    assert f"its state at {good.commit[:12]} is kept" in problem.message
    # And it can still be read, and comes back.
    assert read_contents(what, cache, stale.bundles)[0].files[1].content == TASK.encode()
    origin.folder.with_name("moved").rename(origin.folder)
    assert one(what, cache).outcome == "unchanged"


def test_a_deleted_branch_keeps_its_last_good_state(origin: Repository, cache: Path) -> None:
    origin.git("checkout", "--quiet", "-b", "work")
    what = origin.collection(ref="work")
    assert one(what, cache).outcome == "fetched"
    origin.git("checkout", "--quiet", "main")
    origin.git("branch", "--delete", "--force", "work")
    stale = one(what, cache)
    assert (stale.outcome, names(stale)) == ("stale", ["one"])


def test_a_rewritten_branch_is_followed(origin: Repository, cache: Path) -> None:
    origin.commit({"codebundles/two/sli.robot": TASK})
    assert names(one(origin.collection(), cache)) == ["one", "two"]
    origin.git("reset", "--quiet", "--hard", "HEAD~1")
    origin.commit({"codebundles/three/sli.robot": TASK})
    found = one(origin.collection(), cache)
    assert (found.outcome, names(found)) == ("fetched", ["one", "three"])


def test_offline_the_last_state_is_shown_and_nothing_is_contacted(
    origin: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = one(origin.collection(), cache)
    origin.commit({"codebundles/two/sli.robot": TASK})

    def contacted(*_: object) -> None:
        raise AssertionError("git was asked to fetch")

    monkeypatch.setattr(Mirror, "fetch", contacted)
    found = one(origin.collection(), cache, offline=True)
    assert found == first._replace(outcome="offline")


def test_what_was_never_fetched_is_told_offline(origin: Repository, cache: Path) -> None:
    found = one(origin.collection(), cache, offline=True)
    assert (found.outcome, found.commit) == ("unavailable", None)
    assert [(p.code, p.severity) for p in found.problems] == [("never-fetched", "error")]
    assert "--offline" in found.problems[0].hint


def test_an_unwanted_collection_stays_at_its_commit(origin: Repository, cache: Path, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other")
    other.commit({"codebundles/x/runbook.robot": TASK})
    both = [origin.collection(), other.collection("anchor")]
    first, _ = fetch(both, cache)
    for repository in (origin, other):
        repository.commit({"codebundles/two/sli.robot": TASK})
    kept, wanted = fetch(both, cache, selection=Selection(("anchor",)))
    assert kept == first._replace(outcome="kept")
    assert (wanted.outcome, names(wanted)) == ("fetched", ["two", "x"])
    never = one(collection(origin.folder, "new"), cache, selection=Selection(("anchor",)))
    assert (never.outcome, [p.code for p in never.problems]) == ("unavailable", ["never-fetched"])


def test_one_bundle_is_brought_up_to_date_and_the_others_stay_as_published(origin: Repository, cache: Path) -> None:
    origin.commit({"codebundles/two/sli.robot": TASK})
    published = one(origin.collection(), cache)
    commit = published.commit
    assert commit
    origin.commit(
        {"codebundles/one/runbook.robot": "new", "codebundles/two/sli.robot": "new", "codebundles/x/sli.robot": "new"}
    )
    baseline = Baseline(bundles={"beacon/one": commit, "beacon/two": commit}, collections={"beacon": commit})
    found = one(origin.collection(), cache, selection=Selection(("beacon/one",)), baseline=baseline)
    assert {bundle.name: bundle.commit for bundle in found.bundles} == {"one": origin.head(), "two": commit}
    contents = read_contents(found.collection, cache, found.bundles)
    assert {b.name: [f.content for f in b.files if f.path.endswith(".robot")] for b in contents} == {
        "one": [b"new"],
        "two": [TASK.encode()],
    }


def test_one_that_fails_harms_no_other(origin: Repository, cache: Path, tmp_path: Path) -> None:
    found = fetch([collection(tmp_path / "nowhere", "absent"), origin.collection()], cache)
    assert [(item.collection.slug, item.outcome) for item in found] == [
        ("absent", "unavailable"),
        ("beacon", "fetched"),
    ]


def test_a_broken_mirror_is_told_with_what_to_remove(origin: Repository, cache: Path) -> None:
    one(origin.collection(), cache)
    (mirror,) = (cache / "git").iterdir()
    tree = origin.git("rev-parse", "HEAD:codebundles")
    (mirror / "objects" / tree[:2] / tree[2:]).unlink()
    found = one(origin.collection(), cache, offline=True)
    assert (found.outcome, found.commit) == ("unavailable", None)
    (problem,) = found.problems
    assert (problem.collection, problem.code, problem.severity) == ("beacon", "mirror-broken", "error")
    assert str(mirror) in problem.hint
    shutil.rmtree(mirror)
    assert one(origin.collection(), cache).outcome == "fetched"


def test_a_damaged_mirror_is_told_and_with_a_network_fetched_anew(origin: Repository, cache: Path) -> None:
    first = one(origin.collection(), cache)
    (mirror,) = (cache / "git").iterdir()
    for file in mirror.glob("objects/[0-9a-f][0-9a-f]/*"):
        file.chmod(0o644)
        file.write_bytes(b"")
    found = one(origin.collection(), cache, offline=True)
    assert (found.outcome, found.commit) == ("unavailable", None)
    assert [problem.code for problem in found.problems] == ["mirror-broken"]
    away = origin.folder.rename(origin.folder.with_name("away"))
    found = one(origin.collection(), cache)
    assert (found.outcome, found.commit) == ("unavailable", None)
    assert [problem.code for problem in found.problems] == ["mirror-broken", "not-fetched"]
    away.rename(origin.folder)
    # Even where the run is for others.
    assert one(origin.collection(), cache, selection=Selection(("other",))) == first._replace(outcome="kept")
    assert one(origin.collection(), cache, offline=True) == first._replace(outcome="offline")
    assert [path.name for path in (cache / "git").iterdir()] == [mirror.name]


def test_a_mirror_of_an_earlier_release_is_used_until_it_can_be_had_anew(origin: Repository, cache: Path) -> None:
    first = one(origin.collection(), cache)
    (mirror,) = (cache / "git").iterdir()
    (mirror / "SHA256SUMS").unlink()
    assert one(origin.collection(), cache, offline=True) == first._replace(outcome="offline")
    away = origin.folder.rename(origin.folder.with_name("away"))
    assert one(origin.collection(), cache).outcome == "stale"
    away.rename(origin.folder)
    assert one(origin.collection(), cache) == first
    assert one(origin.collection(), cache).outcome == "unchanged"


def test_a_plain_folder_is_a_collection(cache: Path, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    (folder / "codebundles" / "one").mkdir(parents=True)
    (folder / "codebundles" / "one" / "runbook.robot").write_text(TASK, encoding="utf-8")
    first = one(collection(folder), cache)
    assert (first.outcome, names(first)) == ("fetched", ["one"])
    again = one(collection(folder), cache)
    assert again == first._replace(outcome="unchanged")
    (folder / "codebundles" / "one" / "runbook.robot").write_text("new", encoding="utf-8")
    changed = one(collection(folder), cache)
    assert (changed.outcome, changed.commit == first.commit) == ("fetched", False)
    # Another ref is no matter: a folder has no refs.
    assert one(collection(folder, ref="v1"), cache).outcome == "fetched"


def test_hostile_entries_are_named_and_the_sound_bundle_is_there(cache: Path, tmp_path: Path) -> None:
    origin = Repository(tmp_path / "hostile")
    secret = tmp_path / "secret"
    secret.write_text("hunter2", encoding="utf-8")
    sound, link = origin.sound_bundle(), origin.object("blob", str(secret).encode())
    robot, big = origin.object("blob", TASK.encode()), origin.object("blob", b"#" * 2_000_001)
    linked = origin.tree(("120000", b"README.md", link), ("100644", b"runbook.robot", robot))
    huge = origin.tree(("100644", b"README.md", big), ("100644", b"runbook.robot", robot))
    odd = [b"..", b".git", b"%2e%2e", b"-rf", b"a\\b", b"new\nline", b"trailing ", b"\xff\xfe", b"x" * 200, b'q"<b>']
    origin.bundles(
        *(("40000", name, sound) for name in odd),
        ("100644", b"evil/runbook.robot", robot),
        ("120000", b"alias", link),
        ("40000", b"huge", huge),
        ("40000", b"linked", linked),
        ("40000", b"sound", sound),
        ("160000", b"submodule", "1" * 40),
        who=b"A <a@b> never",
    )
    found = one(origin.collection(), cache)
    assert names(found) == ["huge", "linked", "sound"]
    told = [(problem.code, problem.bundle) for problem in found.refused]
    refused = [
        ("bad-name", n) for n in ("%2e%2e", "-rf", "a\\b", "new\\nline", "trailing ", "\\xff\\xfe", "x" * 200, 'q"<b>')
    ]
    assert set(told) == {
        *refused, ("hidden-folder", ".."), ("hidden-folder", ".git"), ("bad-name", "evil"), ("no-folder", "alias"),
        ("no-folder", "submodule"), ("file-refused", "huge"), ("file-refused", "linked"),
    }  # fmt: skip
    contents = read_contents(found.collection, cache, found.bundles)
    assert [[file.path for file in bundle.files] for bundle in contents] == [["runbook.robot"]] * 3
    assert "hunter2" not in str(contents)


def test_a_collection_without_bundles_is_told(cache: Path, tmp_path: Path) -> None:
    origin = Repository(tmp_path / "bare")
    origin.commit({"README.md": "nothing yet"})
    found = one(origin.collection(), cache)
    assert [problem.code for problem in found.refused] == ["no-bundles"]
    assert found.bundles == ()


def test_a_date_of_the_future_is_told_and_stands_nowhere(cache: Path, tmp_path: Path) -> None:
    origin = Repository(tmp_path / "tomorrow")
    origin.commit({"codebundles/one/runbook.robot": TASK, "codebundles/two/sli.robot": TASK}, date="1500000000 +0000")
    wrong = origin.commit({"codebundles/one/runbook.robot": f"{TASK}#\n"}, date="4070908800 +0000")
    origin.git("tag", "v1")
    head = one(origin.collection(), cache)
    assert {head.commit_date, head.tags[0].date} == {utc(1_500_000_000)}
    origin.commit({"README.md": "x"}, date="1600000000 +0000")
    found = one(origin.collection(), cache)
    assert {found.commit_date, found.tags[0].date} == {utc(1_600_000_000)}
    (first, second) = (bundle.history for bundle in found.bundles)
    assert first is not None
    assert second is not None
    dates = {first.last_date, first.last_own_date, first.changelog[0].date}
    assert (dates, second.last_date) == ({utc(1_600_000_000)}, utc(1_500_000_000))
    (problem,) = found.refused
    assert (problem.code, problem.severity, problem.bundle, problem.path) == (
        "date-in-future", "note", "one", "codebundles/one",
    )  # fmt: skip
    assert f"commit {wrong[:12]} of one is dated 2099-01-01, after today" in problem.message


def test_each_fetch_ends_its_children(origin: Repository, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[Mirror] = []
    begun: list[Mirror] = []
    close, begin = Mirror.close, Mirror.__init__

    def count_begun(mirror: Mirror, folder: Path) -> None:
        begun.append(mirror)
        begin(mirror, folder)

    def count(mirror: Mirror) -> None:
        ended.append(mirror)
        close(mirror)

    monkeypatch.setattr(Mirror, "close", count)
    monkeypatch.setattr(Mirror, "__init__", count_begun)
    found = one(origin.collection(), cache)
    read_contents(found.collection, cache, found.bundles)
    one(collection(cache / "nowhere"), cache)
    assert len(begun) > 3
    assert ended == begun


def test_a_repository_of_another_user_is_read_where_the_persons_git_would(
    origin: Repository, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        for path in (origin.folder, *origin.folder.rglob("*")):
            os.chown(path, 54_321, 54_321)
    except PermissionError:
        pytest.skip("only an administrator can give a repository to another user")
    home = tmp_path / "home of 'somebody'"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    with git_environment(allow_local=True):
        found = one(origin.collection(), cache)
    (told,) = found.problems
    assert (found.outcome, told.code) == ("unavailable", "not-fetched")
    remedy = re.search(r"`git (config --global --add safe\.directory (\S+))`", told.hint)
    assert remedy
    # As the person would type it; nothing else of the configuration is taken.
    subprocess.run(["git", *shlex.split(remedy[1])], env={**os.environ, "HOME": str(home)}, check=True)
    subprocess.run(
        ["git", "config", "--global", "url.https://elsewhere.example/.insteadOf", str(tmp_path)],
        env={**os.environ, "HOME": str(home)}, check=True,
    )  # fmt: skip
    with git_environment(allow_local=True):
        found = one(origin.collection(), cache)
    assert (found.outcome, found.problems) == ("fetched", ())
    # A run that reads no path of this machine takes nothing of it.
    with git_environment():
        assert clean_environment()["GIT_CONFIG_GLOBAL"] == "/dev/null"
