"""Differences between two states of a bundle: each kind of fact, what breaks, and what was renamed."""

from typing import Any

import pytest
from pydantic import JsonValue

from build.model import Bundle, Kind, Permission, Problem, Secret, Tool, Variable
from build.releases.compare import compare
from build.releases.facts import facts_of

Told = tuple[str, str | None, JsonValue, JsonValue, bool]


def variable(name: str, **more: Any) -> Variable:
    return Variable(**{"name": name, "required": False, "default": "1", "used_by": ("runbook",), "line": 3, **more})


def tool(name: str, kind: Kind = "runbook", **more: Any) -> Tool:
    return Tool(**{"kind": kind, "name": name, "title": name, "line": 9, "effect": "reads", **more})


def told(before: Bundle, after: Bundle) -> list[Told]:
    found = compare(facts_of(before, ()), facts_of(after, ()))
    return [(one.kind, one.name, one.before, one.after, one.breaking) for one in found]


def with_variables(*variables: Variable) -> Bundle:
    return Bundle(name="x", user_variables=variables)


def with_tools(*tools: Tool) -> Bundle:
    return Bundle(name="x", tools=tools)


SHOWN = {"required": False, "default": "1"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [variable("A")], [("variable-added", "A", None, SHOWN, False)]),
        ([], [variable("A", required=True, default=None)],
         [("variable-added", "A", None, {"required": True, "default": None}, True)]),
        ([variable("A")], [], [("variable-removed", "A", SHOWN, None, True)]),
        ([variable("A")], [variable("A", default="")], [("default-changed", "A", "1", "", False)]),
        ([variable("A")], [variable("A", required=True)], [("required-changed", "A", False, True, True)]),
        ([variable("A", required=True)], [variable("A")], [("required-changed", "A", True, False, False)]),
        ([variable("A", enum=("a", "b"))], [variable("A", enum=("b",))],
         [("enum-changed", "A", ["a", "b"], ["b"], True)]),
        ([variable("A", enum=("a",))], [variable("A", enum=("b", "a"))],
         [("enum-changed", "A", ["a"], ["b", "a"], False)]),
        ([variable("A")], [variable("A", enum=("a",))], [("enum-changed", "A", [], ["a"], True)]),
        ([variable("A", enum=("a",))], [variable("A")], [("enum-changed", "A", ["a"], [], False)]),
        ([variable("A", enum=("a", "b"))], [variable("A", enum=("b", "a"))], []),
        ([variable("A", line=3)], [variable("A", line=80, used_by=("monitor",))], []),
        ([variable("A", pattern="x")], [variable("A", pattern="y")],
         [("text-changed", "user_variables[A].pattern", "x", "y", False)]),
        ([variable("A", description="x")], [variable("A", description="y")],
         [("text-changed", "user_variables[A].description", "x", "y", False)]),
        # One that became another: what is said of it is the same, or its name nearly is.
        ([variable("NAMESPACE", description="Where to look")], [variable("K8S_NAMESPACE", description="Where to look")],
         [("variable-renamed", "K8S_NAMESPACE", "NAMESPACE", "K8S_NAMESPACE", True)]),
        ([variable("MAX_AGE", default="1")], [variable("MAX_AGES", default="2")],
         [("variable-renamed", "MAX_AGES", "MAX_AGE", "MAX_AGES", True),
          ("default-changed", "MAX_AGES", "1", "2", False)]),
        ([variable("A")], [variable("ZONE")],
         [("variable-removed", "A", SHOWN, None, True), ("variable-added", "ZONE", None, SHOWN, False)]),
    ],
)  # fmt: skip
def test_variables(before: list[Variable], after: list[Variable], expected: list[Told]) -> None:
    assert told(with_variables(*before), with_variables(*after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [tool("Look")], [("tool-added", "Look", None, {"kind": "runbook", "access": "read-only"}, False)]),
        ([tool("Look")], [], [("tool-removed", "Look", {"kind": "runbook", "access": "read-only"}, None, True)]),
        ([tool("Check Pods of `${NS}`")], [tool("Check Pods in `${NS}`")],
         [("tool-renamed", "Check Pods in `${NS}`", "Check Pods of `${NS}`", "Check Pods in `${NS}`", True)]),
        ([tool("Look")], [tool("Look", "monitor")],
         [("tool-removed", "Look", {"kind": "runbook", "access": "read-only"}, None, True),
          ("tool-added", "Look", None, {"kind": "monitor", "access": "read-only"}, False)]),
        ([tool("Look", line=3)], [tool("Look", line=90)], []),
        ([tool("Look", documentation="x")], [tool("Look", documentation="y")],
         [("text-changed", "tools[Look].documentation", "x", "y", False)]),
        ([tool("Look")], [tool("Look", effect="changes")],
         [("access-changed", "Look", "read-only", "read-write", True),
          ("effect-changed", "Look", "reads", "changes", True)]),
        ([tool("Look", effect="changes")], [tool("Look", effect="unclear", access="read-only")],
         [("access-changed", "Look", "read-write", "read-only", False),
          ("effect-changed", "Look", "changes", "unclear", False)]),
    ],
)  # fmt: skip
def test_tools(before: list[Tool], after: list[Tool], expected: list[Told]) -> None:
    assert told(with_tools(*before), with_tools(*after)) == expected


