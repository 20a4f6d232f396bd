"""A rule in words: or, and, not as they stand, on the page and in its Markdown twin."""

import pytest
from markdown_it import MarkdownIt

from build.catalogue.record import record
from build.model import (
    Bundle,
    Combination,
    Condition,
    GenerationRule,
    Manifest,
    Match,
    OutputItem,
    ResourceType,
    Slx,
    Template,
    Tool,
)
from build.site.discovery import Line, describe_rule
from build.site.text_files import twin
from tests.support.catalogues import entry, made_up, pages_of
from tests.support.page_parts import body

A = Condition(type="pattern", pattern="redis", properties=("name",))
B = Condition(type="pattern", pattern="valkey", properties=("name",))


def rule(match: Match | None = None, **fields: object) -> GenerationRule:
    made = {"slxs": (Slx(base_name="kv", output_items=(OutputItem(type="slx"),)),), **fields}
    resources = (ResourceType(platform="gcp", resource_type="lamp"),)
    return GenerationRule.model_validate(
        {"path": "r.yaml", "platform": "gcp", "resources": resources, "match": match, **made}
    )


def combined(op: str, *matches: Match) -> Combination:
    return Combination.model_validate({"op": op, "matches": matches})


def said(line: Line, depth: int = 0) -> list[str]:
    """The lines, indented by their depth."""
    own = "  " * depth + "".join(f"`{part.text}`" if part.code else part.text for part in line.parts)
    return [own, *(inner for below in line.lines for inner in said(below, depth + 1))]


def conditions(match: Match) -> list[str]:
    return said(describe_rule(rule(match)).lines[0])


@pytest.mark.parametrize(
    ("match", "lines"),
    [
        (A, ["`name` contains `redis`"]),
        (combined("and", A, B), ["all of:", "  `name` contains `redis`", "  `name` contains `valkey`"]),
        (combined("or", A, B), ["any of:", "  `name` contains `redis`", "  `name` contains `valkey`"]),
        (combined("not", A), ["`name` does not contain `redis`"]),
        (combined("not", combined("or", A, B)),
         ["none of:", "  `name` contains `redis`", "  `name` contains `valkey`"]),
        (combined("not", combined("and", A, B)),
         ["not all of:", "  `name` contains `redis`", "  `name` contains `valkey`"]),
        (combined("not", combined("not", A)), ["`name` contains `redis`"]),
        (combined("not", combined("or", combined("not", A), B)),
         ["none of:", "  `name` does not contain `redis`", "  `name` contains `valkey`"]),
        (combined("and", A, combined("or", A, combined("and", A, B))),
         ["all of:", "  `name` contains `redis`", "  any of:", "    `name` contains `redis`", "    all of:",
          "      `name` contains `redis`", "      `name` contains `valkey`"]),
        (combined("and", combined("or", A)), ["`name` contains `redis`"]),
        (combined("not", combined("and", A)), ["`name` does not contain `redis`"]),
        (combined("and"), ["any resource"]),
        (combined("or"), ["no resource"]),
        (combined("not", combined("or")), ["any resource"]),
        (combined("not"), ["any resource"]),
    ],
)  # fmt: skip
def test_a_tree_is_a_list_within_lists(match: Match, lines: list[str]) -> None:
    assert conditions(match) == lines


@pytest.mark.parametrize(
    ("fields", "yes", "no"),
    [
        ({"properties": ("name", "tags"), "pattern": "x"},
         "`name` or `tags` contains `x`", "neither `name` nor `tags` contains `x`"),
        ({"properties": ("name",), "pattern": "x", "mode": "exact"}, "`name` is `x`", "`name` is not `x`"),
        ({"properties": ("name",), "pattern": ".+"}, "it has any `name`", "`name` is empty"),
        ({"properties": ("tags",), "pattern": ".+"}, "`tags` is not empty", "`tags` is empty"),
        ({"properties": ("tags",), "pattern": ".*"}, "`tags` is there", "`tags` is not there"),
        ({"properties": ("name",)}, "`name` contains nothing", "`name` does not contain nothing"),
        ({"pattern": "x"}, "a property contains `x`", "a property does not contain `x`"),
        ({"type": "exists", "properties": ("spec/a",)}, "`spec/a` is there", "`spec/a` is not there"),
        ({"type": "exists", "properties": ("spec/a",), "match_empty": True},
         "`spec/a` is there, though it may be empty", "`spec/a` is not there"),
        ({"type": "custom-variable", "properties": ("team",), "pattern": "x"},
         "the workspace's `team` contains `x`", "the workspace's `team` does not contain `x`"),
        ({"properties": ("custom/a",), "pattern": "x", "resource_type": "variables"},
         "the workspace's `custom/a` contains `x`", "the workspace's `custom/a` does not contain `x`"),
        ({"properties": ("name",), "pattern": "x", "resource_type": "lamp"},
         "some `lamp`: `name` contains `x`", "no `lamp`: `name` contains `x`"),
        ({"properties": ("name",), "pattern": "x", "resource_type": "lamp", "platform": "aws"},
         "some `lamp` on AWS: `name` contains `x`", "no `lamp` on AWS: `name` contains `x`"),
        ({"type": "regex", "properties": ("name",)}, "`name` fulfils `regex`", "`name` does not fulfil `regex`"),
    ],
)  # fmt: skip
def test_a_condition_is_a_sentence_and_its_opposite_another(fields: dict[str, object], yes: str, no: str) -> None:
    asked = Condition.model_validate({"type": "pattern", **fields})
    assert conditions(asked) == [yes]
    assert conditions(combined("not", asked)) == [no]


