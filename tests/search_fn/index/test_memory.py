"""An instance of the function lives for hours: what it remembers is bounded, and its memory stays flat."""

import gc
import json
import os
import subprocess
import sys

import pytest

from search_fn.index.open import Index
from search_fn.search.ranking import search
from search_fn.settings import PACKAGE

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
    caches = [found for found in gc.get_objects() if type(found).__name__ == "_lru_cache_wrapper"]
    own = {found: found.cache_parameters() for found in caches if found.__wrapped__.__module__.startswith("search_fn.")}
    # Of queries' vectors, repaired words, stems, and words in pieces.
    assert len(own) >= 4
    assert [found for found, parameters in own.items() if parameters["maxsize"] is None] == []
