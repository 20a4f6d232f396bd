"""The domain as frozen values: collections, bundles, tools and what they declare, problems, libraries, pages."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Kind = Literal["runbook", "monitor"]
Severity = Literal["error", "warning", "note"]
Access = Literal["read-only", "read-write"]
Setting = Literal["Library", "Resource"]
AccessLevel = Literal["read-only", "read-write", "unknown"]
Effect = Literal["reads", "changes", "unclear"]
Withheld = Literal[
    "binary", "lfs-pointer", "link", "submodule", "file-too-large", "bundle-too-large", "odd-name", "not-read"
]
"""Why the text of a bundle's file is not published."""
JsonObject = dict[str, JsonValue]  # JSON that is handed on unread: a document as it was published.

# The folder of keyword libraries; robot files import them by their paths below it.
LIBRARIES = "libraries"
FILE_OF: dict[Kind, str] = {"runbook": "runbook.robot", "monitor": "sli.robot"}
# Endings of files that a robot file may run, and of those that it may import keywords from.
SCRIPTS = (".sh", ".bash", ".py", ".ps1", ".js", ".sql", ".jq")
RESOURCES = (".resource", ".robot")
# How the name of a README may end. GitHub shows one that it can render before one that it cannot.
README_ENDINGS = (".md", ".markdown", ".mdown", ".mkdn", ".rst", ".adoc", ".asciidoc", ".org", ".textile", ".rdoc",
                  ".creole", ".pod", ".txt", "")  # fmt: skip
API_ROOT = "api/v1"  # Where the static API lies below the site.
_TEST_FOLDERS = frozenset({"test", "tests", "__tests__"})
_TEST_FILE = re.compile(r"(?:test_[^/]*|[^/]*_test|conftest)\.py|[^/]*\.(?:test|spec)\.js")


def is_script(path: str) -> bool:
    """Return whether a bundle may run the file: not hidden, not one of its tests, with an ending of SCRIPTS."""
    *folders, name = path.split("/")
    hidden = any(part.startswith(".") for part in (*folders, name))
    tests = _TEST_FOLDERS.intersection(map(str.lower, folders)) or _TEST_FILE.fullmatch(name)
    return name.endswith(SCRIPTS) and not hidden and not tests


class Value(BaseModel):
    """A frozen value; an unknown field is an error, so that a stale cache file cannot pass for a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    _given: ClassVar[set[str]] = set()  # Nobody asks; names of given fields were half of a catalogue's memory.

    def model_post_init(self, _: object, /) -> None:
        object.__setattr__(self, "__pydantic_fields_set__", self._given)

    def model_copy(self, *, update: Mapping[str, object] | None = None, deep: bool = False) -> Self:
        copy = super().model_copy(update=update, deep=deep)
        copy.model_post_init(None)
        return copy


class Problem(Value):
    """An oddity found in a collection, reported to its author. Notes do not change the exit status."""

    collection: str
    bundle: str | None = None
    path: str | None = None
    line: int | None = None
    code: str
    severity: Severity
    message: str
    hint: str = ""


class Collection(Value):
    """One entry of collections.yaml: upstream's keys, and ours (`clone_url`, `maintained_by`)."""

    name: str
    slug: str
    git_url: str
    git_ref: str = "main"
    owner: str = ""
    owner_icon: str = ""
    owner_email: str = ""
    maintained_by: str | None = None
    description: str = ""
    visibility: Literal["public", "hidden"] = "public"
    image_source: str | None = None
    image_registry: str | None = None
    default_ref: str = "main"
    static_path: str | None = None
    clone_url: str | None = None


class SourceFile(Value):
    """One blob of a bundle's folder; `content` only for files that are read, None for the others.

    `size` is in bytes, None of a submodule; `withheld` says why its text is not published, None where it is.
    """

    path: str
    oid: str
    content: bytes | None = None
    size: int | None = None
    withheld: Withheld | None = None


class Change(Value):
    """A commit that touched a bundle; `subject` is one line for people, `sweep` that it touched many others too."""

    commit: str
    date: datetime
    subject: str
    sweep: bool


class History(Value):
    """The git history of one bundle's folder. `last_own_date` leaves out commits that touch many bundles; `authors` are
    names, those with most commits first; `changelog` has the latest commits, newest first.
    """

    first_commit: str
    first_date: datetime
    last_commit: str
    last_date: datetime
    last_own_date: datetime
    commits: int
    authors: tuple[str, ...] = ()
    changelog: tuple[Change, ...] = ()


