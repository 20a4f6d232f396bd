"""Generation rules, of which each field may be anything."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from build.model import GenerationRule, MatchPattern
from build.parse.generation_rules import read_rules
from build.untrusted.safe_yaml import YamlRefused
from tests.support.bundles import SOUND, codes, parse

PATH = ".runwhen/generation-rules/lamp.yaml"
RULES = """\
apiVersion: runwhen.com/v1
kind: GenerationRules
spec:
  platform: GCP
  generationRules:
    - resourceTypes: [gcp_lamps, gcp_beacons, gcp_lamps]
      matchRules:
        - type: and
          matches:
            - type: pattern
              pattern: ".+"
              properties: [name]
              mode: substring
            - type: or
              matches:
                - {type: exists, path: spec.lamp}
                - {resourceType: variables, type: pattern, pattern: "yes", properties: [custom/lamps], mode: exact}
            - type: not
              matches: {type: pattern, pattern: test}
      slxs:
        - baseName: lamp-health
          levelOfDetail: detailed
          qualifiers: [project, lamp]
          baseTemplateName: lamp
          outputItems:
            - type: slx
            - type: sli
            - {type: runbook, templateName: lamp-taskset.yaml}
            - type: sli
        - {baseName: other, qualifiers: [lamp, zone], levelOfDetail: basic}
