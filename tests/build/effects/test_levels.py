"""Levels of access, by what the code does and what tags say."""

import pytest

from build.effects.levels import access_of, contradiction, effect_of, level_of
from build.model import Access, AccessLevel, Effect, Tool


def tool(effect: Effect, access: Access | None = None) -> Tool:
    return Tool(kind="runbook", name="a", title="a", line=1, effect=effect, access=access)


@pytest.mark.parametrize(
    ("effect", "declared", "level"),
    [
        ("changes", None, "read-write"),
        ("changes", "read-only", "read-write"),
        ("reads", None, "read-only"),
        ("reads", "read-only", "read-only"),
        ("reads", "read-write", "read-write"),
        ("unclear", None, "unknown"),
        ("unclear", "read-only", "read-only"),
        ("unclear", "read-write", "read-write"),
    ],
)
def test_a_tools_level(effect: Effect, declared: Access | None, level: AccessLevel) -> None:
    assert level_of(effect, declared) == level


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        ((), ("unknown", None)),
        ((tool("reads"), tool("reads")), ("read-only", "verified")),
        ((tool("reads"), tool("changes")), ("read-write", "verified")),
        ((tool("reads"), tool("unclear")), ("unknown", None)),
        ((tool("reads"), tool("unclear", "read-only")), ("read-only", "declared")),
        ((tool("changes"), tool("unclear")), ("read-write", None)),
        ((tool("changes", "read-write"), tool("unclear")), ("read-write", None)),
        ((tool("changes"), tool("unclear", "read-only")), ("read-write", "declared")),
        ((tool("changes"), tool("unclear"), tool("reads", "read-write")), ("read-write", "declared")),
        ((tool("unclear"), tool("unclear", "read-write")), ("read-write", "declared")),
        ((tool("reads", "read-write"),), ("read-write", "declared")),
        ((tool("reads", "read-only"), tool("changes", "read-only")), ("read-write", "verified")),
    ],
)
def test_a_bundles_level(tools: tuple[Tool, ...], expected: tuple[AccessLevel, str | None]) -> None:
    assert access_of(tools) == expected


def test_the_gravest_effect_is_the_bundles() -> None:
    assert effect_of(["reads", "unclear", "changes"]) == "changes"
    assert effect_of(["reads", "unclear"]) == "unclear"
    assert effect_of(["reads"]) == "reads"
    assert effect_of([]) == "unclear"


def test_only_what_is_decided_contradicts() -> None:
    assert contradiction("changes", "read-only")
    assert contradiction("reads", "read-write")
    for effect, declared in (
        ("changes", "read-write"),
        ("reads", "read-only"),
        ("unclear", "read-only"),
        ("changes", None),
    ):
        assert contradiction(effect, declared) is None  # type: ignore[arg-type]
