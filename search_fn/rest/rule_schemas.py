"""What a CodeBundle's files beside its code look like: generation rules, templates, and what SKILL-TEMPLATE.md and
meta.yaml claim. The rest of it is in search_fn.rest.schemas.
"""

from typing import Literal

from search_fn.rest.stored import Claim, Stored


class MatchPattern(Stored):
    """A condition of a generation rule."""

    type: str
    pattern: str | None
    properties: list[str]
    mode: str | None
    negated: bool


class RuleMatch(MatchPattern):
    """A condition of a generation rule, with the type of resource that it is about."""

    resource_type: str | None


class Condition(Stored):
    """A leaf of a rule's tree: what it asks of a resource."""

    op: Literal["leaf"]
    type: str
    """The rule's own word: pattern, exists or custom-variable."""
    pattern: str | None
    """A regular expression."""
    properties: list[str]
    """Any of these has to match it."""
    mode: str | None
    resource_type: str | None
    """That of another resource that it asks about, or `variables`."""
    platform: str | None
    match_empty: bool


class Combination(Stored):
    """A branch of a rule's tree: all of these hold, any of them does, or the one of a `not` does not."""

    op: Literal["and", "or", "not"]
    matches: list["Condition | Combination"]


class ResourceType(Stored):
    """A type of resources that a rule looks for, and on which platform."""

    platform: str
    resource_type: str


class RuleVariable(Stored):
    """A variable that a rule hands to a template; what is no text stands as JSON."""

    name: str
    value: str


class OutputItem(Stored):
    """What a rule makes; without a type it is the file at `path`."""

    type: str | None
    path: str | None
    template_name: str | None
    template_variables: list[RuleVariable]
    level_of_detail: str | None


class Slx(Stored):
    """An SLX that a rule makes for each resource, `qualifiers` telling one from another."""

    base_name: str | None
    shortened_base_name: str | None
    base_template_name: str | None
    qualifiers: list[str]
    level_of_detail: str | None
    output_items: list[OutputItem]


class GenerationRule(Stored):
    """A rule by which RunWhen configures the CodeBundle for what it discovers."""

    path: str
    line: int
    platform: str
    resource_types: list[str]
    resources: list[ResourceType]
    match: Condition | Combination | None
    """The tree of its conditions, null where any resource will do."""
    match_patterns: list[RuleMatch]
    """The leaves of the tree."""
    base_names: list[str]
    qualifiers: list[str]
    level_of_detail: str | None
    output_items: list[str]
    slxs: list[Slx]
    outputs: list[OutputItem]
    """What it makes for each resource without an SLX."""


class ConfigurationType(Stored):
    """How it comes to be configured; all rules together, in upstream's shape."""

    type: Literal["Automatically Discovered", "Manual"]
    has_generation_rules: bool
    platform: str | None
    resource_types: list[str]
    match_patterns: list[MatchPattern]
    templates: list[str]
    output_items: list[str]
    level_of_detail: str | None
    runwhen_directory_path: str | None


class Template(Stored):
    """A template of configuration: what it makes, and which robot file that runs."""

    name: str
    kind: str | None
    robot_file: str | None


class SkillTemplate(Stored):
    """What SKILL-TEMPLATE.md claims."""

    description: str | None
    platforms: list[str]
    resource_types: list[str]
    access: Claim | None


class MetaCommand(Stored):
    """A command that meta.yaml explains."""

    name: str
    explanation: str | None


class Meta(Stored):
    """What meta.yaml claims."""

    title: str | None
    description: str | None
    tags: list[str]
    requires: list[str]
    commands: list[MetaCommand]
