"""The domain as frozen values: collections, bundles, tools and what they declare, problems, libraries, pages."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Kind = Literal["runbook", "monitor"]
Severity = Literal["error", "warning", "note"]
Access = Literal["read-only", "read-write"]
Setting = Literal["Library", "Resource"]
AccessLevel = Literal["read-only", "read-write", "unknown"]
Effect = Literal["reads", "changes", "unclear"]

# The folder of keyword libraries, which robot files import as if they lay at its root.
LIBRARIES = "libraries"
FILE_OF: dict[Kind, str] = {"runbook": "runbook.robot", "monitor": "sli.robot"}
# What a robot file may run of the files beside it.
SCRIPTS = (".sh", ".bash", ".py", ".ps1", ".js", ".sql", ".jq")


API_ROOT = "api/v1"
"""Where the static API lies below the site."""


class Value(BaseModel):
    """A frozen value; an unknown field is an error, so that a stale cache file cannot pass for a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Value):
    """An oddity found in a collection, told to its author. Notes do not change the exit status."""

    collection: str
    bundle: str | None = None
    path: str | None = None
    line: int | None = None
    code: str
    severity: Severity
    message: str
    hint: str = ""


class Collection(Value):
    """One entry of collections.yaml: upstream's keys, and ours (`clone_url`)."""

    name: str
    slug: str
    git_url: str
    git_ref: str = "main"
    owner: str = ""
    owner_icon: str = ""
    owner_email: str = ""
    description: str = ""
    visibility: Literal["public", "hidden"] = "public"
    image_source: str | None = None
    image_registry: str | None = None
    default_ref: str = "main"
    static_path: str | None = None
    clone_url: str | None = None


class SourceFile(Value):
    """One blob of a bundle's folder; `content` only for files that are read, None for the others."""

    path: str
    oid: str
    content: bytes | None = None


class Change(Value):
    """A commit that touched a bundle; `subject` is one line for people, `sweep` that it touched many others too."""

    commit: str
    date: datetime
    subject: str
    sweep: bool


class History(Value):
    """What git says of one bundle's folder. `last_own_date` leaves out commits that touch many bundles; `authors` are
    names, those with most commits first; `changelog` is the latest commits, newest first.
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
    """One folder under `codebundles/` as git has it. `tree` is the folder's object id, a key of its content."""

    name: str
    tree: str
    commit: str
    commit_date: datetime
    files: tuple[SourceFile, ...]
    history: History | None = None

    @property
    def folder(self) -> str:
        return f"codebundles/{self.name}"


class Release(Value):
    """A tag of a repository, and the commit that it names."""

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
    """A user variable. `default` is raw: None when there is none, "" for each spelling of empty."""

    name: str
    type: str | None = None
    description: str | None = None
    pattern: str | None = None
    example: str | None = None
    default: str | None = None
    enum: tuple[str, ...] = ()
    required: bool
    used_by: tuple[Kind, ...]
    line: int
    sensitive: bool = False


class Secret(Value):
    name: str
    description: str | None = None
    required: bool = True
    used_by: tuple[Kind, ...]


class Service(Value):
    """A service or a platform variable that the platform provides: a name is all there is to it."""

    name: str
    used_by: tuple[Kind, ...]


class MatchPattern(Value):
    """A leaf of a rule's match tree. `type` is the rule's own: pattern, exists, …; `negated` below a `not`."""

    type: str
    pattern: str | None = None
    properties: tuple[str, ...] = ()
    mode: str | None = None
    resource_type: str | None = None
    negated: bool = False


class GenerationRule(Value):
    """One rule by which RunWhen configures the bundle for the resources that it discovers."""

    path: str
    platform: str
    resource_types: tuple[str, ...] = ()
    match_patterns: tuple[MatchPattern, ...] = ()
    base_names: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    level_of_detail: str | None = None
    output_items: tuple[str, ...] = ()


class Template(Value):
    """A template of configuration, by its own word: the kind of resource that it makes, the robot file that it runs."""

    name: str
    kind: str | None = None
    robot_file: str | None = None


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


