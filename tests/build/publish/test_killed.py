"""A run that is killed, wherever it stands: what is published is the old or the new and whole, nothing goes on behind
it, and the next run succeeds.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search_fn.index.facts import BUNDLES
from search_fn.index.open import open_index
from search_fn.search.ranking import search
from search_fn.settings import Settings
from tests.support.place import ROOT, SLUGS, Place

pytestmark = pytest.mark.slow

MOMENTS = ("index.new", "index.new/bundles.lance", "index.new/manifest.json", "site.new", "site.new/api")
TIMES = 20


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def change(place: Place) -> None:
    """Something that must be parsed, encoded and published."""
    readme = place.bundle(SLUGS[0], "k8s-pod-restarts") / "README.md"
    readme.write_text(readme.read_text() + f"\n## Limits\n\nIt looks at one namespace at a time, {time.time_ns()}.\n")


def start(place: Place) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        place.command("run", "--allow-local"), cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
    )


def of_session(leader: int) -> Iterator[int]:
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split() if folder.name.isdigit() else []
        except OSError:
            continue
        # State, parent, group, session; a zombie does nothing any more.
        if fields and fields[0] != "Z" and int(fields[3]) == leader:
            yield int(folder.name)


def kill(child: "subprocess.Popen[bytes]") -> None:
    """Kill the run itself alone; the processes that worked for it must end by themselves."""
    child.send_signal(signal.SIGKILL)
    child.wait()
    if Path("/proc/self/stat").exists():
        wait_for(lambda: not list(of_session(child.pid)))


def whole(place: Place) -> set[str]:
    """The build ids of site and index, each of which is looked through."""
    site, index = place.folder / "site", open_index(Settings(str(place.folder / "index"), place.folder / "index"))
    facts, listed = place.json("index.json"), place.json("codebundles.json")["codebundles"]
    assert len(listed) == facts["counts"]["bundles"] == index.tables.open(BUNDLES).count_rows() == len(index.ids)
    vectors = len(index.passages) + len(index.pages.passages)
    assert vectors == index.manifest.counts.passages
    for bundle in listed:
        assert (site / "codebundles" / bundle["id"] / "index.html").read_text().rstrip().endswith("</html>")
        collection = f"collections/{bundle['codecollection']['slug']}"
        assert place.json(f"{collection}/codebundles/{bundle['slug']}.json")["id"] == bundle["id"]
    assert place.json("report.json")["build_id"] == facts["build_id"]
    assert search(index, "pod restarts").results[0].slug == "k8s-pod-restarts"
    return {facts["build_id"], index.manifest.build_id}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_while_it_writes_it_leaves_the_old(place: Place, moment: str) -> None:
    before = place.manifest()["build_id"]
    change(place)
    child = start(place)
    wait_for((place.folder / moment).exists)
    kill(child)
    assert whole(place) == {before}
    outcome = place.run()
    assert outcome.status == 3
    assert outcome.report["repaired"]
    (now,) = whole(place)
    assert now != before
    assert not [path for path in place.folder.iterdir() if path.suffix in (".new", ".old")]


def test_killed_at_any_time_it_leaves_the_old_or_the_new(place: Place) -> None:
    change(place)
    begin = time.monotonic()
    assert start(place).wait() == 3
    needs = time.monotonic() - begin
    killed = 0
    for step in range(TIMES):
        (before,) = whole(place)
        change(place)
        child = start(place)
        time.sleep(needs * (step + 1) / (TIMES + 1))
        killed += child.poll() is None
        kill(child)
        ids = whole(place)
        if ids != {before}:
            # It had ended, or was between its two renames.
            assert len(ids - {before}) == 1
            assert place.run().status == 3
    assert killed >= TIMES // 2
    assert place.run().status == 3
    assert len(whole(place)) == 1
