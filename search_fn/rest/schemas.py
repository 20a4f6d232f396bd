"""What bundles and tools look like, whose stored JSON the function passes on unread: for the OpenAPI description alone,
and for whoever checks it. Field names are upstream's where it has them.
"""

from typing import Literal

from search_fn.rest.rule_schemas import ConfigurationType, GenerationRule, Meta, SkillTemplate, Template
from search_fn.rest.stored import Claim, Effect, InParts, Kind, Level, Severity, Source, Stored, Withheld
from search_fn.search.results import Deprecation


class ExecutedCommand(Stored):
    """A command that a tool executes, by its code."""

    command: str
    effect: Effect
    path: str
    line: int
    condition: str | None
    """What it depends on, such as a variable with its default."""
    source_url: str
    """Its line at the commit."""


class Evidence(Stored):
    """The command that a permission follows from."""

    path: str
    line: int
    command: str


class Permission(Stored):
    """What the commands of a CodeBundle need to be allowed to do."""

    platform: str
    permission: str
    scope: str | None
    operation: str | None
    """read, write or action, where a table of the platform's has it."""
    evidence: list[Evidence]


class Tool(Stored):
    """A task of the runbook, which runs on demand, or of the monitor, which runs on a schedule."""

    kind: Kind
    name: str
    """As the robot file has it, with its `${VARIABLES}`."""
    title: str
    """For people."""
    documentation: str
    tags: list[str]
    """Its own and those of the whole file."""
    access: Level
    """By its code, and where that is unclear by its tags."""
    access_declared: Claim | None
    """What its tags say of it, null where they say nothing."""
    data: list[str]
    """Kinds of data that it reads, by its tags."""
    line: int
    variables: list[str]
    """Names of the user variables that it uses."""
    scripts: list[str]
    """Files of the CodeBundle that it runs."""
    raises_issues: bool
    since: str | None
    """The first tag that has it; null where none has."""
    effect: Effect
    """What its code does, from all commands that it executes."""
    commands: list[ExecutedCommand]
    """The changing ones first."""
    unclear_because: list[str]
    """Why it cannot be told, in sentences."""
    source_url: str
    """Its line at the commit."""


class UserVariable(Stored):
    """A value that somebody configures."""

    name: str
    type: str | None
    description: str | None
    pattern: str | None
    """A regular expression, as the robot file has it."""
    example: str | None
    default: str | None
    """Null where there is none; "" where it is empty."""
    enum: list[str]
    required: bool
    alternatives: list[str]
    """Names of other variables and secrets that do as well."""
    used_by: list[Kind]
    line: int
    since: str | None
    """The first tag that has it; null where none has."""
    sensitive: bool
    """Whether its name is that of a credential: what it has for a value is then shown as ***."""


class Secret(Stored):
    """A credential that the platform hands over."""

    name: str
    description: str | None
    required: bool
    alternatives: list[str]
    """Names of other variables and secrets that do as well."""
    used_by: list[Kind]


class PlatformVariable(Stored):
    """A variable that the platform provides."""

    name: str
    used_by: list[Kind]


class Service(PlatformVariable):
    """A service that the platform provides. What is said of it is for people."""

    description: str | None
    default: str | None
    example: str | None


class RunTimeName(Stored):
    """A declaration whose name only a run makes, as it is written."""

    declares: Literal["variable", "secret", "service", "platform_variable"]
    name: str
    kind: Kind
    line: int


class DataClass(Stored):
    """A kind of data, and how many tools read it."""

    label: str
    count: int


class Need(Stored):
    """A permission that a model says it needs, and the line or command that says so; of a person's word neither."""

    platform: str | None
    requirement: str
    evidence: str | None


class AiTool(Stored):
    """What a model wrote of a tool."""

    purpose: str
    function: str
    requirements: list[str]


class AiText(Stored):
    """What a model wrote of a CodeBundle, or a person in its place; `model` and `date` are null of a person's."""

    model: str | None
    date: str | None
    description: str
    use_cases: list[str]
    questions: list[str]
    symptoms: list[str]
    aliases: list[str]
    alerts: list[str]
    """Names, as monitoring systems fire them."""
    errors: list[str]
    """Texts, as they are pasted."""
    access_level: Level
    """A guess, which decides nothing."""
    access_reason: str
    iam_requirements: list[Need]
    tools: dict[str, AiTool]
    """By the tool's name as the robot file has it."""
    limitations: str


class Change(Stored):
    """A commit that touched it; `sweep` where the commit touched many others too."""

    commit: str
    date: str
    subject: str
    sweep: bool


class BundleFile(Stored):
    """A file of its folder."""

    path: str
    """From the CodeBundle's folder."""
    role: Literal["robot", "script", "resource", "template", "rules", "readme", "skill", "meta", "other", "test"]
    """What it is for."""
    size: int | None
    """In bytes, as it is in the repository; null of a submodule."""
    stored: bool
    """Whether get_codebundle_file reads it."""
    reason: Withheld | None
    """Why it is not stored, null where it is."""
    source_url: str