class BundleSource(Value):
    """One folder under `codebundles/` as git has it. `tree` is the folder's object id, a key of its content; `left_out`
    are entries that nobody reads: links, submodules, and files that are refused.
    """

    name: str
    tree: str
    commit: str
    commit_date: datetime
    files: tuple[SourceFile, ...]
    left_out: tuple[SourceFile, ...] = ()
    history: History | None = None

    @property
    def folder(self) -> str:
        return f"codebundles/{self.name}"


class Tag(Value):
    """A tag of a repository, the commit that it names, and the date when it was made."""

    name: str
    commit: str
    date: datetime


class ExecutedCommand(Value):
    """A command that a tool executes, at its place in the repository. `condition` says on what it depends."""

    command: str
    effect: Effect
    path: str
    line: int
    condition: str | None = None


class Evidence(Value):
    """The command that a permission follows from."""

    path: str
    line: int
    command: str


class Permission(Value):
    """What the commands of a bundle need to be allowed to do on a platform, each permission and scope once."""

    platform: str
    permission: str
    scope: str | None = None
    operation: str | None = None
    evidence: tuple[Evidence, ...] = ()


class Tool(Value):
    """A task of `runbook.robot` (runbook) or `sli.robot` (monitor). `tags` include the forced ones; `effect` is what
    its code does, from all `commands` that it executes, the changing ones first.
    """

    kind: Kind
    name: str
    title: str
    documentation: str = ""
    tags: tuple[str, ...] = ()
    access: Access | None = None
    data: tuple[str, ...] = ()
    line: int
    variables: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    raises_issues: bool = False
    effect: Effect = "unclear"
    commands: tuple[ExecutedCommand, ...] = ()
    unclear_because: tuple[str, ...] = ()


class Variable(Value):
    """A user variable. `default` is as the suite gets it: None when there is none, "" for each spelling of empty. Where
    one of several is enough for the suite, `alternatives` are the others and none is required. `sensitive` is one whose
    name is a credential's, or whose default was masked.
    """

    name: str
    type: str | None = None
    description: str | None = None
    pattern: str | None = None
    example: str | None = None
    default: str | None = None
    enum: tuple[str, ...] = ()
    required: bool
    alternatives: tuple[str, ...] = ()
    used_by: tuple[Kind, ...]
    line: int
    sensitive: bool = False


class Secret(Value):
    """A secret; `required` and `alternatives` are as those of a variable."""

    name: str
    description: str | None = None
    required: bool = True
    alternatives: tuple[str, ...] = ()
    used_by: tuple[Kind, ...]


class PlatformVariable(Value):
    """A variable that the platform provides: a name is all there is to it."""

    name: str
    used_by: tuple[Kind, ...]


class Service(Value):
    """A service that the platform provides. What is said of it is for people: the suite does not read it."""

    name: str
    description: str | None = None
    default: str | None = None
    example: str | None = None
    used_by: tuple[Kind, ...]


class RunTimeName(Value):
    """A declaration whose name only a run makes, as it is written, and where it stands."""

    declares: Literal["variable", "secret", "service", "platform_variable"]
    name: str
    kind: Kind
    line: int


class _Condition(Value):
    """What a rule asks of a resource. `type` is the rule's own: pattern, exists, custom-variable."""

    type: str
    pattern: str | None = None
    properties: tuple[str, ...] = ()
    mode: str | None = None
    resource_type: str | None = None


class MatchPattern(_Condition):
    """A condition without its tree; `negated` is one below a `not`."""

    negated: bool = False


class Condition(_Condition):
    """A leaf of a rule's tree; `platform` is that of another resource that it asks about, where the rule names one."""

    op: Literal["leaf"] = "leaf"
    platform: str | None = None
    match_empty: bool = False


class Combination(Value):
    """A branch of a rule's tree: all of `matches` hold, any of them does, or the one of a `not` does not."""

    op: Literal["and", "or", "not"]
    matches: tuple["Match", ...] = ()


Match = Annotated[Condition | Combination, Field(discriminator="op")]


class ResourceType(Value):
    """A type of resources that a rule looks for, and on which platform."""

    platform: str
    resource_type: str


class RuleVariable(Value):
    """A variable that a rule hands to a template; what is no text stands as JSON."""

    name: str
    value: str


class OutputItem(Value):
    """What a rule makes. `type` is the rule's own: slx, sli, runbook, …; without one it is the file at `path`."""

    type: str | None = None
    path: str | None = None
    template_name: str | None = None
    template_variables: tuple[RuleVariable, ...] = ()
    level_of_detail: str | None = None


class Slx(Value):
    """An SLX that a rule makes for each resource, `qualifiers` telling one from another."""

    base_name: str | None = None
    shortened_base_name: str | None = None
    base_template_name: str | None = None
    qualifiers: tuple[str, ...] = ()
    level_of_detail: str | None = None
    output_items: tuple[OutputItem, ...] = ()


