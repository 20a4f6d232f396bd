"""The schemas and addresses of the index's documents, each of which the function serves unchanged.

With the schemas of bundles and tools they are all JSON that the function passes on unread. A new document has a model
and a line of DOCUMENTS here.
"""

from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from search_fn.index.checked import Checked
from search_fn.index.facts import CollectionFacts, Counts
from search_fn.rest.described import Document
from search_fn.rest.image_schemas import CatalogEntry, CatalogEntryDetail, ImageRef, ResolvedImage
from search_fn.rest.release_schemas import (
    ChangeList,
    CollectionWithVersions,
    MovedTo,
    Release,
    ReleaseList,
    RemovedList,
    Version,
    VersionSummary,
)
from search_fn.rest.schemas import CodeBundleList, CodeBundleRecord, CollectionProblem, TaskList
from search_fn.rest.stored import InParts, Stored


class CollectionStatistics(Stored):
    """How much is in a CodeCollection."""

    codebundle_count: int
    total_tasks: int


class CodeCollection(CollectionFacts):
    """A CodeCollection as it was built."""

    last_synced: str | None
    """The date of its commit."""
    is_active: bool
    statistics: CollectionStatistics


class Alert(Stored):
    """An alert by its name, and the ids of the CodeBundles that fit it, those that only look first."""

    name: str
    codebundles: list[str]


class AlertList(InParts):
    """All alerts whose names are pages."""

    alerts: list[Alert]


class Tag(Stored):
    """A tag of a CodeCollection's repository."""

    name: str
    commit: str
    date: str
    url: str


class CodeCollectionWithReleases(CodeCollection):
    """A CodeCollection, with the tags of its repository, newest first."""

    releases: list[Tag]


class Stats(Stored):
    """Totals; `tasks` counts the tools of both kinds."""

    collections: int
    codebundles: int
    tasks: int
    slis: int


class RecentCodeBundle(Stored):
    """A CodeBundle that changed lately."""

    name: str
    slug: str
    display_name: str
    description: str
    collection_name: str
    collection_slug: str
    platform: str
    task_count: int
    git_updated_at: str
    updated_at: str


class RecentTask(Stored):
    """A tool of a CodeBundle that changed lately."""

    task_name: str
    codebundle_name: str
    codebundle_slug: str
    collection_name: str
    collection_slug: str
    git_updated_at: str


class TagIcons(Stored):
    """Upstream's, and empty: no picture of another host is linked."""

    icons: dict[str, str]


class CallExample(Stored):
    """A call of a keyword in a CodeBundle, on one line."""

    bundle: str
    path: str
    line: int
    source_url: str
    call: str


class Keyword(Stored):
    """A keyword of a library; `used_by` counts the CodeBundles that call it."""

    name: str
    arguments: list[str]
    documentation: str
    tags: list[str]
    path: str
    line: int
    used_by: int
    examples: list[CallExample]
    source_url: str


class LibrarySummary(Stored):
    """Keywords that robot files import together; `used_by` counts the CodeBundles that do."""

    id: str
    collection: str
    name: str
    setting: Literal["Library", "Resource"]
    import_name: str
    path: str
    line: int | None
    documentation: str
    scope: str | None
    used_by: int
    source_url: str
    keyword_count: int


class Library(LibrarySummary, InParts):
    """A keyword library with its keywords."""

    keywords: list[Keyword]


class LibraryList(InParts):
    """All keyword libraries."""

    libraries: list[LibrarySummary]
    total_count: int


class CalledKeyword(Stored):
    """A keyword that only calls show: the names of arguments that they give, how many there are, in how many
    CodeBundles. `documentation` is this registry's own, of RunWhen's keywords.
    """

    name: str
    documentation: str
    arguments: list[str]
    calls: int
    used_by: int
    examples: list[CallExample]


class CalledLibrary(Stored):
    """A keyword library that CodeBundles import and no CodeCollection here defines."""

    id: str
    import_name: str
    keywords: list[CalledKeyword]
    used_by: int


class CalledLibraryList(InParts):
    """All of them, with what calls show of their keywords."""

    libraries: list[CalledLibrary]
    total_count: int


class DocumentationPage(Stored):
    """A page on writing and running CodeBundles, or a question with its answer, which has no address."""

    category: str
    slug: str
    name: str
    url: str | None
    description: str
    topics: list[str]
    stale: bool


class DocumentationList(InParts):
    """All pages of documentation that are searched."""

    documentation: list[DocumentationPage]
    total_count: int


class BuildFacts(Stored):
    """What this build holds."""

    build_id: str
    updated: str | None
    """The newest commit's date."""
    counts: Counts
    collections: list[CollectionFacts]


