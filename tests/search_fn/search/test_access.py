"""A level of access in words."""

import pytest

from search_fn.search.access import STATED, stated


@pytest.mark.parametrize(
    ("level", "source", "claimed", "effect", "said"),
    [
        ("read-only", "verified", None, "reads", "read-only, verified by its code"),
        ("read-only", "declared", None, "unclear", "read-only, declared by its tags, not verified"),
        ("read-write", "override", None, "reads", "read-write, decided by this registry's maintainers"),
        ("read-write", "declared", None, "changes", "read-write, by its code, part of which cannot be decided"),
        ("read-write", None, None, "changes", "read-write, by its code, part of which cannot be decided"),
        ("read-write", "verified", "read-only", "changes",
         "read-write, verified by its code, claimed to be read-only"),
        ("unknown", None, "read-only", "unclear",
         "unknown, claimed to be read-only"),
        ("unknown", None, None, "unclear", "unknown"),
    ],
)  # fmt: skip
def test_the_level_comes_first_and_then_what_it_rests_on(
    level: str, source: str | None, claimed: str | None, effect: str, said: str
) -> None:
    one = {
        "access_level": level, "access_level_source": source, "access_level_claimed": claimed, "effect": effect,
    }  # fmt: skip
    assert one.keys() == STATED
    assert stated(one) == said