class GenerationRule(Value):
    """One rule by which RunWhen configures the bundle for the resources that it discovers.

    `match` is the tree of its conditions, None where any resource will do; `match_patterns` are its leaves. `outputs`
    are made once for each resource without an SLX. `base_names`, `qualifiers`, `level_of_detail` and `output_items`
    (their types) are those of all `slxs` and `outputs`.
    """

    path: str
    line: int = 1
    platform: str
    resource_types: tuple[str, ...] = ()
    resources: tuple[ResourceType, ...] = ()
    match: Match | None = None
    match_patterns: tuple[MatchPattern, ...] = ()
    base_names: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    level_of_detail: str | None = None
    output_items: tuple[str, ...] = ()
    slxs: tuple[Slx, ...] = ()
    outputs: tuple[OutputItem, ...] = ()


class Template(Value):
    """A template of configuration, by its own word: the kind of resource that it makes, the robot file that it runs."""

    name: str
    kind: str | None = None
    robot_file: str | None = None


class Manifest(Value):
    """A resource that a template writes: `text` is YAML with marks, `variant` says where this one applies."""

    template: str
    kind: str
    variant: str = ""
    notes: tuple[str, ...] = ()
    text: str


class LeftOut(Value):
    """What of the templates is in no manifest, and why."""

    template: str
    kind: str | None = None
    reason: str


class Skill(Value):
    """What SKILL-TEMPLATE.md claims."""

    description: str | None = None
    platforms: tuple[str, ...] = ()
    resource_types: tuple[str, ...] = ()
    access: Access | None = None


class Command(Value):
    """A command that meta.yaml explains."""

    name: str
    explanation: str | None = None


class Meta(Value):
    """What meta.yaml claims; `requires` are programs."""

    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()


class Deprecation(Value):
    """That a bundle should no longer be used: `since` a date or a release, `instead` of it the id of another bundle."""

    since: str | None = None
    instead: str | None = None
    reason: str | None = None
    source: Literal["override", "metadata", "readme"]


class RobotImport(Value):
    """A line of a robot file that imports keywords."""

    kind: Kind
    setting: Setting
    name: str
    alias: str | None = None


class RobotCall(Value):
    """The first call of a keyword in a robot file; `text` is the whole call on one line. The file calls it so many
    `times`, and `arguments` are the names of those that they give.
    """

    kind: Kind
    keyword: str
    text: str
    line: int
    times: int = 1
    arguments: tuple[str, ...] = ()


class Bundle(Value):
    """Everything that one folder says of itself.

    `code`, the text of its robot files, is searched and never shown; `skill_files`, texts by path that its author wrote
    for agents, are quoted in its skill. `access_level_source` is "verified" where the code of every tool decides the
    level, "declared" where tags of tools have to; `access_level_claimed` is what only SKILL-TEMPLATE.md says, which
    nothing bears out and which is never the level.
    """

    name: str
    display_name: str | None = None
    author: str | None = None
    doc: str | None = None
    readme: str | None = None
    readme_file: str | None = None
    code: str = ""
    support_tags: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    has_runbook: bool = False
    has_monitor: bool = False
    tools: tuple[Tool, ...] = ()
    user_variables: tuple[Variable, ...] = ()
    secrets: tuple[Secret, ...] = ()
    services: tuple[Service, ...] = ()
    platform_variables: tuple[PlatformVariable, ...] = ()
    declared_at_run_time: tuple[RunTimeName, ...] = ()
    sub_metrics: tuple[str, ...] = ()
    generation_rules: tuple[GenerationRule, ...] = ()
    templates: tuple[Template, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    scripts: tuple[str, ...] = ()
    skill: Skill | None = None
    skill_files: dict[str, str] = {}
    meta: Meta | None = None
    access_level: AccessLevel = "unknown"
    access_level_source: Literal["verified", "declared"] | None = None
    access_level_claimed: Access | None = None
    effect: Effect = "unclear"
    permissions: tuple[Permission, ...] = ()
    deprecated: Deprecation | None = None
    imports: tuple[RobotImport, ...] = ()
    calls: tuple[RobotCall, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        """Return the name for people: the declared display name, else the folder's name in title case."""
        return self.display_name or self.name.replace("-", " ").replace("_", " ").title()


class CatalogueEntry(Value):
    """A bundle in the catalogue, what it says and where it stands; `files` and `left_out` ones come without content."""

    collection: Collection
    commit: str
    commit_date: datetime
    stale: bool
    bundle: Bundle
    history: History | None
    files: tuple[SourceFile, ...] = ()
    left_out: tuple[SourceFile, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.collection.slug}/{self.bundle.name}"