class CollectionRun(Stored):
    """How a collection fared in a run; `failures` are the runs in a row that could not bring it up to date."""

    outcome: str
    bundles: int
    tools: int
    problems: int
    failures: int


class Run(Stored):
    """A run of the build: when it ended, how, and the seconds of each phase."""

    ended: str
    status: int
    build_id: str | None
    published: bool
    seconds: dict[str, float]
    collections: dict[str, CollectionRun]


class Report(InParts):
    """Every problem of this build, how many there are of each severity and code, and the runs before."""

    build_id: str
    updated: str | None
    severities: dict[str, int]
    codes: dict[str, int]
    collections: list[CollectionFacts]
    problems: list[CollectionProblem]
    runs: list[Run]


class OpenRequest(Stored):
    """A request for a CodeBundle that is missing: an open issue."""

    number: int
    title: str
    url: str
    created_at: str


class RequestList(InParts):
    """The open requests for CodeBundles."""

    repository: str
    requests: list[OpenRequest]


class QuestionGroup(Stored):
    """Questions about one subject."""

    category: str
    icon: str
    queries: list[str]


class ChatExamples(Stored):
    """Questions that the catalogue answers."""

    examples: list[QuestionGroup]


ANSWERS: tuple[type[BaseModel], ...] = (
    CodeBundleList,
    CodeBundleRecord,
    TaskList,
    CodeCollection,
    CodeCollectionWithReleases,
    Stats,
    RecentCodeBundle,
    RecentTask,
    TagIcons,
    LibraryList,
    CalledLibraryList,
    Library,
    DocumentationList,
    BuildFacts,
    Checked,
    Report,
    RequestList,
    ChatExamples,
    CatalogEntry,
    CatalogEntryDetail,
    ImageRef,
    ResolvedImage,
    ReleaseList,
    Release,
    ChangeList,
    RemovedList,
    VersionSummary,
    Version,
    CollectionWithVersions,
    MovedTo,
    AlertList,
)
"""Those that whole answers are of."""

_LISTS: dict[str, type[BaseModel]] = {
    "CatalogEntries": CatalogEntry,
    "CodeCollections": CodeCollection,
    "ImageRefs": ImageRef,
    "RecentCodeBundles": RecentCodeBundle,
    "RecentTasks": RecentTask,
    "Versions": VersionSummary,
    "CollectionsWithVersions": CollectionWithVersions,
}
_PLAIN: dict[str, Any] = {
    "AwsPolicy": {
        "type": "object",
        "description": "A policy of AWS IAM.",
        "required": ["Version", "Statement"],
        "properties": {
            "Version": {"type": "string", "description": "Of the policy language."},
            "Statement": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "Sid": {"type": "string"},
                        "Effect": {"type": "string"},
                        "Action": {"type": "array", "items": {"type": "string"}},
                        "Resource": {"type": "string"},
                    },
                },
            },
        },
    },
    "MovedIds": {
        "type": "object",
        "description": "What became of the ids that no CodeBundle has any more, by id.",
        "additionalProperties": {"$ref": "#/components/schemas/MovedTo"},
    },
    "SupportTags": {
        "type": "array",
        "items": {"type": "string"},
        "description": "The support tags of all CodeBundles.",
    },
    "OpenApi": {"type": "object", "description": "This description.", "properties": {"openapi": {"type": "string"}}},
}

