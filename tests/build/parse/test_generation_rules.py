"""Generation rules, of which each field may be anything."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from build.model import GenerationRule, OutputItem, ResourceType, RuleVariable, Slx
from build.parse.generation_rules import read_rules
from build.untrusted.safe_yaml import SafeYamlError
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
              match: {type: pattern, pattern: test, properties: [tag]}
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


SOUND_RULE: dict[str, Any] = {
    "resourceTypes": ["pod"],
    "matchRules": [{"type": "pattern", "pattern": ".+", "properties": ["name"]}],
    "slxs": [{"baseName": "a", "qualifiers": ["b"], "outputItems": [{"type": "slx"}]}],
}


def rules(text: str) -> tuple[list[GenerationRule], list[str]]:
    found, wrong = read_rules(PATH, text)
    return found, [message for message, _ in wrong]


def one(**fields: Any) -> tuple[GenerationRule, list[str]]:
    """A sound rule with these fields instead; None takes one away."""
    entry = {key: value for key, value in {**SOUND_RULE, **fields}.items() if value is not None}
    (rule,), wrong = rules(spec(entry))
    return rule, [message.removeprefix("rule 1: ") for message in wrong]


def spec(*entries: Any, **more: Any) -> str:
    """A file with these rules, whatever they are."""
    return yaml.dump({"spec": {"generationRules": list(entries), **more}}, Dumper=_Plain)


def test_a_rule_is_read_whole() -> None:
    (rule,), wrong = rules(RULES)
    assert wrong == []
    assert (rule.path, rule.line, rule.platform) == (PATH, 6, "gcp")
    assert rule.resource_types == ("gcp_beacons", "gcp_lamps")
    assert [match.properties for match in rule.match_patterns] == [
        ("name",),
        ("spec.lamp",),
        ("custom/lamps",),
        ("tag",),
    ]
    assert [match.negated for match in rule.match_patterns] == [False, False, False, True]
    assert (rule.base_names, rule.qualifiers) == (("lamp-health", "other"), ("project", "lamp", "zone"))
    assert (rule.level_of_detail, rule.output_items) == ("detailed", ("slx", "sli", "runbook"))
    first, second = rule.slxs
    assert (first.base_template_name, first.qualifiers, first.level_of_detail) == (
        "lamp",
        ("project", "lamp"),
        "detailed",
    )
    assert [item.template_name for item in first.output_items] == [None, None, "lamp-taskset.yaml", None]
    assert second == Slx(base_name="other", qualifiers=("lamp", "zone"), level_of_detail="basic")


@pytest.mark.parametrize("text", ["", "# all of it\n# is commented out\n", "---\n", "null\n"])
def test_an_empty_file_has_neither_rules_nor_faults(text: str) -> None:
    assert rules(text) == ([], [])


@pytest.mark.parametrize("platform", ["", "platform: ''", "platform: ' '", "platform:", "platform: Kubernetes"])
def test_without_a_platform_it_is_kubernetes(platform: str) -> None:
    (rule,), _ = rules(f"spec:\n  {platform}\n  generationRules:\n    - resourceTypes: [pod]\n")
    assert rule.platform == "kubernetes"


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
    found, wrong = rules(spec(rule, SOUND_RULE))
    assert [item.resource_types for item in found] == [("pod",)]
    assert wrong == ["rule 1 is not a mapping"]


@pytest.mark.parametrize("types", ["pod", 7, {"pod": 1}, True])
def test_resource_types_that_are_no_list_are_told_and_not_spelled_out(types: Any) -> None:
    """A string would be taken for the list of its letters."""
    rule, wrong = one(resourceTypes=types)
    assert (rule.resource_types, wrong) == ((), ["resourceTypes is not a list"])


@pytest.mark.parametrize("platform", [7, ["gcp"], {"a": 1}, True])
def test_a_platform_that_is_no_word_is_told(platform: Any) -> None:
    (rule,), wrong = rules(spec(SOUND_RULE, platform=platform))
    assert (rule.platform, wrong) == ("kubernetes", ["platform is not a text", "kubernetes is assumed"])


@pytest.mark.parametrize("odd", [None, 7, 1.5, True, "words", [], {}, [[]], [None], [7], [{}], [["a"]], {"a": [1]}])
def test_any_field_may_be_of_any_kind(odd: Any) -> None:
    sound = SOUND_RULE
    for rule in (
        {**sound, "matchRules": odd},
        {**sound, "slxs": odd},
        {**sound, "resourceTypes": odd},
        {**sound, "matchRules": [{"matches": odd, "type": odd, "pattern": odd, "properties": odd, "mode": odd}]},
        {**sound, "slxs": [{"baseName": odd, "qualifiers": odd, "levelOfDetail": odd, "outputItems": odd}]},
        {**sound, "slxs": [{"outputItems": [{"type": odd, "path": odd, "templateVariables": odd}]}]},
        {**sound, "outputItems": odd, "platform": odd, "unknown": odd},
        {**sound, "resourceTypes": [{"platform": odd, "resourceType": odd}]},
    ):
        (found,), _ = rules(spec(rule))
        assert found.model_validate(found.model_dump()) == found


@pytest.mark.parametrize(
    ("types", "resources"),
    [
        (["pod", "gcp:lamp"], [("azure", "pod"), ("gcp", "lamp")]),
        ([{"resourceType": "lamp"}, {"platform": "AWS", "resourceType": "lamp"}], [("azure", "lamp"), ("aws", "lamp")]),
        (["lamps.beacon.io/v1", ":odd"], [("azure", "lamps.beacon.io/v1"), ("azure", ":odd")]),
        ([{"platform": "gcp", "resourceType": "lamp"}], [("gcp", "lamp")]),
    ],
)
def test_a_resource_type_is_a_word_a_pair_or_a_mapping(types: list[Any], resources: list[tuple[str, str]]) -> None:
    (rule,), wrong = rules(spec({**SOUND_RULE, "resourceTypes": types}, platform="azure"))
    assert wrong == []
    assert rule.resources == tuple(ResourceType(platform=platform, resource_type=name) for platform, name in resources)
    assert rule.resource_types == tuple(sorted({name for _, name in resources}))
    assert rule.platform == ("gcp" if {platform for platform, _ in resources} == {"gcp"} else "azure")


def test_a_rules_own_platform_is_its_platform_and_told_where_it_does_not_reach_its_resources() -> None:
    (rule,), wrong = rules(spec({**SOUND_RULE, "platform": "RunWhen"}, platform="azure"))
    assert (rule.platform, rule.resources[0].platform) == ("runwhen", "runwhen")
    assert [message for message in wrong if "write RunWhen:TYPE" in message] == wrong
    assert len(wrong) == 1
    (rule,), wrong = rules(spec({**SOUND_RULE, "platform": "gcp", "resourceTypes": ["gcp:lamp"]}, platform="azure"))
    assert (rule.platform, wrong) == ("gcp", [])


@pytest.mark.parametrize(
    ("level", "word"),
    [("basic", "basic"), ("Detailed ", "detailed"), ("NONE", "none"), (0, "none"), (1, "basic"), (2, "detailed")],
)
def test_a_level_of_detail_is_a_word_or_its_number(level: Any, word: str) -> None:
    for slx in (
        {"baseName": "a", "levelOfDetail": level},
        {"baseName": "a", "outputItems": [{"type": "slx", "levelOfDetail": level}]},
    ):
        rule, wrong = one(slxs=[slx])
        assert (rule.level_of_detail, wrong) == (word, [])
    rule, wrong = one(slxs=None, outputItems=[{"type": "slx", "levelOfDetail": level}])
    assert (rule.level_of_detail, wrong) == (word, [])


@pytest.mark.parametrize("level", [3, -1, True, 1.0, "full", "", [], {}])
def test_another_level_of_detail_is_told(level: Any) -> None:
    rule, wrong = one(slxs=[{"baseName": "a", "levelOfDetail": level}])
    assert rule.level_of_detail is None
    assert [message.partition(" is ")[0] for message in wrong] == ["levelOfDetail"]


def test_a_rule_makes_things_without_an_slx() -> None:
    item = {"type": "runbook", "path": "x.yaml", "templateName": "y.yaml", "templateVariables": {"a": "b", "n": [1]}}
    rule, wrong = one(slxs=None, outputItems=[item, {"path": "only.yaml", "templateName": "z.yaml"}])
    assert wrong == []
    assert rule.outputs == (
        OutputItem(
            type="runbook",
            path="x.yaml",
            template_name="y.yaml",
            template_variables=(RuleVariable(name="a", value="b"), RuleVariable(name="n", value="[1]")),
        ),
        OutputItem(path="only.yaml", template_name="z.yaml"),
    )
    assert (rule.output_items, rule.slxs) == (("runbook",), ())


def test_a_value_that_is_a_credential_by_its_name_is_not_shown() -> None:
    variables = {"password": "hunter2", "API_TOKEN": "", "place": "hunter2"}
    rule, _ = one(outputItems=[{"type": "slx", "templateVariables": variables}])
    shown = {variable.name: variable.value for variable in rule.outputs[0].template_variables}
    assert shown == {"password": "***", "API_TOKEN": "", "place": "hunter2"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"resourceType": ["pod"]}, "a rule has no key 'resourceType'; is resourceTypes meant?"),
        ({"qualifiers": ["a"]}, "a rule has no key 'qualifiers'"),
        ({"slxs": [{"baseName": "a", "basename": "b"}]}, "an SLX has no key 'basename'; is baseName meant?"),
        ({"outputItems": [{"type": "slx", "template": "x"}]}, "an output item has no key 'template'"),
        ({"slxs": [{"baseName": "a", "outputItems": [{}]}]}, "an output item has neither type nor path"),
        ({"slxs": [{"baseName": "a", "outputItems": [{"type": "slxx"}]}]}, "the type of an output item is 'slxx'"),
        ({"slxs": [{"qualifiers": ["a"]}]}, "an SLX has no baseName"),
        ({"slxs": [{"baseName": 7}]}, "baseName is not a text"),
        ({"slxs": [{"baseName": "a", "qualifiers": "resource"}]}, "qualifiers is not a list"),
        ({"slxs": [{"baseName": "a", "qualifiers": ["a", 7]}]}, "item 2 of qualifiers is not a text"),
        ({"slxs": {"baseName": "a"}}, "slxs is not a list"),
        ({"slxs": ["a"]}, "item 1 of slxs is not a mapping, so no SLX"),
        ({"slxs": None}, "it has neither slxs nor outputItems"),
        ({"resourceTypes": None}, "it has no resourceTypes"),
        ({"resourceTypes": [7]}, "item 1 of resourceTypes is not a resource type"),
        ({"resourceTypes": [{"platform": "aws"}]}, "a resource type has no resourceType"),
        ({"resourceTypes": [{"resourceType": "a", "kind": "b"}]}, "a resource type has no key 'kind'"),
        ({"matchRules": None}, "it has no matchRules"),
        ({7: 8}, "a rule has no key '7'"),
    ],
)  # fmt: skip
def test_nothing_is_left_out_without_a_word(fields: dict[Any, Any], told: str) -> None:
    (_,), wrong = rules(spec({key: value for key, value in {**SOUND_RULE, **fields}.items() if value is not None}))
    assert [message for message in wrong if message.startswith(f"rule 1: {told}")]
    assert len(wrong) == 1


def test_what_is_told_has_its_line() -> None:
    text = """\
