"""The resources that templates write: as they stand, with what is to be filled in, and nothing that a stranger adds."""

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from build.model import LeftOut, Manifest, Problem
from build.parse.manifests import read_manifests
from build.problems import Findings
from build.untrusted.yaml_text import pieces, unmarked

HEAD = "apiVersion: runwhen.com/v1\nkind: {}\nmetadata:\n  name: {{{{slx_name}}}}\nspec:\n"


def template(kind: str, spec: str) -> str:
    return HEAD.format(kind) + "".join(f"  {line}\n" for line in spec.splitlines())


def read(*texts: str, **named: str) -> tuple[tuple[Manifest, ...], tuple[LeftOut, ...], list[Problem]]:
    files = {f"t{n}.yaml": text for n, text in enumerate(texts)} | {f"{k}.yaml": text for k, text in named.items()}
    own = {f".runwhen/templates/{name}": text for name, text in files.items()}
    findings = Findings("harbor")
    made = read_manifests(own, sorted(own), {"runbook": ["kubeconfig"], "monitor": []}, findings)
    return *made, findings.problems


def documents(*texts: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(unmarked(one.text)) for one in read(*texts)[0]]


def spec_of(spec: str, kind: str = "Runbook") -> Any:
    (made,) = documents(template(kind, spec))
    return made["spec"]


def test_what_a_template_says_stands_as_it_is() -> None:
    spec = """\
displayUnitsLong: OK
intervalSeconds: 600
alertConfig:
  tasks:
    persona: eager-edgar
    sessionTTL: 10m
alerts:
  warning: {operator: <, threshold: '1', for: 20m}
configProvided:
  - name: A
    value: "10m"
  - name: B
    value: 5
  - name: C
    value: 'true'
  - name: D
    value: yes
  - name: E
    value: |
      two
      lines
  - name: F
    value: 0x1f
  - name: G
    value: 2026-01-02
  - name: H
    value: 1:30
  - name: I
    value:
  - name: J
    value: 1.5
"""
    assert spec_of(spec, "ServiceLevelIndicator") == yaml.safe_load(spec)


def test_an_expression_is_to_be_filled_in_by_the_name_of_its_variable_or_in_its_own_words() -> None:
    spec = spec_of(
        "location: {{ default_location }}\ndescription: Looks at {{ match_resource.resource.metadata.name }}.\n"
        "configProvided:\n  - name: NAMESPACE\n    value: {{ match_resource.resource.metadata.namespace }}\n"
        "  - name: URL\n    value: 'https://{{ rule.host }}/x'\n"
        '  - name: BINARY\n    value: {{ custom.binary | default("kubectl") }}\n'
        "  - name: COUNT\n    value: {{ custom.count | default(5) }}\n"
        '  - name: WORDS\n    value: "{{ custom.count | default(5) }}"\n'
        '  - name: NONE\n    value: {{ custom.none | default("") }}\n'
        "secretsProvided:\n  - name: kubeconfig\n    workspaceKey: {{ custom.key }}\n"
    )
    assert spec == {
        "location": "<default location>",
        "description": "Looks at <resource name>.",
        "configProvided": [
            {"name": "NAMESPACE", "value": "<NAMESPACE>"},
            {"name": "URL", "value": "https://<rule host>/x"},
            {"name": "BINARY", "value": "kubectl"},
            {"name": "COUNT", "value": 5},
            {"name": "WORDS", "value": "5"},
            {"name": "NONE", "value": ""},
        ],
        "secretsProvided": [{"name": "kubeconfig", "workspaceKey": "<kubeconfig>"}],
    }


def test_each_variant_is_a_document_and_says_where_it_applies() -> None:
    made, left, problems = read(template("Runbook", "{% if wb_version %}\na: 1\n{% else %}\na: 2\n{% endif %}"))
    assert [(one.variant, yaml.safe_load(unmarked(one.text))["spec"]) for one in made] == [
        ("where wb_version is set", {"a": 1}),
        ("where wb_version is not set", {"a": 2}),
    ]
    assert (left, problems) == ((), [])


