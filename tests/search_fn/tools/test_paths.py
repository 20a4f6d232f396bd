"""Every reason for which a file has no text is said in words; tests/search_fn/tools/test_files.py sends paths."""

from typing import get_args

from search_fn.rest.stored import Withheld
from search_fn.tools.paths import WHY, find_file

RECORD = {
    "id": "c/b",
    "slug": "b",
    "files": [{"path": name} for name in ("a b.sh", "%41.sh", "x/..y/z", "codebundles/q")],
}


def test_every_reason_of_a_record_has_words() -> None:
    assert set(WHY) == set(get_args(Withheld))


def test_odd_names_are_named_as_they_are() -> None:
    for path, named in (
        ("a%20b.sh", "a b.sh"),
        ("%41.sh", "%41.sh"),
        ("x/..y/z", "x/..y/z"),
        ("codebundles/q", "codebundles/q"),
    ):
        assert find_file(RECORD, path)["path"] == named
