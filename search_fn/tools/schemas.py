"""The arguments and answers of the tools, and the JSON Schemas of them that agents and programs get."""

from collections.abc import Mapping
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, Field

from search_fn.search.order import Sort
from search_fn.search.ranking import MAX_LIMIT, MAX_QUERY
from search_fn.search.results import SearchAnswer

MAX_LISTED = 500
"""Rows of a list at most, which are shorter than a search's."""


def _join(value: object) -> object:
    """Return several values as one text: models send a list as often."""
    return ",".join(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else value


def _as_list(value: object) -> object:
    """Return one text as a list."""
    return [value] if isinstance(value, str) else value


Query = Annotated[str, Field(min_length=1, max_length=MAX_QUERY)]
Name = Annotated[str, Field(max_length=200)]
Values = Annotated[str, Field(max_length=2_000), BeforeValidator(_join)]
Tags = Annotated[
    list[Name], Field(max_length=50, description="Support tags, any of them: ['POSTGRES']."), BeforeValidator(_as_list)
]
Most = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="Results at most: 20.")]
Cursor = Annotated[str, Field(max_length=200, description="`next_cursor` of the last page, as is.")]
Platform = Annotated[Values, Field(description="Any of Kubernetes, AWS, Azure, GCP, Linux, Database, …: AWS,GCP.")]
Collection = Annotated[Values, Field(description="Slug of a CodeCollection: rw-cli-codecollection.")]
Access = Annotated[Values, Field(description="read-only, read-write or unknown.")]
Effect = Annotated[Values, Field(description="What its code does: reads, changes or unclear.")]
Kind = Annotated[Values, Field(description="runbook (on demand) or monitor (on a schedule).")]
Needs = Annotated[Values, Field(description="A permission its code needs: pods/exec.")]
Since = Annotated[Values, Field(description="Changed since a date (2026-08-01) or a release's tag.")]
ResourceType = Annotated[Values, Field(description="Discovered for a resource type: aws_rds_instances.")]
Author = Annotated[Values, Field(description="A name, as `values: author` lists them.")]
MaintainedBy = Annotated[Values, Field(description="Who maintains its collection: RunWhen.")]
Tests = Annotated[Values, Field(description="Has tests: yes, no, or ci (workflows run them).")]
Order = Annotated[Sort, Field(description="updated: newest change first.")]
Detail = Annotated[Literal["brief", "standard", "full"], Field(description="How much of each.")]
Format = Annotated[Literal["markdown", "json", "summary"], Field(description="summary has ids and little else.")]
FilterName = Literal[
    "platform", "tag", "resource_type", "collection", "author", "access", "effect", "kind", "maintained_by", "tests"
]


# Pydantic builds the models when they are first used: most starts of the function never need them.
class Arguments(BaseModel, extra="forbid", defer_build=True):
    """The base of all arguments: those of a tool that takes none."""


class Page(Arguments):
    max_results: Most = 10
    cursor: Cursor = ""


class Filtered(Page):
    """Arguments by which CodeBundles are filtered."""

    tags: Tags = []
    platform: Platform = ""
    collection: Collection = ""
    access: Access = ""
    effect: Effect = ""
    kind: Kind = ""
    resource_type: ResourceType = ""
    author: Author = ""
    maintained_by: MaintainedBy = ""
    tests: Tests = ""
    needs: Needs = ""
    since: Since = ""
    sort: Order = "relevance"


class Find(Filtered):
    query: str = Field(
        "", max_length=MAX_QUERY, description="A symptom, question or name: pods keep restarting. Without it, filters."
    )
    detail: Detail = "standard"


class SearchCodebundles(Page):
    query: str = Field("", max_length=MAX_QUERY, description="What it should be about: disk usage.")
    tags: Tags = []
    platform: Platform = ""
    collection: Collection = ""
    access: Access = ""
    sort: Order = "relevance"
    detail: Detail = "standard"


class ListCodebundles(Filtered):
    values: FilterName | None = Field(
        None, description="List the values that there are of this filter, with counts, and no CodeBundles: tag."
    )
    format: Format = "markdown"
    max_results: Annotated[int, Field(ge=1, le=MAX_LISTED, description="Rows at most; 500 with summary.")] = 25


class GetCodebundleDetails(Arguments):
    slug: str = Field(
        min_length=1,
        max_length=500,
        description="Its id or slug: rw-cli-codecollection/k8s-podresources-health.",
    )
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
    query: Query = Field(description="A name, or what its CodeBundles should be about: azure.")
    max_results: Most = 5


class ListCodecollections(Page):
    format: Format = "markdown"
    max_results: Most = 50


class KeywordUsageHelp(Page):
    query: Query = Field(description="A keyword or what it should do: RW.Core.Add Issue, run a shell command.")
    category: Literal["cli", "kubernetes", "aws", "azure", "gcp", "prometheus", "database", "all"] = Field(
        "all", description="What it should be for: kubernetes."
    )


class FindLibraryInfo(Page):
    query: str = Field(
        "",
        max_length=MAX_QUERY,
        description="A library's name, whose keywords it then lists: RW.CLI. Or what it should do; none lists all.",
    )
    category: Literal["cli", "python", "shell", "all"] = Field("all", description="What it should be for: cli.")


class FindDocumentation(Page):
    query: Query = Field(description="What it should be about: how are secrets imported.")
    category: Literal["codebundle_development", "libraries", "platform", "faq", "all"] = Field(
        "all", description="A part of the documentation: faq."
    )


class GetDevelopmentRequirements(Page):
    feature: Query = Field(description="What a CodeBundle should use: generation rules.")
    max_results: Most = 3