def test_the_keys_of_secrets_that_runwhens_own_file_gives_are_those_that_the_robot_file_requires() -> None:
    text = 'secretsProvided:\n  {% include "kubernetes-auth.yaml" ignore missing %}'
    (made,), _, _ = read(template("Runbook", text))
    assert yaml.safe_load(unmarked(made.text))["spec"]["secretsProvided"] == [
        {"name": "kubeconfig", "workspaceKey": "<kubeconfig>"}
    ]
    assert "# RunWhen adds kubernetes-auth.yaml; these are what the robot file requires\n" in made.text
    (monitor,), _, _ = read(template("ServiceLevelIndicator", text))
    assert yaml.safe_load(unmarked(monitor.text))["spec"]["secretsProvided"] == []


def test_files_of_runwhens_are_told_where_they_are_put_in() -> None:
    text = 'tags:\n  {% include "kubernetes-tags.yaml" ignore missing %}\n  - name: access\n    value: read-only\n'
    (made,), _, _ = read(template("ServiceLevelX", text))
    assert "  tags:  # RunWhen adds kubernetes-tags.yaml\n    - name: access\n" in made.text


def test_the_resources_come_in_the_order_in_which_they_are_applied() -> None:
    kinds = {
        "slx": "ServiceLevelX",
        "sli": "ServiceLevelIndicator",
        "slo": "ServiceLevelObjective",
        "taskset": "Runbook",
    }
    files = {f"{name}-{end}": template(kind, "a: 1") for name in ("b", "a") for end, kind in kinds.items()}
    made, _, _ = read(**{name.replace("-", "-"): text for name, text in files.items()})
    assert [one.template for one in made] == [
        f"{name}-{end}.yaml" for name in ("a", "b") for end in ("slx", "sli", "slo", "taskset")
    ]


def test_several_documents_of_a_file_are_each_a_resource() -> None:
    made, _, _ = read(template("ServiceLevelX", "a: 1") + "---\n" + template("Runbook", "b: 2") + "---\n")
    assert [one.kind for one in made] == ["ServiceLevelX", "Runbook"]


MANY = "\n".join(f"{{% if a{n} %}}\nb{n}: 1\n{{% endif %}}" for n in range(6))


@pytest.mark.parametrize(
    ("text", "code", "reason"),
    [
        (template("Secret", "a: 1"), "template-left-out", "the kind 'Secret' is not one of RunWhen's"),
        (template("Runbook", "a: 1").replace("runwhen.com/", "k8s.io/"), "template-left-out", "its apiVersion is 'k8s"),
        ("a: 1\n", "template-left-out", "one of its documents has no kind"),
        ("- a\n", "template-left-out", "one of its documents is not a mapping"),
        ("", "template-not-read", "it writes nothing"),
        ("{% if %}", "template-not-read", "Jinja says"),
        (template("Runbook", "a: [1"), "template-not-read", "what it writes cannot be read as YAML"),
        (template("Runbook", "a: &x 1\nb: *x"), "template-not-read", "it has an alias"),
        (template("Runbook", "a: !!python/name:os.system x"), "template-not-read", "a value has the tag"),
        (template("Runbook", "a: !!int b"), "template-not-read", "a value has a type that its text has not"),
        (template("Runbook", "? [a]\n: b"), "template-not-read", "a key is not a plain word"),
        (template("Runbook", "<<: {a: 1}"), "template-not-read", "a key is not a plain word"),
        (template("Runbook", "a: " + "x" * 6_000), "template-not-read", "a value has more than 5,000 characters"),
        (template("Runbook", "x" * 600 + "é" * 700 + ": 1"), "template-not-read", ""),
        (template("Runbook", "a: " + "9" * 200), "template-not-read", "a value has a type that its text has not"),
        (template("Runbook", "a: " + "[" * 60 + "]" * 60), "template-not-read", "nested too deeply"),
        (template("Runbook", "\n".join(f"a{n}: {'x' * 900}" for n in range(40))), "template-left-out", "is too long"),
        (template("Runbook", MANY), "template-left-out", "it has more than 16 variants"),
    ],
)  # fmt: skip
def test_what_is_in_no_document_is_told_with_its_reason(text: str, code: str, reason: str) -> None:
    _, left, problems = read(text)
    assert [one.code for one in problems] == [code]
    assert reason in problems[0].message
    assert [one.reason for one in left] == [problems[0].message]


