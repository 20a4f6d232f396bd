"""The domain's values: frozen, closed, and with names for people."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from build.model import Bundle, CatalogueEntry, Collection, Problem, Value, is_script

DATE = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "title"),
    [("k8s-pod-restarts", "K8S Pod Restarts"), ("hello_world", "Hello World"), ("a", "A"), ("x-1_b", "X 1 B")],
)
def test_without_a_display_name_the_title_is_the_folder_s_in_title_case(name: str, title: str) -> None:
    assert Bundle(name=name).title == title
    assert Bundle(name=name, display_name="Declared").title == "Declared"


def test_values_are_frozen_and_closed() -> None:
    bundle = Bundle(name="a")
    with pytest.raises(ValidationError, match="frozen"):
        bundle.name = "b"
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Bundle.model_validate({"name": "a", "more": 1})
    with pytest.raises(ValidationError):
        Problem(collection="c", code="x", severity="fatal", message="m")  # type: ignore[arg-type]


def test_an_entry_s_id_is_collection_and_folder_as_they_are() -> None:
    collection = Collection(name="B", slug="beacon", git_url="https://github.com/o/b")
    entry = CatalogueEntry(
        collection=collection,
        commit="c",
        commit_date=datetime(2026, 1, 2, tzinfo=UTC),
        stale=False,
        bundle=Bundle(name="a_b"),
        history=None,
    )
    assert entry.id == "beacon/a_b"


def test_a_bundle_survives_json() -> None:
    bundle = Bundle(name="a", doc="é \u2028 🔦", support_tags=("x",))
    assert Bundle.model_validate_json(bundle.model_dump_json()) == bundle


@pytest.mark.parametrize(
    ("path", "script"),
    [
        ("check.sh", True), ("scripts/check.py", True), ("a b/query.sql", True), ("latest/check.py", True),
        ("test.sh", True), ("testing.py", True), ("contest.py", True), ("README.md", False), ("sh", False),
        ("tests/check.sh", False), ("test/check.sh", False), ("sub/Tests/deep/check.py", False),
        ("test_check.py", False), ("sub/check_test.py", False), ("conftest.py", False), ("sub/conftest.py", False),
        (".test/check.sh", False), ("sub/.test/check.sh", False), (".hidden.sh", False), ("check.test.js", False),
    ],
)  # fmt: skip
def test_files_of_tests_and_hidden_ones_are_no_scripts(path: str, *, script: bool) -> None:
    assert is_script(path) is script


class Point(Value):
    x: int
    name: str = "here"


def test_values_share_what_nobody_asks_of_them() -> None:
    one = Point(x=1)
    others = (one.model_copy(update={"name": "there"}), Point.model_validate_json('{"x":1}'), Point(x=1, name="there"))
    assert [other.model_fields_set is one.model_fields_set for other in others] == [True] * 3
    assert others[0] == others[2] != one
    assert one.model_fields_set == set()
    assert one.model_dump() == {"x": 1, "name": "here"}
