"""What is published of bundles and keyword libraries, as frozen values: upstream's fields with their meaning, and ours.

JSON is made of them where they leave the build (static files, rows of the index), in the order of their fields. Dates
are text as JSON has it: `2026-05-09T09:13:04Z`.
"""

from typing import Literal, Self

from pydantic import Field

from build.catalogue.files import Role
from build.keyword_libraries import Keyword
from build.model import (
    Access,
    AccessLevel,
    Deprecation,
    Effect,
    ExecutedCommand,
    GenerationRule,
    Kind,
    Meta,
    Permission,
    PlatformVariable,
    RunTimeName,
    Secret,
    Service,
    Setting,
    Severity,
    Skill,
    Template,
    Value,
    Variable,
    Withheld,
)

AccessSource = Literal["verified", "declared", "override"]


class CommandRecord(ExecutedCommand):
    """A command with the address of its line."""

    source_url: str


class ToolRecord(Value):
    """A tool with the address of its line; see build.model.Tool. `access` is its level, by its code and by
    `access_declared`, which is what its tags say; `since` is the first tag that has it.
    """

    kind: Kind
    name: str
    title: str
    documentation: str
    tags: tuple[str, ...]
    access: AccessLevel
    access_declared: Access | None
    effect: Effect
    unclear_because: tuple[str, ...]
    commands: tuple[CommandRecord, ...]
    data: tuple[str, ...]
    line: int
    variables: tuple[str, ...]
    scripts: tuple[str, ...]
    raises_issues: bool
    since: str | None
    source_url: str


class VariableRecord(Variable):
    """A user variable, with the first tag that has it."""

    since: str | None


class FileRecord(Value):
    """A file of a bundle's folder, its `path` from there, its `size` in bytes, None of a submodule. The index has its
    text where it is `stored`; else `reason` says why not.
    """

    path: str
    role: Role
    size: int | None
    stored: bool
    reason: Withheld | None
    source_url: str


class CiTestRecord(Value):
    """A line of a workflow that runs tests, as it stands there."""

    path: str
    line: int
    text: str
    source_url: str


class BundleTests(Value):
    """Whether a bundle's folder has tests, and whether a workflow of its repository runs them, with the lines that do.
    What runs elsewhere, or in a script that a workflow calls, cannot be seen.
    """

    present: bool
    in_ci: bool
    evidence: tuple[CiTestRecord, ...]

    @property
    def values(self) -> list[str]:
        """Return the values of the facet `tests`: ["no"], ["yes"] or ["yes", "ci"]."""
        return ["yes", *(["ci"] if self.in_ci else [])] if self.present else ["no"]


class DataClassification(Value):
    """A kind of data, and how many tools of a bundle read it."""

    label: str
    count: int


class MatchRecord(Value):
    """A leaf of a rule's match tree in upstream's form."""

    type: str
    pattern: str | None
    properties: tuple[str, ...]
    mode: str | None
    negated: bool


class ConfigurationType(Value):
    """How a bundle is set up: by its generation rules, or by hand."""

    type: Literal["Automatically Discovered", "Manual"]
    has_generation_rules: bool
    platform: str | None
    resource_types: tuple[str, ...]
    match_patterns: tuple[MatchRecord, ...]
    templates: tuple[str, ...]
    output_items: tuple[str, ...]
    level_of_detail: str | None
    runwhen_directory_path: str | None


class HistoryRecord(Value):
    """What git says of a bundle's folder; see build.model.History."""

    first_commit: str
    first_date: str
    last_commit: str
    last_date: str
    last_own_date: str
    commits: int
    authors: tuple[str, ...]


class ChangeRecord(Value):
    """A commit that touched a bundle; see build.model.Change."""

    commit: str
    date: str
    subject: str
    sweep: bool


class CollectionRef(Value):
    """The collection of a bundle, and its commit that is shown."""

    name: str
    slug: str
    git_url: str
    git_ref: str
    maintained_by: str | None
    commit: str
    commit_date: str
    stale: bool


class BundleProblem(Value):
    """A problem of one bundle; see build.model.Problem."""

    path: str | None
    line: int | None
    code: str
    severity: Severity
    message: str
    hint: str


class AiPermission(Value):
    """A permission that a model read out of the files, with its `evidence`, or that people listed, without."""

    platform: str | None
    requirement: str
    evidence: str | None


class AiTool(Value):
    """What a model says of one tool."""

    purpose: str
    function: str
    requirements: tuple[str, ...]


class AiText(Value):
    """What a model wrote, or people in its place: then `model` and `date` are None. `tools` are by their names."""

    model: str | None
    date: str | None
    description: str
    use_cases: tuple[str, ...]
    questions: tuple[str, ...]
    symptoms: tuple[str, ...]
    aliases: tuple[str, ...]
    alerts: tuple[str, ...]
    errors: tuple[str, ...]
    access_level: AccessLevel
    access_reason: str
    iam_requirements: tuple[AiPermission, ...]
    tools: dict[str, AiTool]
    limitations: str


