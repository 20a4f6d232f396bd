"""What the tools take and give: JSON Schemas of it are what agents and programs are told."""

from collections.abc import Mapping
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field

from search_fn.index.schema import CollectionFacts
from search_fn.search.ranking import MAX_LIMIT, MAX_QUERY
from search_fn.search.results import SearchAnswer

Query = Annotated[str, Field(min_length=1, max_length=MAX_QUERY)]
Name = Annotated[str, Field(max_length=200)]
Most = Annotated[int, Field(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str, Field(max_length=200, description="`next_cursor` of the page before.")]
Platform = Annotated[
    str,
    Field(max_length=200, description="Kubernetes, AWS, Azure, GCP, Linux, Database, …; a comma means any of them."),
]
Collection = Annotated[str, Field(max_length=200, description="Slug of a CodeCollection.")]
Access = Annotated[str, Field(max_length=200, description="read-only, read-write or unknown.")]
Effect = Annotated[str, Field(max_length=200, description="Of the code: reads, changes or unclear.")]
Needs = Annotated[str, Field(max_length=200, description="A permission: pods/exec.")]
Detail = Annotated[
    Literal["brief", "standard", "full"], Field(description="How much of each; full has all, in a longer answer.")
]
Format = Annotated[
    Literal["markdown", "json", "summary"], Field(description="Of the text; structured content is always there.")
]


# Built when first used: most starts of the function never are.
class Arguments(BaseModel, extra="forbid", defer_build=True):
    """None, and the base of all."""


class Page(Arguments):
    max_results: Most = 10
    cursor: Cursor = ""


class Find(Page):
    query: Query = Field(description="A symptom, question, name or words.")
    tags: list[Name] = Field([], max_length=50, description="Support tags; any of them.")
    platform: Platform = ""
    collection: Collection = ""
    access: Access = ""
    effect: Effect = ""
    needs: Needs = ""
    detail: Detail = "standard"


class ListCodebundles(Page):
    format: Format = "markdown"
    collection_slug: Collection = ""
    access: Access = ""
    effect: Effect = ""
    max_results: Most = 25


class GetCodebundleDetails(Arguments):
    slug: str = Field(min_length=1, max_length=500, description="The CodeBundle's slug, or its id: collection/slug.")
    collection_slug: Collection = ""
    detail: Detail = "standard"


class GetCodebundleFile(Arguments):
    slug: str = Field(min_length=1, max_length=500, description="The CodeBundle's slug, or its id: collection/slug.")
    collection_slug: Collection = ""
    path: str = Field(
        "", max_length=1_000, description="Of a file: runbook.robot. Without path and tool all are listed."
    )
    tool: str = Field("", max_length=1_000, description="Name or title of a tool: its lines and its scripts instead.")
    from_line: int | None = Field(None, ge=1, description="First line of the file at path.")
    to_line: int | None = Field(None, ge=1, description="Last line.")
    cursor: Cursor = ""


class FindCodecollection(Page):
    query: Query = Field(description="A name, or what its CodeBundles should be about.")
    max_results: Most = 5


class ListCodecollections(Page):
    format: Format = "markdown"
    max_results: Most = 50


class KeywordUsageHelp(Page):
    query: Query = Field(description="A Robot Framework keyword, or what it should do.")
    category: Literal["cli", "kubernetes", "aws", "azure", "gcp", "prometheus", "database", "all"] = "all"


class FindLibraryInfo(Page):
    query: Query = Field(description="A keyword library, or what it should do.")
    category: Literal["cli", "python", "shell", "all"] = "all"


class FindDocumentation(Page):
    query: Query = Field(description="What the documentation should be about.")
    category: Literal["codebundle_development", "libraries", "platform", "faq", "all"] = "all"


class GetDevelopmentRequirements(Page):
    feature: Query = Field(description="What a CodeBundle should use, such as secrets or generation rules.")


class RequestCodebundle(Arguments):
    platform: str = Field(min_length=1, max_length=200, description="What it should run against.")
    tasks: list[Query] = Field(min_length=1, max_length=50, description="What it should do, one task each.")
    original_query: str = Field("", max_length=MAX_QUERY, description="The question that found nothing.")
    context: str = Field("", max_length=10_000, description="Anything else; it becomes public, so no secrets.")
    contact_ok: bool = Field(False, description="Whether maintainers may ask the author back.")
    submit: bool = Field(
        False, description="Make the issue public now, if this registry may; only where a person wants it."
    )


class CheckExistingRequests(Arguments):
    search_term: Query


class CollectionFound(CollectionFacts):
    """A CodeCollection; `matching` counts its CodeBundles that match, null where nothing was asked."""

    matching: int | None


class FileFound(BaseModel, defer_build=True):
    """A file, and the lines of it that are shown; `reason` is why it is not stored."""

    path: str
    role: str
    size: int | None
    reason: str | None
    source_url: str
    tool: str | None
    lines: int | None
    from_line: int | None
    to_line: int | None
    text: str | None


class PageFound(BaseModel, defer_build=True):
    """What of a result says something of a page: it has no access, and no tools."""

    type: Literal["documentation", "library"]
    id: str
    collection: str
    display_name: str
    description: str
    url: str
    score: float
    stale: bool


# The fields of answers and their types, beside those that each has.
FOUND = {name: field.annotation for name, field in SearchAnswer.model_fields.items()} | {"next_cursor": str | None}
PAGES_FOUND = FOUND | {"results": list[PageFound]}
DETAILS = {"codebundle": dict}
FILES = {
    "id": str, "commit": str, "stale": bool, "total": int, "files": list[FileFound], "next_cursor": str | None
}  # fmt: skip
COLLECTIONS = {"total": int, "collections": list[CollectionFound], "next_cursor": str | None}
REQUEST = {"url": str, "title": str, "submitted": bool, "similar": list[str], "requests": list[dict[str, Any]]}
REQUESTS = {"search_term": str, "known": bool, "requests": list[dict[str, Any]], "url": str}

_JSON = {str: "string", int: "integer", float: "number", bool: "boolean"}


def argument_schema(arguments: type[Arguments]) -> dict[str, Any]:
    """Its JSON Schema, without titles, which say each name again, and without defaults that mean none."""
    made = arguments.model_json_schema()
    for one in (made, *made["properties"].values()):
        one.pop("title", None)
        if not one.get("default", True):
            del one["default"]
    return made


def answer_schema(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of an answer with these fields. Twelve of them are read at once, as tokens: of the entries of a
    list they have the fields alone, and of what lies deeper only that it is an object.
    """
    fields = {"build_id": str, "notes": list[str], "notice": str, **fields}
    return {**_object(fields, 1), "required": list(fields)}


def _object(fields: Mapping[str, Any], depth: int) -> dict[str, Any]:
    return {"type": "object", "properties": {name: _schema(kind, depth) for name, kind in fields.items()}}


def _schema(kind: Any, depth: int) -> dict[str, Any]:
    of = get_args(kind)
    if NoneType in of:
        one = _schema(of[0], depth)
        # Which values there are says the description of the interface: these are read as tokens.
        if "enum" in one:
            return {"type": ["string", "null"]}
        return {**one, "type": [one["type"], "null"]}
    if get_origin(kind) is Literal:
        return {"enum": list(of)}
    if get_origin(kind) is list:
        return {"type": "array", "items": _schema(of[0], depth)}
    if depth and isinstance(kind, type) and issubclass(kind, BaseModel):
        return _object({name: field.annotation for name, field in kind.model_fields.items()}, depth - 1)
    return {"type": _JSON.get(kind, "object")}
