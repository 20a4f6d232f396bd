"""Expressions of Jinja in words: parsed, and never run."""

import pytest
from jinja2 import Environment, nodes

from build.parse.template_expressions import condition_of, condition_words, in_words, literal, source_of, words


def expression(text: str) -> nodes.Node:
    (output,) = Environment().parse("{{ %s }}" % text).body  # noqa: S701, UP031 - it is parsed alone
    assert isinstance(output, nodes.Output)
    return output.nodes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slx_name", "slx name"),
        ("default_location", "default location"),
        ("match_resource.resource.metadata.name", "resource name"),
        ("match_resource.resource.metadata.namespace", "namespace"),
        ("match_resource.qualified_name | replace(':', '_')", "qualified name"),
        ("custom.kubeconfig_secret_name", "kubeconfig secret name"),
        ("workspace.owner_email", "workspace owner email"),
        ("resource_group.name", "resource group name"),
        ("slx_name.split('--')[1]", "slx name"),
        ("match_resource.resource.metadata.labels['app.kubernetes.io/instance']", "app.kubernetes.io/instance"),
        ("x.annotations.get('meta.helm.sh/release-name', None)", "x meta.helm.sh/release-name"),
        ("match_resource.resource.spec.rules[0].host", "rules host"),
        ("custom", "custom"), ("f(x)", "value"), ("1 + x", "value"), ("'a'", "a"), ("['<b>']", "value"),
    ],
)  # fmt: skip
def test_a_placeholder_has_the_words_of_its_expression(text: str, said: str) -> None:
    assert words(expression(text)) == said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a'", "a"), ("5", "5"), ("custom.x | default('kubectl')", "kubectl"), ("custom.x | default(5)", "5"),
        ("custom.x | d('')", ""), ("custom.x | default(custom.y | default('z'))", "z"),
        ("'' | default('z', true)", "z"), ("'' | default('z')", ""), ("known | upper", "SEEN"),
        ("'A B' | replace(' ', '-') | lower", "a-b"), ("other | default('x')", "x"),
        # What the resource says is to be filled in, whatever stands in for it.
        ("match_resource.resource.location | default('x')", None), ("custom.x", None), ("unknown", None),
        ("'a' | reverse", None), ("f('a')", None), ("'a'.upper()", None), ("'a' ~ 'b'", None), ("none", None),
    ],
)  # fmt: skip
def test_a_text_is_known_where_no_run_is_needed(text: str, value: str | None) -> None:
    assert literal(expression(text), {"known": "seen", "unknown": None}) == value


@pytest.mark.parametrize(
    "text",
    [
        "a.b", "a is defined", "a == 'b'", "not a", "a and b", "a[0]", "a | default('x')", "f(a, 'b')", "a not in b",
        "a + b",
    ],
)  # fmt: skip
def test_an_expression_is_told_as_it_is_written(text: str) -> None:
    assert source_of(expression(text)) == text


def test_no_expression_is_told_at_length() -> None:
    assert len(source_of(expression(" and ".join(f"a{n}" for n in range(90))))) == 160
    assert source_of(expression("{'a': 1}")) == "…"


@pytest.mark.parametrize(("text", "asked"), [("a", ("a", True)), ("not a", ("a", False)), ("not not a", ("a", True))])
def test_a_condition_and_its_opposite_are_one_question(text: str, asked: tuple[str, bool]) -> None:
    assert condition_of(expression(text)) == asked


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"a": True}, "a is set"),
        ({"repo_url": True, "ref": True, "wb_version": False}, "repo_url and ref are set, and wb_version is not set"),
        ({"a": True, "b": True, "c.d": True}, "a, b and c.d are set"),
        ({"a is defined": True, "b is defined": False}, "a is defined, and b is not defined"),
        ({"a == 'b'": True, "c == 'd'": False}, "a == 'b' holds, and c == 'd' does not hold"),
        ({}, ""),
    ],
)
def test_conditions_are_told_in_words(conditions: dict[str, bool], said: str) -> None:
    assert condition_words(conditions) == said


def test_a_name_is_words() -> None:
    assert in_words("a_b<script>\n{{x}}") == "a b script x"
    assert len(in_words("a" * 500)) == 60
