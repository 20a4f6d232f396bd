"""An index without files of arrays, whose arrays are made of its tables: the same, to the last bit."""

from pathlib import Path

from search_fn.index.facets import Filters
from search_fn.index.open import Index, open_index
from search_fn.search.ranking import TYPES, search
from tests.support.made_up import settings_for, without_arrays

QUERIES = ("", "pods keep restrting", "http-endpoint-check", "idle addresses -x", "disk is full, not aws", "überlauf")


def test_tables_and_files_of_arrays_give_equal_answers(copy: Path, index: Index) -> None:
    tabled = open_index(settings_for(without_arrays(copy)))
    assert set(tabled.arrays) == set(index.arrays)
    for name, array in index.arrays.items():
        assert (array.dtype, array.tolist()) == (tabled.arrays[name].dtype, tabled.arrays[name].tolist()), name
    for query in QUERIES:
        for filters in (Filters(), Filters.of(platform=["kubernetes"], needs=["pods"])):
            asked = [search(one, query, filters, types=TYPES, limit=100, explain=True) for one in (tabled, index)]
            assert asked[0] == asked[1]
