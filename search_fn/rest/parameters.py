"""The parameters that several operations take, each with what it means and an example."""

import re
from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query
from pydantic import BeforeValidator

from search_fn.search import order
from search_fn.search.listing import Sort
from search_fn.search.ranking import MAX_LIMIT, MAX_QUERY, TYPES

_ANY = (
    "Upper and lower case are the same, and a common other name is understood (k8s, Google). Several, separated by "
    "commas or as repeated parameters, mean any of them."
)
_COLLECTION = "rw-cli-codecollection"
_WHOLE = re.compile(r"-?[0-9]{1,20}")


def _digits(value: object) -> object:
    # What Python takes for an integer besides, "0.0" and "1_0", is none to the description's readers.
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise ValueError("it is to be a whole number")
    return value


_whole = BeforeValidator(_digits)
_Values = Sequence[str]

Text = Annotated[
    str,
    Query(
        max_length=MAX_QUERY,
        description="A symptom, question, name or words; without any, all are listed.",
        examples=["pods keep restarting"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.", examples=[50]), _whole]
ResultLimit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most.", examples=[10]), _whole]
Offset = Annotated[
    int, Query(ge=0, le=1_000_000, description="How many to leave out at the beginning.", examples=[20]), _whole
]
Skip = Annotated[
    int | None,
    Query(ge=0, le=1_000_000, description="Another name of offset, which it precedes.", examples=[20]),
    _whole,
]
Platforms = Annotated[
    _Values,
    Query(description=f"Platforms; Kubernetes includes AKS, EKS, GKE and OpenShift. {_ANY}", examples=[["AWS"]]),
]
Tags = Annotated[_Values, Query(description=f"Support tags. {_ANY}", examples=[["POSTGRES"]])]
Collections = Annotated[_Values, Query(description=f"Slugs of CodeCollections. {_ANY}", examples=[[_COLLECTION]])]
CollectionsToo = Annotated[_Values, Query(description="Another name of collection.", examples=[[_COLLECTION]])]
RowId = Annotated[
    str, Query(max_length=200, description="Upstream's; it has no meaning here, which `notes` say.", examples=["7"])
]
Levels = Annotated[
    _Values, Query(description=f"Access levels: read-only, read-write, unknown. {_ANY}", examples=[["read-only"]])
]
Effects = Annotated[
    _Values, Query(description=f"What its code does: reads, changes, unclear. {_ANY}", examples=[["changes"]])
]
Needs = Annotated[
    _Values,
    Query(
        description="Permissions that its code needs, or whole words of them; a comma means any of them.",
        examples=[["pods/exec"]],
    ),
]
Since = Annotated[
    _Values,
    Query(
        description="What changed since a date, or after a release: 2026-08-01, a tag, or SLUG@TAG.",
        examples=[["2026-08-01"]],
    ),
]
Kinds = Annotated[
    _Values, Query(description=f"Kinds of tools that it has: runbook, monitor. {_ANY}", examples=[["runbook"]])
]
ResourceTypes = Annotated[
    _Values,
    Query(description=f"Types of resources that discovery configures it for. {_ANY}", examples=[["aws_rds_instances"]]),
]
Authors = Annotated[_Values, Query(description=f"Authors. {_ANY}", examples=[["runwhen"]])]
Maintainers = Annotated[
    _Values,
    Query(description=f"Who maintains its collection, as collections.yaml says. {_ANY}", examples=[["RunWhen"]]),
]
Tested = Annotated[
    _Values,
    Query(
        description=f"Whether it has tests: yes, no; ci: a workflow of its repository runs them. {_ANY}",
        examples=[["ci"]],
    ),
]
Types = Annotated[
    _Values,
    Query(description=f"What to find: {', '.join(TYPES)}; without any, CodeBundles.", examples=[["codebundle"]]),
]
Discovered = Annotated[bool | None, Query(description="Whether generation rules configure it.", examples=[True])]
SearchOrder = Annotated[
    order.Sort, Query(description="As ranked, the newest change first, or by name.", examples=["updated"])
]
Order = Annotated[
    Sort | None,
    Query(
        description="By name, the newest first, or those with most runbook tools first; else as ranked.",
        examples=["updated"],
    ),
]
Explain = Annotated[bool, Query(description="Whether each result says how it came by its place.", examples=[True])]

Slug = Annotated[str, Path(description="Slug of a CodeCollection.", examples=[_COLLECTION])]
# An example of one document: schemathesis stops at several, as config.yaml has.
FileName = Annotated[
    str,
    Path(
        description="Name of the file: config.yaml, kubernetes-role.yaml or aws-policy.json.",
        examples=["kubernetes-role.yaml"],
    ),
]
BundleName = Annotated[
    str,
    Path(
        description="Name of the CodeBundle's folder; with `-` for `_` it is found too.",
        examples=["k8s-namespace-healthcheck"],
    ),
]