def test_a_problem_has_the_templates_line() -> None:
    text = template("Runbook", "{% if a %}\nb: 1\n{% endif %}\nc: [").replace("kind", "#\nkind")
    _, _, (problem,) = read(text)
    assert problem.line == text.count("\n") + 1 or problem.line == text.count("\n")


def test_a_key_that_stands_twice_counts_as_yaml_has_it_and_is_told() -> None:
    (made,), left, (problem,) = read(template("Runbook", "a: 1\nb: 2\na: 3"))
    assert yaml.safe_load(unmarked(made.text))["spec"] == {"a": 3, "b": 2}
    assert (made.notes, left) == (("duplicate key 'a'; the last one counts",), ())
    assert (problem.code, problem.message) == ("template-left-out", made.notes[0])


def test_a_credential_is_to_be_filled_in() -> None:
    spec = spec_of(
        "configProvided:\n  - name: API_TOKEN\n    value: hunter2\n  - name: TOKEN_NAME\n    value: github\n"
    )
    assert [one["value"] for one in spec["configProvided"]] == ["<API_TOKEN>", "github"]


def test_too_many_templates_are_told_by_name() -> None:
    _, left, problems = read(*[template("Runbook", f"a: {n}") for n in range(55)])
    assert len(left) == len(problems) == 5
    assert "more than 50 templates" in left[0].reason


HOSTILE = (
    '"\nkind: Secret\n', "'\n---\nkind: Secret", "\u2028kind: Secret", "x\u202e\u200b", "# x", "</pre><script>",
    "!!python/object:x", "{{ x }}", "${X}", "\x00", "\\u202e", "<NAMESPACE>", "\ue000v:A\ue001x\ue002", "a: b", "- c",
    "*a", "&a", "%TAG", "`", "@", "? ", "|", ">", "yes", "~", "-->", "]]>",
)  # fmt: skip
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40) | st.sampled_from(HOSTILE)


@given(texts, texts, texts)
@example("\ue000v:A\ue001x\ue002", "\ue0100\ue011", "\ue002")
@example("<A>", "a\\", '"')
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_value_name_or_key_adds_anything(value: str, name: str, key: str) -> None:
    quoted = [
        yaml.safe_dump(one, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
        for one in (value, name, key)
    ]
    provided = f"configProvided:\n  - name: {quoted[1]}\n    value: {quoted[0]}\n"
    text = template("Runbook", f"{provided}? {quoted[2]}\n: {quoted[0]}\nowners:\n  - {quoted[0]}")
    made, left, _ = read(text.replace("{{x", "{ {x"))
    assert len(made) + len(left) == 1
    for one in made:
        written = unmarked(one.text)
        (document,) = yaml.safe_load_all(written)
        assert set(document) == {"apiVersion", "kind", "metadata", "spec"}
        assert document["kind"] == "Runbook"
        assert len(document["spec"]) <= 3
        assert not any(ord(sign) < 32 and sign != "\n" for sign in written)
        # A page's form finds no mark of a stranger's.
        assert all(
            piece.gap is None or piece.gap.startswith(("v:", "rv:", "+v:runbook", "w:", "="))
            for piece in pieces(one.text)
        )


@given(st.text(st.sampled_from("{}%#-ab:'\"\n |[]&*!<>?,x\ue010\ue011"), max_size=120))
@example("{{" * 60)
@example("a: {{ x }}: {{ y }}")
@example("? {{ a }}\n: {{ b }}")
def test_any_text_is_read_or_told(text: str) -> None:
    made, left, problems = read(template("Runbook", text), text)
    assert len(left) <= len(problems)
    assert len(made) + len(left) >= 2 or {one.template for one in made} | {one.template for one in left}
    for one in made:
        assert list(yaml.safe_load_all(unmarked(one.text)))
