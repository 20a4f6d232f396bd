"""The tree of a rule's conditions: what RunWhen Local decides by it is decided by what is read of it."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build.model import Combination, Condition, Match
from build.parse.generation_rules import read_rules
from build.parse.match_rules import leaves
from build.untrusted.safe_yaml import MAX_DEPTH

A = {"type": "pattern", "pattern": "redis", "properties": ["name"]}
B = {"type": "pattern", "pattern": "valkey", "properties": ["name"]}
LEAF_A = Condition(type="pattern", pattern="redis", properties=("name",))
LEAF_B = Condition(type="pattern", pattern="valkey", properties=("name",))


def read(rules: Any) -> tuple[Match | None, list[str]]:
    """The tree of these conditions, and what is told of them."""
    entry = {"resourceTypes": ["pod"], "matchRules": rules, "slxs": [{"baseName": "a"}]}
    (rule,), wrong = read_rules("r", json.dumps({"spec": {"generationRules": [entry]}}))
    assert rule.match_patterns == tuple(leaves(rule.match))
    return rule.match, [complaint.message.removeprefix("rule 1: ") for complaint in wrong]


def combined(op: str, *matches: Match) -> Combination:
    return Combination.model_validate({"op": op, "matches": matches})


@pytest.mark.parametrize(
    ("rules", "tree"),
    [
        ([A], LEAF_A),
        ([A, B], combined("and", LEAF_A, LEAF_B)),
        ([{"type": "and", "matches": [A, B]}], combined("and", LEAF_A, LEAF_B)),
        ([{"type": "or", "matches": [A, B]}], combined("or", LEAF_A, LEAF_B)),
        ([A, {"type": "or", "matches": [A, B]}], combined("and", LEAF_A, combined("or", LEAF_A, LEAF_B))),
        ([{"type": "not", "match": A}], combined("not", LEAF_A)),
        ([{"type": "not", "matches": A}], combined("not", LEAF_A)),
        ([{"type": "not", "predicate": {"type": "or", "matches": [A, B]}}],
         combined("not", combined("or", LEAF_A, LEAF_B))),
        ([{"type": "not", "predicate": {"type": "and", "matches": [A, B]}}],
         combined("not", combined("and", LEAF_A, LEAF_B))),
        ([{"type": "not", "match": {"type": "not", "match": A}}], combined("not", combined("not", LEAF_A))),
        ([], None),
    ],
)  # fmt: skip
def test_the_tree_is_kept(rules: list[Any], tree: Match | None) -> None:
    assert read(rules) == (tree, [])


def test_all_kinds_of_conditions_are_read() -> None:
    rules = [
        {"type": "exists", "path": "spec/lamp", "matchEmpty": True},
        {"type": "custom-variable", "path": "team/name", "pattern": "sre", "mode": "exact"},
        {"type": "pattern", "pattern": "x", "properties": ["name", "tags"], "mode": "SubString"},
        {"type": "pattern", "pattern": "x", "properties": ["custom/a"], "resourceType": "variables"},
        {**A, "resourceType": "aws:lamp"},
        {**A, "resourceType": {"platform": "gcp", "resourceType": "lamp"}},
    ]  # fmt: skip
    tree, wrong = read(rules)
    assert wrong == []
    assert isinstance(tree, Combination)
    assert tree.matches == (
        Condition(type="exists", properties=("spec/lamp",), match_empty=True),
        Condition(type="custom-variable", properties=("team/name",), pattern="sre", mode="exact"),
        Condition(type="pattern", pattern="x", properties=("name", "tags"), mode="substring"),
        Condition(type="pattern", pattern="x", properties=("custom/a",), resource_type="variables"),
        LEAF_A.model_copy(update={"resource_type": "lamp", "platform": "aws"}),
        LEAF_A.model_copy(update={"resource_type": "lamp", "platform": "gcp"}),
    )


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (A, "matchRules is not a list"),
        (["x"], "item 1 of matchRules is not a mapping, so no condition"),
        ([{"type": "or", "matches": A}], "matches is not a list"),
        ([{"type": "or", "matches": []}], "a condition of the type 'or' holds no other"),
        ([{"type": "or", "match": [A]}], "a condition of the type 'or' has no key 'match'; is matches meant?"),
        ([{"type": "not"}], "a condition of the type 'not' holds no other"),
        ([{"type": "not", "match": [A, B]}], "a condition of the type 'not' takes one other, and match is a list"),
        ([{"pattern": "x", "properties": ["name"]}], "a condition has no type; it is read as 'pattern'"),
        ([{"matches": [A, B]}], "a condition has no type; it is read as 'and'"),
        ([{"type": "regex", "pattern": "x"}], "there is no condition of the type 'regex'"),
        ([{"type": "pattern", "properties": ["name"]}], "a condition of the type 'pattern' has no pattern"),
        ([{"type": "pattern", "pattern": "x"}], "a condition of the type 'pattern' has no properties"),
        ([{"type": "exists"}], "a condition of the type 'exists' has no path"),
        ([{"type": "exists", "path": "a", "matchEmpty": "no"}], "matchEmpty is not true or false"),
        ([{**A, "mode": "prefix"}], "mode is 'prefix', not exact or substring"),
        ([{**A, "negate": True}], "a condition of the type 'pattern' has no key 'negate'"),
        ([{**A, "pattern": 7}], "pattern is not a text"),
        ([{**A, "resourceType": ["a"]}], "resourceType is not a resource type"),
    ],
)  # fmt: skip
def test_what_is_not_as_the_format_has_it_is_told(rules: Any, told: str) -> None:
    _, wrong = read(rules)
    assert wrong
    assert wrong[0].startswith(told) or wrong[-1].startswith(told)


def test_a_tree_is_bounded_and_what_is_left_out_told() -> None:
    tree, wrong = read([{"type": "or", "matches": [A] * 400}, {"type": "or", "matches": [B] * 400}])
    assert wrong == ["the rule has more than 500 conditions; the rest is left out"]
    assert len(list(leaves(tree))) == 498
    deep: Any = A
    for _ in range(MAX_DEPTH - 8):
        deep = {"type": "not", "match": deep}
    tree, wrong = read([deep])
    assert (tree is not None, wrong) == (True, [])


_KEYS = st.sampled_from(["match", "matches", "predicate"])
_TREES = st.recursive(
    st.sampled_from("abc").map(lambda name: {"type": "exists", "path": name}),
    lambda inner: (
        st.fixed_dictionaries(
            {"type": st.sampled_from(["and", "or"]), "matches": st.lists(inner, min_size=1, max_size=3)}
        )
        | st.builds(lambda key, part: {"type": "not", key: part}, _KEYS, inner)
    ),
    max_leaves=12,
)


def _decides(rule: dict[str, Any], there: set[str]) -> bool:
    """What RunWhen Local decides."""
    if rule["type"] == "exists":
        return rule["path"] in there
    inner = next(value for key, value in rule.items() if key != "type")
    if rule["type"] == "not":
        return not _decides(inner, there)
    return (all if rule["type"] == "and" else any)(_decides(one, there) for one in inner)


def _read_decides(match: Match, there: set[str]) -> bool:
    if isinstance(match, Condition):
        return match.properties[0] in there
    found = [_read_decides(one, there) for one in match.matches]
    return {"and": all(found), "or": any(found), "not": not found[0]}[match.op]


@given(st.lists(_TREES, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_what_is_read_decides_as_the_rules_do(rules: list[dict[str, Any]], chance: random.Random) -> None:
    tree, wrong = read(rules)
    assert (wrong, tree is not None) == ([], True)
    for there in (set(), {"a"}, {"b", "c"}, {name for name in "abc" if chance.random() < 0.5}):
        assert tree is not None
        assert _read_decides(tree, there) == all(_decides(rule, there) for rule in rules)