"""


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def rules(text: str) -> tuple[list[GenerationRule], list[str]]:
    return read_rules(PATH, text)


def spec(*entries: Any, **more: Any) -> str:
    """A file with these rules, whatever they are."""
    return yaml.dump({"spec": {"generationRules": list(entries), **more}}, Dumper=_Plain)


def test_a_rule_is_read_with_its_nested_matches() -> None:
    (rule,), wrong = rules(RULES)
    assert wrong == []
    assert (rule.path, rule.platform) == (PATH, "gcp")
    assert rule.resource_types == ("gcp_beacons", "gcp_lamps")
    assert rule.match_patterns == (
        MatchPattern(type="pattern", pattern=".+", properties=("name",), mode="substring"),
        MatchPattern(type="exists", properties=("spec.lamp",)),
        MatchPattern(
            type="pattern", pattern="yes", properties=("custom/lamps",), mode="exact", resource_type="variables"
        ),
        MatchPattern(type="pattern", pattern="test", negated=True),
    )
    assert (rule.base_names, rule.qualifiers) == (("lamp-health", "other"), ("project", "lamp", "zone"))
    assert (rule.level_of_detail, rule.output_items) == ("detailed", ("slx", "sli", "runbook"))


@pytest.mark.parametrize("text", ["", "# all of it\n# is commented out\n", "---\n", "null\n"])
def test_an_empty_file_has_neither_rules_nor_faults(text: str) -> None:
    assert rules(text) == ([], [])


@pytest.mark.parametrize("platform", ["", "platform: ''", "platform: ' '", "platform:", "platform: Kubernetes"])
def test_without_a_platform_it_is_kubernetes(platform: str) -> None:
    (rule,), wrong = rules(f"spec:\n  {platform}\n  generationRules:\n    - resourceTypes: [pod]\n")
    assert (rule.platform, wrong) == ("kubernetes", [])


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "just words",
        "7",
        "spec: 7",
        "spec: []",
        "spec: {}",
        "spec: {generationRules: }",
        "spec: {generationRules: {a: b}}",
        "spec: {generationRules: words}",
        "generationRules: []",
        "2026-01-01",
    ],
)
def test_what_is_no_list_of_rules_is_told(text: str) -> None:
    assert rules(text) == ([], ["spec.generationRules is not a list of rules"])


@pytest.mark.parametrize("rule", [None, "pod", 7, ["pod"], True, 1.5])
def test_a_rule_that_is_no_mapping_is_told_by_its_number(rule: Any) -> None:
    found, wrong = rules(spec(rule, {"resourceTypes": ["pod"]}))
    assert [item.resource_types for item in found] == [("pod",)]
    assert wrong == ["rule 1 is not a mapping"]


@pytest.mark.parametrize("types", ["pod", 7, {"pod": 1}, True])
def test_resource_types_that_are_no_list_are_told_and_not_spelled_out(types: Any) -> None:
    """A string would be taken for the list of its letters."""
    (rule,), wrong = rules(spec({"resourceTypes": types}))
    assert rule.resource_types == ()
    assert wrong == ["rule 1: resourceTypes is not a list"]


@pytest.mark.parametrize("platform", [7, ["gcp"], {"a": 1}, True])
def test_a_platform_that_is_no_word_is_told(platform: Any) -> None:
    (rule,), wrong = rules(spec({}, platform=platform))
    assert (rule.platform, wrong) == ("kubernetes", ["spec.platform is not a word; kubernetes is assumed"])


@pytest.mark.parametrize("odd", [None, 7, 1.5, True, "words", [], {}, [[]], [None], [7], [{}], [["a"]], {"a": [1]}])
def test_any_field_may_be_of_any_kind(odd: Any) -> None:
    sound = {
        "resourceTypes": ["pod"],
        "slxs": [{"baseName": "a", "qualifiers": ["b"], "outputItems": [{"type": "slx"}]}],
    }
    for rule in (
        {**sound, "matchRules": odd},
        {**sound, "slxs": odd},
        {**sound, "resourceTypes": odd},
        {**sound, "matchRules": [{"matches": odd, "type": odd, "pattern": odd, "properties": odd, "mode": odd}]},
        {**sound, "slxs": [{"baseName": odd, "qualifiers": odd, "levelOfDetail": odd, "outputItems": odd}]},
        {**sound, "slxs": [{"outputItems": [{"type": odd}]}]},
    ):
        (found,), _ = rules(spec(rule))
        assert found.model_validate(found.model_dump()) == found


def test_values_that_yaml_reads_as_something_else_are_left_out() -> None:
    text = "spec:\n  generationRules:\n    - resourceTypes: [no, 12:30:00, 2026-01-01, .nan, 0x10, null, pod]\n"
    (rule,), _ = rules(text)
    assert rule.resource_types == ("pod",)


def test_too_many_rules_are_cut_and_told() -> None:
    found, wrong = rules(spec(*[{"resourceTypes": ["pod"]}] * 501))
    assert len(found) == 500
    assert wrong == ["it has more than 500 rules; the rest is left out"]


@pytest.mark.parametrize(
    "text", ["spec: {{ x }}", "{% if x %}", "a: &a [*a]", "spec: !!python/name:os.system", "a: 1\na: 2", "- a: b: c"]
)
def test_what_is_not_our_yaml_is_refused(text: str) -> None:
    with pytest.raises(YamlRefused):
        rules(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab*", max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["resourceTypes", "matchRules", "matches", "slxs", "qualifiers", "outputItems", "type"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=15,
    )
)
def test_any_rule_is_read(rule: Any) -> None:
    found, wrong = rules(spec(rule))
    assert len(found) + sum(fault == "rule 1 is not a mapping" for fault in wrong) == 1


def test_files_need_no_ending_and_their_faults_are_problems() -> None:
    bundle = parse(
        {
            "runbook.robot": SOUND,
            ".runwhen/generation-rules/no-ending": RULES,
            ".runwhen/generation-rules/with space .yaml": RULES.replace("GCP", "azure"),
            ".runwhen/generation-rules/empty.yaml": "# nothing\n",
            ".runwhen/generation-rules/odd.yaml": "spec: {generationRules: [pod]}",
            ".runwhen/generation-rules/broken.yaml": "spec:\n  - a: b: c\n",
            ".runwhen/generation-rules/blank.yaml": " \n",
            ".runwhen/templates/lamp.yaml": "{{ not read }}",
        }
    )
    assert [(rule.path.rpartition("/")[2], rule.platform) for rule in bundle.generation_rules] == [
        ("no-ending", "gcp"),
        ("with space .yaml", "azure"),
    ]
    assert [template.name for template in bundle.templates] == ["lamp.yaml"]
    told = {(p.code, (p.path or "").rpartition("/")[2], p.severity, p.line) for p in bundle.problems}
    assert {
        ("rules-empty", "empty.yaml", "note", None),
        ("rules-odd", "odd.yaml", "warning", None),
        ("rules-not-read", "broken.yaml", "warning", 2),
        ("empty-file", "blank.yaml", "warning", None),
    } <= told
    assert "no-robot-file" not in codes(bundle)