kind: GenerationRule
spec:
  platfrom: gcp
  generationRules:
    - resourceTypes:
        - pod
        - 7
      matchRules:
        - type: and
          matches:
            - {type: exists, path: a}
            - type: pattern
              patern: x
              properties: [name]
      slxs:
        - baseName: a
          levelOfDetail: all
      surplus: 1
"""
    _, wrong = read_rules(PATH, text)
    assert [(line, message.removeprefix("rule 1: ").partition(",")[0]) for message, line in wrong] == [
        (3, "spec has no key 'platfrom'; is platform meant?"),
        (1, "kind is 'GenerationRule'"),
        (18, "a rule has no key 'surplus'"),
        (7, "item 2 of resourceTypes is not a resource type"),
        (13, "a condition of the type 'pattern' has no key 'patern'; is pattern meant?"),
        (12, "a condition of the type 'pattern' has no pattern"),
        (17, "levelOfDetail is 'all'"),
    ]


def test_a_file_of_faults_is_told_of_in_a_few() -> None:
    _, wrong = rules(spec(*[{f"odd{n}": 1 for n in range(20)}] * 100))
    assert len(wrong) == 51
    assert wrong[-1] == "more than that is not as the format has it"


def test_values_that_yaml_reads_as_something_else_are_left_out() -> None:
    text = "spec:\n  generationRules:\n    - resourceTypes: [no, 12:30:00, 2026-01-01, .nan, 0x10, null, pod]\n"
    (rule,), _ = rules(text)
    assert rule.resource_types == ("pod",)


def test_too_many_rules_are_cut_and_told() -> None:
    found, wrong = rules(spec(*[SOUND_RULE] * 501))
    assert len(found) == 500
    assert wrong == ["it has more than 500 rules; the rest is left out"]


@pytest.mark.parametrize(
    "text", ["spec: {{ x }}", "{% if x %}", "a: &a [*a]", "spec: !!python/name:os.system", "a: 1\na: 2", "- a: b: c"]
)
def test_what_is_not_our_yaml_is_refused(text: str) -> None:
    with pytest.raises(SafeYamlError):
        rules(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab*", max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["resourceTypes", "matchRules", "matches", "match", "slxs", "qualifiers", "outputItems", "type"]
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
    assert all(item.model_validate(item.model_dump()) == item for item in found)


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
        ("rules-odd", "odd.yaml", "warning", 1),
        ("rules-not-read", "broken.yaml", "warning", 2),
        ("empty-file", "blank.yaml", "warning", None),
    } <= told
    assert "no-robot-file" not in codes(bundle)