class History(Stored):
    """What git says of its folder."""

    first_commit: str
    first_date: str
    last_commit: str
    last_date: str
    last_own_date: str
    """Of the last commit that did not touch many CodeBundles at once."""
    commits: int
    authors: list[str]


class CollectionOfBundle(Stored):
    """The CodeCollection that it is of, at the commit that was read."""

    name: str
    slug: str
    git_url: str
    git_ref: str
    maintained_by: str | None
    """As the registry's list of collections says."""
    commit: str
    commit_date: str
    stale: bool
    """Whether the collection could not be brought up to date."""


class BundleProblem(Stored):
    """An oddity of the CodeBundle's files, told to its author."""

    path: str | None
    line: int | None
    code: str
    severity: Severity
    message: str
    hint: str


class CollectionProblem(BundleProblem):
    """An oddity of a collection's files, told to its author."""

    collection: str
    bundle: str | None


class CiTest(Stored):
    """A line of a workflow that runs tests, as it stands there."""

    path: str
    line: int
    text: str
    source_url: str


class BundleTests(Stored):
    """Whether a CodeBundle's folder has tests, and whether a workflow of its repository runs them."""

    present: bool
    in_ci: bool
    evidence: list[CiTest]
    """The lines that run them."""


class CodeBundleSummary(Stored):
    """What lists and filters need of a CodeBundle."""

    id: str
    """`collection/bundle`."""
    name: str
    """The folder's name."""
    slug: str
    """The same."""
    display_name: str | None
    """Null where the files declare none; `title` always has a name for people."""
    title: str
    url: str
    description: str
    author: str | None
    deprecated: Deprecation | None
    """Whether it should no longer be used, and what instead."""
    support_tags: list[str]
    tasks: list[str]
    """Names of the runbook's tools."""
    slis: list[str]
    """Names of the monitor's tools."""
    task_count: int
    sli_count: int
    runbook_source_url: str
    git_updated_at: str | None
    ai_enhanced_description: str | None
    access_level: Level
    access_level_source: Source | None
    """Verified where the code of every tool decides the level, declared where tags have to; null of an unknown one."""
    access_level_claimed: Claim | None
    """What only a file beside the code says, which is not its level: nothing bears it out."""
    effect: Effect
    """What the code of its tools does."""
    minimum_iam_requirements: list[str]
    data_classifications: dict[str, DataClass]
    platform: str | None
    """The main one."""
    platforms: list[str]
    configuration_type: ConfigurationType
    tests: BundleTests
    codecollection: CollectionOfBundle


class CodeBundleRecord(CodeBundleSummary):
    """Everything about a CodeBundle."""

    since: str | None
    """The first tag that has a CodeBundle of this name; null where none has."""
    doc: str | None
    """The documentation of the robot files."""
    permissions: list[Permission]
    """What its code needs to be allowed to do."""
    tools: list[Tool]
    user_variables: list[UserVariable]
    secrets: list[Secret]
    services: list[Service]
    platform_variables: list[PlatformVariable]
    declared_at_run_time: list[RunTimeName]
    sub_metrics: list[str]
    ai: AiText | None
    overridden: list[str]
    """Names of the fields that a maintainer of this registry decided."""
    generation_rules: list[GenerationRule]
    templates: list[Template]
    scripts: list[str]
    files: list[BundleFile]
    """By path: the 500 that matter most, where there are more."""
    file_count: int
    """How many its folder has."""
    skill_template: SkillTemplate | None
    meta: Meta | None
    release: str | None
    """The newest tag at which it is as it is shown here; null where it has changed since, or there is none."""
    related: list[str]
    """Ids of the CodeBundles that are most like it."""
    runbook_path: str | None
    sli_path: str | None
    history: History | None
    changelog: list[Change]
    """The latest commits, newest first."""
    problems: list[BundleProblem]
    readme: str | None
    """Markdown."""


class Pagination(Stored):
    """The page of a list."""

    limit: int
    offset: int
    has_more: bool


class CodeBundles(InParts):
    """All CodeBundles, as the file has them."""

    codebundles: list[CodeBundleSummary]
    total_count: int


class CodeBundleList(CodeBundles):
    """A page of CodeBundles. `confident` is false where nothing answers the question; `notes` say what of the request
    nothing here has.
    """

    pagination: Pagination
    confident: bool
    notes: list[str]


class Task(Stored):
    """A tool as a row of its own, in upstream's shape."""

    id: str
    name: str
    type: Literal["TaskSet", "SLI"]
    codebundle_id: str
    codebundle_name: str
    codebundle_slug: str
    collection_name: str
    collection_slug: str
    description: str
    support_tags: list[str]
    author: str | None
    runbook_path: str | None
    runbook_source_url: str
    git_url: str
    git_ref: str


class Tasks(InParts):
    """All tools, as the file has them; `support_tags` are those of all CodeBundles, in the first of several parts."""

    tasks: list[Task]
    total_count: int
    codebundles_count: int
    support_tags: list[str]


class TaskList(Tasks):
    """A page of tools. `confident` is false where nothing answers the question; `notes` say what of the request nothing
    here has.
    """

    pagination: Pagination
    confident: bool
    notes: list[str]
