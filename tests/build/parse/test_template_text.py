"""Templates read as text: each variant as its own, what stands in it, and never a run."""

import time

import pytest

from build.parse.template_text import (
    MAX_CHARACTERS,
    MAX_CONDITIONS,
    MAX_VARIANTS,
    TemplateError,
    Variant,
    parts_of,
    read_template_text,
)


def shown(variant: Variant) -> str:
    return "".join(
        f"<{part.expression.words}>" if part.expression else part.text
        for part in parts_of(variant.text, variant.expressions)
    )


def variants(text: str) -> list[tuple[dict[str, bool], str]]:
    return [(dict(one.conditions), shown(one)) for one in read_template_text(text).variants]


def test_a_template_without_branches_is_one_variant() -> None:
    assert variants("a: {{ x }} b\n") == [({}, "a: <x> b")]


def test_each_branch_is_a_variant_and_the_same_question_is_asked_once() -> None:
    text = "{% if a %}\n1\n{% elif b %}\n2\n{% else %}\n3\n{% endif %}\n{% if not a %}\n4\n{% endif %}\n"
    assert variants(text) == [
        ({"a": True}, "1\n"),
        ({"a": False, "b": True}, "2\n4\n"),
        ({"a": False, "b": False}, "3\n4\n"),
    ]


def test_what_the_registry_knows_is_decided() -> None:
    text = "{% if repo_url %}\n{{ repo_url }}\n{% else %}\nx\n{% endif %}\n{{ ref | default('main') }}\n"
    (variant,) = read_template_text(text).variants
    assert variant.conditions == {"repo_url": True}
    assert [(one.source, one.literal) for one in variant.expressions] == [("repo_url", None), ("ref", None)]


def test_a_branch_within_a_line_is_one_too() -> None:
    assert variants('a: "{% if x == 1 %}b{% endif %}"') == [({"x == 1": True}, 'a: "b"'), ({"x == 1": False}, 'a: ""')]


def test_a_loop_within_a_line_is_one_text_and_one_over_lines_stands_once() -> None:
    inline = "a: {% for r in match.rules %}{% if r %}{{ r }},{% endif %}{% endfor %}\n"
    assert variants(inline) == [({}, "a: <match rules>")]
    (variant,) = read_template_text("{% for r in rules %}\n- {{ r }}\n{% endfor %}\n").variants
    assert shown(variant) == "- <r>\n"
    assert variant.notes == ["what stands once here is made once for each r in rules"]


def test_files_that_are_put_in_are_told_by_the_key_that_they_stand_below() -> None:
    text = (
        'labels:\n  {% include "l.yaml" %}\nspec:\n  tags:\n  {% if a %}\n  {% include "t.yaml" ignore missing %}\n'
        "  {% endif %}\n  - a\n{% include x %}\n"
    )
    variant, other = read_template_text(text).variants
    assert other.includes == {"labels": ["l.yaml"], "": ["x"]}
    assert variant.includes == {"labels": ["l.yaml"], "tags": ["t.yaml"], "": ["x"]}


def test_what_is_set_is_known_and_what_is_set_by_a_run_is_not() -> None:
    text = "{% set a = 'x' %}{% set b = f() %}{% set c %}y{% endset %}{{ a }}{{ b }}{{ c }}"
    (variant,) = read_template_text(text).variants
    assert [one.literal for one in variant.expressions] == ["x", None, None]


def test_raw_text_and_remarks_are_jinjas_own() -> None:
    assert variants("{% raw %}{{ a }}{% endraw %}{# b #}c\n") == [({}, "{{ a }}c")]


@pytest.mark.parametrize(
    "text",
    [
        "{% macro m() %}secret{% endmacro %}{{ m() }}",
        "{% import 'x' as y %}{{ y.z }}",
        "{% from 'x' import y %}{{ y }}",
    ],
)
def test_macros_are_not_followed_and_that_is_told(text: str) -> None:
    (variant,) = read_template_text(text).variants
    assert "secret" not in variant.text
    assert variant.notes == ["macros are not followed: what they would write is to be filled in"]


def test_blocks_are_followed_where_that_needs_no_run() -> None:
    text = "{% with %}a{% endwith %}{% block b %}b{% endblock %}{% filter upper %}c{% endfilter %}"
    assert variants(text) == [({}, "ab<text>")]


def test_each_line_is_known_by_the_templates_own() -> None:
    (variant, *_) = read_template_text("a\n{% if x %}\nb\n{% endif %}\nc\n").variants
    assert dict(zip(variant.text.split("\n"), variant.lines, strict=False)) == {"a": 1, "b": 3, "c": 5}


def test_variants_are_bounded_and_that_is_told() -> None:
    text = "".join(f"{{% if a{n} %}}\n{n}\n{{% endif %}}\n" for n in range(1_500))
    started = time.perf_counter()
    read = read_template_text(text)
    assert time.perf_counter() - started < 10
    assert (len(read.variants), read.more) == (MAX_VARIANTS, True)
    # What is not decided holds.
    assert all(sum(not holds for holds in one.conditions.values()) <= MAX_CONDITIONS for one in read.variants)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n{% if x %}\n", 2), ("{{", 1), ("{% nonsense %}", 1), ("\n\n{% endif %}", 3), ("{{ a | }}", 1),
        ("{% extends 'base.yaml' %}", 1), ("x" * (MAX_CHARACTERS + 1), None), ("{{ " + "(" * 20_000 + " }}", None),
        ("{% if a %}" * 5_000, None), ("{{ " + "9" * 5_000 + " }}", None), ("{{ a.b.c('%c' % 1e999 }}", 1),
        ("{% include %}", 1), ("{% for %}", 1), ("{% set %}", 1),
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused_with_its_line(text: str, line: int | None) -> None:
    with pytest.raises(TemplateError) as refused:
        read_template_text(text)
    assert line is None or refused.value.line == line
    assert str(refused.value)


def test_no_expression_is_run() -> None:
    text = "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ cycler.__globals__.os.popen('touch x') }}{{ 9 ** 9 ** 9 }}"
    (variant,) = read_template_text(text).variants
    assert all(one.literal is None for one in variant.expressions)


def test_marks_of_a_strangers_own_are_none() -> None:
    (variant,) = read_template_text("a: \ue0100\ue011{{ x }}\n").variants
    assert shown(variant) == "a: 0<x>"