_V1 = "/api/v1"
DOCUMENTS: tuple[Document, ...] = (
    Document(f"{_V1}/index", "get_index", "catalogue", "This build", "BuildFacts",
             "Build id, counts, and each CodeCollection with its commit and state."),
    Document(f"{_V1}/checked", "get_checked", "catalogue", "The last check", "Checked",
             "When a build last looked at the CodeCollections, also where nothing changed; of an index in a folder."),
    Document(f"{_V1}/report", "get_report", "catalogue", "Problems and runs", "Report",
             "Every problem of this build, and the runs before it."),
    Document(f"{_V1}/documentation", "list_documentation", "catalogue", "List documentation", "DocumentationList",
             "The pages of documentation that are searched."),
    Document(f"{_V1}/libraries", "list_libraries", "catalogue", "List keyword libraries", "LibraryList",
             "The keyword libraries of all CodeCollections, without their keywords."),
    Document(f"{_V1}/called-libraries", "list_called_libraries", "catalogue", "List libraries that are only called",
             "CalledLibraryList", "Keyword libraries that CodeBundles call and no CodeCollection here defines."),
    Document(f"{_V1}/libraries/{{collection}}/{{library}}", "get_library", "catalogue", "Get a keyword library",
             "Library", "Its keywords, their arguments, and calls of them."),
    Document(f"{_V1}/collections/{{slug}}/releases", "list_releases", "catalogue", "List releases", "ReleaseList",
             "Every tag that the catalogued ref contains, and what is not released yet."),
    Document(f"{_V1}/collections/{{slug}}/releases/{{tag}}", "get_release", "catalogue", "Get a release", "Release",
             "What a tag changed, fact by fact, what breaks first."),
    Document(f"{_V1}/changes", "list_changes", "catalogue", "List changes", "ChangeList",
             "The latest changes over all CodeCollections."),
    Document(f"{_V1}/alerts", "list_alerts", "catalogue", "List alerts", "AlertList",
             "Names of alerts, and the ids of the CodeBundles that a model says fit each, those that only look first."),
    Document(f"{_V1}/moved", "list_moved", "catalogue", "List ids that are gone", "MovedIds",
             "Where the ids of renamed and removed CodeBundles lead."),
    Document(f"{_V1}/removed", "list_removed", "catalogue", "List removed CodeBundles", "RemovedList",
             "What was removed, as it was last, with the CodeBundles that are most like it."),
    Document(f"{_V1}/requests", "list_requests", "catalogue", "List requests", "RequestList",
             "Open requests for CodeBundles, where the build has read the issue tracker."),
    Document(f"{_V1}/openapi", "get_openapi", "catalogue", "This description", "OpenApi", "As the build has it."),
    Document(f"{_V1}/registry/collections", "list_collections", "registry", "List CodeCollections", "CodeCollections",
             "All CodeCollections."),
    Document(f"{_V1}/registry/collections/{{slug}}", "get_collection", "registry", "Get a CodeCollection",
             "CodeCollectionWithReleases", "One CodeCollection, with the tags of its repository."),
    Document(f"{_V1}/registry/collections-with-versions", "list_collections_with_versions", "registry",
             "List CodeCollections with versions", "CollectionsWithVersions", "Each with its newest versions."),
    Document(f"{_V1}/registry/collections/{{slug}}/versions", "list_versions", "registry", "List versions", "Versions",
             "The tags of a CodeCollection, newest first, then the ref that is catalogued."),
    Document(f"{_V1}/registry/collections/{{slug}}/versions/{{tag}}", "get_version", "registry", "Get a version",
             "Version", "A tag, or the catalogued ref, with its CodeBundles."),
    Document(f"{_V1}/registry/collections/{{slug}}/latest-version", "get_latest_version", "registry",
             "Get the latest version", "VersionSummary", "The newest tag that is no preview, else the catalogued ref."),
    Document(f"{_V1}/registry/stats", "get_stats", "registry", "Totals", "Stats", "How many there are of what."),
    Document(f"{_V1}/registry/recent-codebundles", "list_recent_codebundles", "registry", "List changed CodeBundles",
             "RecentCodeBundles", "Those that changed last, the newest first."),
    Document(f"{_V1}/registry/recent-tasks", "list_recent_tasks", "registry", "List changed tools", "RecentTasks",
             "Tools of the CodeBundles that changed last."),
    Document(f"{_V1}/registry/support-tags", "list_support_tags", "registry", "List support tags", "SupportTags",
             "All of them, by the alphabet."),
    Document(f"{_V1}/registry/tag-icons", "list_tag_icons", "registry", "List icons", "TagIcons",
             "Empty: upstream's pictures are of other hosts."),
)  # fmt: skip
"""What the index has at paths of its own."""

PARAMETERS: dict[str, Any] = {
    name: {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }
    for name, description, example in (
        ("collection", "Slug of a CodeCollection.", "rw-cli-codecollection"),
        ("library", "Name of a keyword library, as the list has it.", "RW.K8sApplications"),
        ("slug", "Slug of a CodeCollection.", "rw-cli-codecollection"),
        ("tag", "A git tag.", "2026-08-17.1"),
    )
}
"""Of the paths of documents."""


def definitions(place: str = "#/components/schemas/") -> dict[str, Any]:
    """Return the JSON Schema of every answer and its parts by name; they refer to each other at `place`."""
    _, result = models_json_schema([(model, "serialization") for model in ANSWERS], ref_template=f"{place}{{model}}")
    made: dict[str, Any] = result["$defs"]
    for name, of in _LISTS.items():
        made[name] = {"type": "array", "items": {"$ref": f"{place}{of.__name__}"}, "description": f"{of.__doc__}"}
    return {**made, **_PLAIN}
