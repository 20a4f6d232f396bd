"""An instance of the function lives for hours: what it remembers is bounded, and its memory stays flat."""

import ctypes
import gc
import json
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from search_fn.index.current import CurrentIndex
from search_fn.index.memory import return_freed
from search_fn.index.open import Index
from search_fn.search.ranking import TYPES, search
from search_fn.settings import PACKAGE
from tests.support.made_up import copy_index, settings_for
from tests.support.memory import resident_mb

ASKING = """
import os

from tests.support.asking import requests
from tests.support.lambda_runtime import function_url
from search_fn.handler import handler

def ask(asked):
    for query in asked:
        answer = handler(function_url("/api/v1/search", query), None)
        assert answer["statusCode"] == 200, (query, answer)
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

# All different, twice as many as there are vectors to remember.
print([ask(requests(2_000, 1, repeated=0)), *(ask(requests(2_000, seed)) for seed in range(2, 7))])
"""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_thousand_requests_leave_the_memory_flat(made_up) -> None:
    result = subprocess.run(
        [sys.executable, "-c", ASKING],
        cwd=PACKAGE,
        env={**os.environ, "INDEX_URI": str(made_up.folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    warm, *later = json.loads(result.stdout)
    assert len(later) == 5
    assert later[-1] - warm < 8, (warm, later)


def test_every_cache_is_bounded(index: Index) -> None:
    search(index, "pods keep restrting")
    # The handler, which another test may have imported, hides from the collector what there is.
    gc.unfreeze()
    caches = [found for found in gc.get_objects() if type(found).__name__ == "_lru_cache_wrapper"]
    own = {found: found.cache_parameters() for found in caches if found.__wrapped__.__module__.startswith("search_fn.")}
    # Of queries' vectors, repaired words, stems, and words in pieces.
    assert len(own) >= 4
    assert [found for found, parameters in own.items() if parameters["maxsize"] is None] == []


def test_a_replaced_index_is_gone_with_its_last_request(made_up, tmp_path: Path) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    current = CurrentIndex(settings_for(folder))
    seen: list[weakref.ref[Index]] = []
    # What is held in circles stays until the collector comes, which may be after hundreds of megabytes.
    gc.collect()
    gc.disable()
    try:
        for _ in range(11):
            use(current)
            seen.append(weakref.ref(current()))
            replaced(folder, made_up.folder, tmp_path)
        use(current)
        assert sum(index() is not None for index in seen) == 0
    finally:
        gc.enable()


def test_publications_with_one_encoder_share_it(made_up, tmp_path: Path) -> None:
    folder = copy_index(made_up.folder, tmp_path / "index_data")
    current = CurrentIndex(settings_for(folder))
    before, encoder = current(), current().encoder
    replaced(folder, made_up.folder, tmp_path)
    assert current() is not before
    assert current().encoder is encoder


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs glibc")
def test_freed_memory_goes_back_to_the_system() -> None:
    # The last, which stays, keeps the allocator from giving back by itself what lies below.
    blocks = [bytes(2_000) for _ in range(50_000)]
    del blocks[:-1]
    before = resident_mb(os.getpid())
    return_freed()
    assert before - resident_mb(os.getpid()) > 80


def use(current: Callable[[], Index]) -> None:
    index = current()
    search(index, "pods keep restrting", types=TYPES)
    index.stored([0], "record")
    assert index.documents


def replaced(folder: Path, other: Path, work: Path) -> None:
    """As a publication does it: two renames."""
    new = copy_index(other, work / "index_data.new")
    # A file of its own: a link to the one that is open already would pass for it.
    manifest = (new / "manifest.json").read_bytes()
    (new / "manifest.json").unlink()
    (new / "manifest.json").write_bytes(manifest)
    folder.rename(work / "index_data.old")
    new.rename(folder)
    shutil.rmtree(work / "index_data.old")


REPLACING = """
import os
import sys
from pathlib import Path

from search_fn.index.current import CurrentIndex
from tests.search_fn.index.test_memory import replaced, use
from tests.support.made_up import copy_index, settings_for
from tests.support.memory import resident_mb

source, work = map(Path, sys.argv[1:])
folder = copy_index(source, work / "index_data")
current = CurrentIndex(settings_for(folder))
use(current)
for turn in range(30):
    replaced(folder, source, work)
    use(current)
    if turn in (0, 29):
        with open("/proc/self/statm") as file:
            print(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
"""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_thirty_publications_leave_the_memory_where_the_first_did(made_up, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", REPLACING, str(made_up.folder), str(tmp_path)],
        cwd=PACKAGE,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    first, last = map(int, result.stdout.split())
    assert last <= 1.15 * first, (first, last)