class CodeBundleRecord(Value):
    """Everything about one bundle, in the order in which it is read. `url` is its page; `overridden` names the fields
    that people wrote; `related` are ids, `since` is the first tag that has the bundle, and `release` the newest one at
    which it is as it is shown here.
    """

    id: str
    name: str
    slug: str
    display_name: str | None
    title: str
    url: str
    since: str | None
    description: str
    doc: str | None
    author: str | None
    deprecated: Deprecation | None
    access_level: AccessLevel
    access_level_source: AccessSource | None
    access_level_claimed: Access | None
    effect: Effect
    permissions: tuple[Permission, ...]
    platform: str | None
    platforms: tuple[str, ...]
    support_tags: tuple[str, ...]
    tasks: tuple[str, ...]
    slis: tuple[str, ...]
    task_count: int
    sli_count: int
    tools: tuple[ToolRecord, ...]
    user_variables: tuple[VariableRecord, ...]
    secrets: tuple[Secret, ...]
    services: tuple[Service, ...]
    platform_variables: tuple[PlatformVariable, ...]
    declared_at_run_time: tuple[RunTimeName, ...]
    sub_metrics: tuple[str, ...]
    data_classifications: dict[str, DataClassification]
    minimum_iam_requirements: tuple[str, ...] = ()
    ai_enhanced_description: str | None = None
    ai: AiText | None = None
    overridden: tuple[str, ...] = ()
    configuration_type: ConfigurationType
    generation_rules: tuple[GenerationRule, ...]
    templates: tuple[Template, ...]
    scripts: tuple[str, ...]
    files: tuple[FileRecord, ...] = ()
    file_count: int = 0
    tests: BundleTests
    skill_template: Skill | None
    meta: Meta | None
    related: tuple[str, ...] = ()
    release: str | None = None
    runbook_path: str | None
    sli_path: str | None
    runbook_source_url: str
    git_updated_at: str | None
    history: HistoryRecord | None
    changelog: tuple[ChangeRecord, ...]
    codecollection: CollectionRef
    problems: tuple[BundleProblem, ...]
    readme: str | None
    # A file beside the record, with marks for the page's form; the record's JSON does not have it.
    configuration: str = Field(default="", exclude=True)


class Summary(Value):
    """What lists and filters need of a record; the client of upstream's list endpoint reads no other field."""

    id: str
    name: str
    slug: str
    display_name: str | None
    title: str
    url: str
    description: str
    author: str | None
    deprecated: Deprecation | None
    support_tags: tuple[str, ...]
    tasks: tuple[str, ...]
    slis: tuple[str, ...]
    task_count: int
    sli_count: int
    runbook_source_url: str
    git_updated_at: str | None
    ai_enhanced_description: str | None
    access_level: AccessLevel
    access_level_source: AccessSource | None
    access_level_claimed: Access | None
    effect: Effect
    minimum_iam_requirements: tuple[str, ...]
    data_classifications: dict[str, DataClassification]
    platform: str | None
    platforms: tuple[str, ...]
    configuration_type: ConfigurationType
    tests: BundleTests
    codecollection: CollectionRef

    @classmethod
    def of(cls, record: CodeBundleRecord) -> Self:
        """Return the summary of a record, whose fields have the same names."""
        return cls.model_construct(**{name: getattr(record, name) for name in cls.model_fields})


class CardTool(Value):
    """A tool as a search result names it."""

    kind: Literal["runbook", "monitor"]
    name: str
    title: str
    line: int


class Card(Value):
    """A record as a search result shows it; the search adds score and the tools that matched."""

    type: Literal["codebundle"] = "codebundle"
    id: str
    collection: str
    slug: str
    display_name: str
    description: str
    url: str
    deprecated: Deprecation | None
    platforms: tuple[str, ...]
    access_level: AccessLevel
    access_level_source: AccessSource | None
    access_level_claimed: Access | None
    effect: Effect
    maintained_by: str | None
    has_tests: bool
    updated: str | None
    commit: str
    stale: bool
    tools: tuple[CardTool, ...]

    @classmethod
    def of(cls, record: CodeBundleRecord) -> Self:
        """Return the card of a record."""
        return cls(
            id=record.id,
            collection=record.codecollection.slug,
            slug=record.slug,
            display_name=record.title,
            description=record.description,
            url=record.url,
            deprecated=record.deprecated,
            platforms=record.platforms,
            access_level=record.access_level,
            access_level_source=record.access_level_source,
            access_level_claimed=record.access_level_claimed,
            effect=record.effect,
            maintained_by=record.codecollection.maintained_by,
            has_tests=record.tests.present,
            updated=record.git_updated_at,
            commit=record.codecollection.commit,
            stale=record.codecollection.stale,
            tools=tuple(
                CardTool(kind=tool.kind, name=tool.name, title=tool.title, line=tool.line) for tool in record.tools
            ),
        )


class KeywordRecord(Keyword):
    """A keyword with the address of its line."""

    source_url: str


class LibraryRecord(Value):
    """Everything about one keyword library; see build.keyword_libraries.Library."""

    id: str
    collection: str
    name: str
    setting: Setting
    import_name: str
    path: str
    line: int | None
    documentation: str
    scope: str | None
    keywords: tuple[KeywordRecord, ...]
    used_by: int
    source_url: str
    keyword_count: int