def test_what_is_made_and_for_what() -> None:
    slx = Slx(
        base_name="kv",
        base_template_name="key-vault",
        qualifiers=("resource", "zone"),
        level_of_detail="detailed",
        output_items=(OutputItem(type="slx"), OutputItem(type="runbook")),
    )
    assert said(describe_rule(rule(slxs=(slx,)))) == [
        "For each `lamp` found on GCP, RunWhen adds an SLX and a runbook named `kv` by the templates of `key-vault`, "
        "told apart by `resource` and `zone`, with the level of detail `detailed`."
    ]
    assert said(describe_rule(rule(slxs=(), outputs=(OutputItem(path="x.yaml", template_name="y"),)))) == [
        "For each `lamp` found on GCP, RunWhen adds the file `x.yaml`."
    ]
    assert said(describe_rule(rule(slxs=(), resources=()))) == [
        "For each resource found on GCP, RunWhen adds what its templates say."
    ]
    two = rule(combined("not", A), slxs=(slx.model_copy(update={"qualifiers": ()}), Slx(base_name="b")))
    assert said(describe_rule(two)) == [
        "For each `lamp` found on GCP, RunWhen adds each of these:",
        "  an SLX and a runbook named `kv` by the templates of `key-vault`, with the level of detail `detailed`",
        "  what its templates say named `b`",
        "  if",
        "    `name` does not contain `redis`",
    ]


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ([("gcp", "a"), ("gcp", "b"), ("gcp", "c")], "For each `a`, `b` or `c` found on GCP,"),
        ([("gcp", "a"), ("aws", "b")], "For each `a` on GCP or `b` on AWS,"),
        ([("aws", "b")], "For each `b` found on AWS,"),
        ([("beacon", "b")], "For each `b` found on beacon,"),
    ],
)
def test_each_resource_is_looked_for_on_its_platform(resources: list[tuple[str, str]], words: str) -> None:
    types = tuple(ResourceType(platform=platform, resource_type=name) for platform, name in resources)
    assert said(describe_rule(rule(resources=types)))[0].startswith(words)


def test_page_and_twin_have_the_lists() -> None:
    match = combined("and", combined("or", A, B), combined("not", combined("and", A, B)))
    made = entry(Bundle(name="lamp", generation_rules=(rule(match),)))
    page = body(pages_of(made_up([made])), "codebundles/harbor/lamp/index.md")
    (section,) = page.xpath('//section[@aria-labelledby="discovery"]')
    (both,) = section.xpath("./ul/li/ul/li")
    assert both.text.strip() == "all of:"
    assert [item.text.strip() for item in both.xpath("./ul/li")] == ["any of:", "not all of:"]
    assert [" ".join(item.text_content().split()) for item in both.xpath("./ul/li[1]/ul/li")] == [
        "name contains redis", "name contains valkey",
    ]  # fmt: skip
    text = twin(record(made))
    assert "\n".join(
        [
            "- For each `lamp` found on GCP, RunWhen adds an SLX named `kv`, if",
            "  - all of:",
            "    - any of:",
            "      - `name` contains `redis`",
            "      - `name` contains `valkey`",
            "    - not all of:",
            "      - `name` contains `redis`",
            "      - `name` contains `valkey`",
        ]
    ) in text  # fmt: skip


@pytest.mark.parametrize(
    "odd", ["``", "`", "a`b``c", " x ", "</code><script>", "# no heading", "a\n# b", "[a](b) *c*", "|"]
)
def test_nothing_in_a_rule_is_markup(odd: str) -> None:
    named = Condition(type=odd, pattern=odd, properties=(odd,), resource_type=odd, platform=odd)
    types = (ResourceType(platform=odd, resource_type=odd), ResourceType(platform="gcp", resource_type=odd))
    slx = Slx(base_name=odd, base_template_name=odd, qualifiers=(odd,), output_items=(OutputItem(type=odd),))
    own = rule(named, platform=odd, resources=types, slxs=(slx,), outputs=(OutputItem(path=odd),))
    made = entry(Bundle(name="lamp", generation_rules=(own,)))
    text = twin(record(made))
    tokens = MarkdownIt("commonmark").parse(text[text.index("## Discovery") : text.index("## History")])
    kinds = {token.type for token in tokens} | {t.type for token in tokens for t in token.children or []}
    assert kinds <= {
        "heading_open", "heading_close", "inline", "text", "code_inline", "text_special", "paragraph_open",
        "paragraph_close", "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "softbreak",
    }  # fmt: skip
    assert sum(token.type == "heading_open" for token in tokens) == 1
    shown = [t.content for token in tokens for t in token.children or [] if t.type == "code_inline"]
    assert " ".join(odd.split()) in shown
    page = body(pages_of(made_up([made])), "codebundles/harbor/lamp/index.md")
    assert not page.xpath('//section[@aria-labelledby="discovery"]//script')


def test_the_templates_are_named_as_the_source_only_where_there_are_any() -> None:
    plain = Bundle(name="lamp", has_runbook=True, tools=(Tool(kind="runbook", name="Look", title="Look", line=3),))
    manifest = Manifest(template="a.yaml", kind="Runbook", text="kind: Runbook\n")
    lost = plain.model_copy(update={"templates": (Template(name="a.yaml"),)})
    for bundle, own, without in (
        (plain, False, "has no template for it"),
        (lost, False, "none of its templates can be read"),
        (lost.model_copy(update={"manifests": (manifest,)}), True, "by what its robot files declare"),
    ):
        page = body(pages_of(made_up([entry(bundle)])), "codebundles/harbor/lamp/index.md")
        words = page.xpath('//form//p[@class="by"]')[0].text_content()
        assert ("own templates write them" in words) is own
        assert (without in words) is not own