class RobotImport(Value):
    """A line of a robot file that imports keywords."""

    kind: Kind
    setting: Setting
    name: str
    alias: str | None = None


class RobotCall(Value):
    """The first call of a keyword in a robot file; `text` is the whole call on one line."""

    kind: Kind
    keyword: str
    text: str
    line: int


class Bundle(Value):
    """Everything that one folder says of itself. `code`, the text of its robot files, is searched and never shown.

    `access_level` is "declared" by tags of tools; `access_level_claimed` is what only SKILL-TEMPLATE.md says instead,
    which nothing bears out and which is never the level.
    """

    name: str
    display_name: str | None = None
    author: str | None = None
    doc: str | None = None
    readme: str | None = None
    code: str = ""
    support_tags: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    has_runbook: bool = False
    has_monitor: bool = False
    tools: tuple[Tool, ...] = ()
    user_variables: tuple[Variable, ...] = ()
    secrets: tuple[Secret, ...] = ()
    services: tuple[Service, ...] = ()
    platform_variables: tuple[Service, ...] = ()
    sub_metrics: tuple[str, ...] = ()
    generation_rules: tuple[GenerationRule, ...] = ()
    templates: tuple[Template, ...] = ()
    scripts: tuple[str, ...] = ()
    skill: Skill | None = None
    meta: Meta | None = None
    access_level: AccessLevel = "unknown"
    access_level_source: Literal["declared"] | None = None
    access_level_claimed: Access | None = None
    effect: Effect = "unclear"
    permissions: tuple[Permission, ...] = ()
    imports: tuple[RobotImport, ...] = ()
    calls: tuple[RobotCall, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        """The name for people: the declared one, else the folder's in title case."""
        return self.display_name or self.name.replace("-", " ").replace("_", " ").title()


class CatalogueEntry(Value):
    """A bundle in the catalogue: what it says, where it stands, and its neighbours. `files` come without content."""

    collection: Collection
    commit: str
    commit_date: datetime
    stale: bool
    bundle: Bundle
    history: History | None
    related: tuple[str, ...] = ()
    files: tuple[SourceFile, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.collection.slug}/{self.bundle.name}"


class Example(Value):
    """A call of a keyword in a bundle, on one line. `bundle` is the bundle's id."""

    bundle: str
    path: str
    line: int
    source_url: str
    call: str


class Keyword(Value):
    """A keyword of a library. `used_by` counts the catalogue's bundles that call it."""

    name: str
    arguments: tuple[str, ...] = ()
    documentation: str = ""
    path: str
    line: int
    used_by: int = 0
    examples: tuple[Example, ...] = ()


class Library(Value):
    """Keywords that robot files import together, by `setting` and `import_name`; `name` is that as an address has it.
    `used_by` counts the catalogue's bundles that import it.
    """

    collection: str
    name: str
    setting: Setting
    import_name: str
    path: str
    line: int | None = None
    documentation: str = ""
    scope: str | None = None
    keywords: tuple[Keyword, ...]
    used_by: int = 0

    @property
    def id(self) -> str:
        return f"{self.collection}/{self.name}"


class Libraries(Value):
    """The libraries of one collection, sorted by name, and what is wrong with their files."""

    libraries: tuple[Library, ...] = ()
    problems: tuple[Problem, ...] = ()


class Section(Value):
    """A part of a documentation page; `anchor` is its place there."""

    heading: str = ""
    anchor: str = ""
    text: str


class DocumentationPage(Value):
    """A page of sources.yaml, or a question with its answer, which has no `url`. `stale`: it could not be read now."""

    category: str
    slug: str
    name: str
    url: str | None
    description: str
    topics: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    stale: bool = False

    @property
    def id(self) -> str:
        return f"{self.category}/{self.slug}"


class CollectionRun(Value):
    """How a collection fared: `failures` counts the runs in a row that could not bring it up to date."""

    outcome: str
    bundles: int
    tools: int
    problems: int
    failures: int


class Run(Value):
    """One run: when it ended (UTC), its exit status, wall seconds by phase, and each collection."""

    ended: str
    status: int
    build_id: str | None
    published: bool
    seconds: dict[str, float]
    collections: dict[str, CollectionRun]
