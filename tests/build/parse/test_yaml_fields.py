"""Fields of a stranger's mapping: each by its type, and what is not of it told once, with its line."""

import pytest

from build.parse.yaml_fields import MAX_ITEMS, Complaint, Complaints, Fields
from build.untrusted import safe_yaml

TEXT = """\
word: beacon
number: 7
list:
  - a
  - 7
  - ""
mapping: {a: b, n: {x: 1}}
flag: true
"""


@pytest.fixture
def complaints() -> Complaints:
    return Complaints(safe_yaml.lines_of(TEXT))


@pytest.fixture
def fields(complaints: Complaints) -> Fields:
    return fields_of(TEXT, "", complaints)


def fields_of(text: str, what: str, complaints: Complaints) -> Fields:
    data = safe_yaml.load(text)
    assert isinstance(data, dict)
    return Fields(data, (), what, complaints)


def test_values_of_their_type_are_read_without_a_word(fields: Fields, complaints: Complaints) -> None:
    assert fields.text("word") == "beacon"
    assert fields.flag("flag")
    assert fields.pairs("mapping") == [("a", "b"), ("n", '{"x": 1}')]
    assert [fields.text("absent"), fields.texts("absent"), fields.flag("absent"), fields.pairs("absent")] == [
        None, [], False, [],
    ]  # fmt: skip
    assert list(fields.mappings("absent", "x")) == []
    assert complaints.found == []


def test_what_is_of_another_type_is_told_with_its_line(fields: Fields, complaints: Complaints) -> None:
    assert fields.text("number") is None
    assert fields.texts("list") == ["a"]
    assert not fields.flag("word")
    assert fields.pairs("word") == []
    assert list(fields.mappings("list", "lamp")) == []
    assert complaints.found == [
        Complaint("number is not a text", 2),
        Complaint("item 2 of list is not a text", 5),
        Complaint("item 3 of list is not a text", 6),
        Complaint("word is not true or false", 1),
        Complaint("word is not a mapping", 1),
        Complaint("item 1 of list is not a mapping, so no lamp", 4),
        Complaint("item 2 of list is not a mapping, so no lamp", 5),
        Complaint("item 3 of list is not a mapping, so no lamp", 6),
    ]


def test_the_same_is_told_once_and_an_unknown_key_with_the_nearest(fields: Fields, complaints: Complaints) -> None:
    for _ in range(2):
        fields.only(["words", "number", "list", "mapping", "flag"], "a beacon")
    assert complaints.found == [Complaint("a beacon has no key 'word'; is words meant?", 1)]


def test_a_long_list_is_cut_and_told() -> None:
    text = "list: [" + "a, " * (MAX_ITEMS + 1) + "]"
    complaints = Complaints(safe_yaml.lines_of(text))
    assert len(fields_of(text, "rule 1", complaints).texts("list")) == MAX_ITEMS
    assert complaints.found == [Complaint(f"rule 1: list has more than {MAX_ITEMS} items; the rest is left out", 1)]