class RequestCodebundle(Arguments):
    platform: str = Field(min_length=1, max_length=200, description="What it should run against: RabbitMQ.")
    tasks: list[Query] = Field(
        min_length=1, max_length=50, description="What it should do, one task each: ['Check queue depth']."
    )
    original_query: str = Field("", max_length=MAX_QUERY, description="The question that found nothing.")
    context: str = Field("", max_length=10_000, description="Anything else; it becomes public, so no secrets.")
    contact_ok: bool = Field(False, description="Whether maintainers may ask the author back.")
    submit: bool = Field(
        False, description="Make the issue public now, if this registry may; only where a person wants it."
    )


class CheckExistingRequests(Arguments):
    search_term: Query = Field(description="What it should be about: rabbitmq.")


class Search(Arguments):
    query: Query = Field(description="A question, symptom or name: pods keep restarting.")


class Fetch(Arguments):
    id: str = Field(
        min_length=1, max_length=500, description="An id of search; behind a page's, #section has that alone."
    )


class PageResult(BaseModel, defer_build=True):
    """A page among results: the fields of a result but those of access and tools, which pages have not."""

    type: Literal["documentation", "library"]
    id: str
    collection: str
    display_name: str
    description: str
    url: str
    score: float
    commit: str
    stale: bool


# The fields of answers and their types, beside those that all answers have.
RESULTS = {
    # `likely` is for the search page, which folds less likely results.
    **{name: field.annotation for name, field in SearchAnswer.model_fields.items() if name != "likely"},
    "sort": str,
    "next_cursor": str | None,
}
# Models read these schemas as tokens: rows that another tool describes are only said to be objects.
_ROWS: dict[str, Any] = {"results": list[dict[str, Any]]}
SEARCH_RESULTS = RESULTS | _ROWS
BUNDLE_LIST = SEARCH_RESULTS | {"values_of": str | None, "values": list[dict[str, Any]]}
KEYWORD_RESULTS = RESULTS | {"results": list[PageResult]}
DOCUMENTATION_RESULTS = RESULTS | _ROWS
LIBRARIES: dict[str, Any] = {
    "query": str, "total": int, "confident": bool, "library": dict | None, "results": list[dict[str, Any]],
    "keywords": list[dict[str, Any]], "next_cursor": str | None,
}  # fmt: skip
HITS: dict[str, Any] = {"results": list[dict[str, Any]], "confident": bool}
DOCUMENT = {"id": str, "title": str, "text": str, "url": str | None, "metadata": dict}
DETAILS = {"codebundle": dict}
FILES = {
    "id": str, "commit": str, "stale": bool, "total": int, "files": list[dict[str, Any]], "next_cursor": str | None
}  # fmt: skip
COLLECTIONS = {"total": int, "confident": bool, "collections": list[dict[str, Any]], "next_cursor": str | None}
REQUEST = {"url": str, "title": str, "submitted": bool, "similar": list[str], "requests": list[dict[str, Any]]}
REQUESTS = {"search_term": str, "known": bool, "requests": list[dict[str, Any]], "url": str}

_JSON = {str: "string", int: "integer", float: "number", bool: "boolean"}


# What a schema says that no caller needs: titles, which repeat the names, and limits longer than anybody writes.
# `additionalProperties` is a boolean schema, which some clients cannot read.
_LEFT_OUT = ("title", "additionalProperties", "maxLength", "maxItems")


def in_order(arguments: type[Arguments]) -> list[str]:
    """Return the names of arguments in the order of schemas and messages: required ones first, those of paging last."""
    fields = arguments.model_fields
    query = ("query", "values")
    return sorted(
        fields, key=lambda name: (not fields[name].is_required(), name in Page.model_fields, name not in query)
    )


def argument_schema(arguments: type[Arguments]) -> dict[str, Any]:
    """Return the JSON Schema of arguments, without empty defaults. Unknown arguments are refused, though it does not
    say so.
    """
    schema = arguments.model_json_schema()
    properties = {name: _argument(schema["properties"][name]) for name in in_order(arguments)}
    required = {"required": schema["required"]} if "required" in schema else {}
    return {"type": "object", "properties": properties, **required}


def _argument(schema: dict[str, Any]) -> dict[str, Any]:
    reduced = {name: value for name, value in schema.items() if name not in _LEFT_OUT}
    if not reduced.get("default", True):
        del reduced["default"]
    # Null counts as left out wherever it comes.
    for one in reduced.pop("anyOf", ()):
        reduced |= one if one != {"type": "null"} else {}
    if "items" in reduced:
        reduced["items"] = _argument(reduced["items"])
    return reduced


def answer_schema(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of an answer with these fields. Models read the schemas of all tools as tokens, so entries
    of a list are described by their fields alone, and what lies deeper as an object.
    """
    fields = {"build_id": str, "notes": list[str], "notice": str, **fields}
    return {**_object(fields, 1), "required": list(fields)}


def _object(fields: Mapping[str, Any], depth: int) -> dict[str, Any]:
    return {"type": "object", "properties": {name: _schema(kind, depth) for name, kind in fields.items()}}


def _schema(kind: Any, depth: int) -> dict[str, Any]:
    of = get_args(kind)
    if NoneType in of:
        one = _schema(of[0], depth)
        # The interface's description lists the values, and these schemas are read as tokens. `anyOf` and not a list of
        # types, which some clients cannot read.
        return {"anyOf": [{"type": one["type"]}, {"type": "null"}]}
    if get_origin(kind) is Literal:
        return {"type": "string", "enum": list(of)}
    if get_origin(kind) is list:
        return {"type": "array", "items": _schema(of[0], depth)}
    if depth and isinstance(kind, type) and issubclass(kind, BaseModel):
        return _object({name: field.annotation for name, field in kind.model_fields.items()}, depth - 1)
    return {"type": _JSON.get(kind, "object")}