def test_secrets_and_what_a_bundle_is_as_a_whole() -> None:
    def secret(name: str, required: bool = True) -> Secret:
        return Secret(name=name, required=required, used_by=("runbook",))

    before = Bundle(
        name="x", secrets=(secret("old"), secret("both")), platforms=("AWS",), access_level="read-only",
        effect="reads", permissions=(Permission(platform="AWS", permission="ec2:DescribeInstances"),),
        readme="A", doc="B", author="C",
    )  # fmt: skip
    after = Bundle(
        name="x", secrets=(secret("new"), secret("maybe", False), secret("both", False)), platforms=("AWS", "Azure"),
        access_level="read-write", effect="changes", readme="A!", doc="B!", author="C!", display_name="D",
    )  # fmt: skip
    assert told(before, after) == [
        ("secret-added", "new", None, {"required": True}, True),
        ("access-changed", None, "read-only", "read-write", True),
        ("effect-changed", None, "reads", "changes", True),
        ("required-changed", "both", True, False, False),
        ("secret-added", "maybe", None, {"required": False}, False),
        ("secret-removed", "old", {"required": True}, None, False),
        ("permissions-changed", None, ["ec2:DescribeInstances"], [], False),
        ("platforms-changed", None, ["AWS"], ["AWS", "Azure"], False),
        ("text-changed", "author", "C", "C!", False),
        ("text-changed", "display_name", None, "D", False),
        ("text-changed", "doc", "B", "B!", False),
        ("text-changed", "readme", None, None, False),
    ]


@pytest.mark.parametrize("code", ["not-read", "not-parsed"])
def test_nothing_is_told_of_what_could_not_be_read(code: str) -> None:
    problem = Problem(collection="c", code=code, severity="error", message="it is broken")
    broken = Bundle(name="x", problems=(problem,))
    assert told(with_variables(variable("A")), broken) == told(broken, with_variables(variable("A"))) == []


def test_effects_are_not_compared_where_the_code_was_not_followed() -> None:
    problem = Problem(collection="c", code="effects-not-read", severity="error", message="it took too long")
    before = Bundle(name="x", tools=(tool("Look"),), access_level="read-only", effect="reads")
    after = Bundle(name="x", tools=(tool("Look", effect="unclear"),), problems=(problem,))
    assert told(before, after) == []


def test_many_names_that_went_and_came_are_not_compared_with_each_other() -> None:
    old, new = ([variable(f"{letter}{number:03}") for number in range(200)] for letter in "AB")
    kinds = [one[0] for one in told(with_variables(*old), with_variables(*new))]
    assert kinds == ["variable-removed"] * 200 + ["variable-added"] * 200
