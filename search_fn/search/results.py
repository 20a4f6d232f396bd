"""The shapes of a search's answer, the same for page, REST, MCP and command line."""

from typing import Literal

from pydantic import BaseModel
from typing_extensions import TypedDict  # pydantic takes that of Python from 3.12 on

Match = Literal["strong", "partial", "weak"]


class MatchedTool(BaseModel):
    """A tool of a result that matched: its `name` as its file has it, its `title` for people, and the `line`
    where it stands.
    """

    kind: Literal["runbook", "monitor"]
    name: str
    title: str
    line: int


class Why(BaseModel):
    """How a result came by its place: `because` in words, the best reason first ("alert: KubePodCrashLooping"), and in
    scores, which are 0..1 within this search, None where that half did not find it.
    """

    because: list[str] = []
    tier: Literal["exact", "hybrid", "lexical", "listed"]
    lexical: float | None = None
    dense: float | None = None


class Deprecation(BaseModel):
    """That a bundle should no longer be used: `since` a date or a release, `instead` the id of another, `reason` in the
    words of its author or of this registry's maintainers, and where it is said.
    """

    since: str | None
    instead: str | None
    reason: str | None
    source: Literal["override", "metadata", "readme"]


class Result(BaseModel):
    """One result. `score` is 0..1, `match` says how well that fits, null where nothing was asked; `stale` where the
    collection could not be brought up to date since `commit`. `access_level_source` is "verified" where the code of
    every tool decides the level, "declared" where tags have to; `access_level_claimed` is what only a file beside the
    code says, which is not its level. `effect` is what the code does, null of what is no bundle, like `updated`, the
    date of its last change, and `has_tests`; `maintained_by` says who maintains its collection.
    """

    type: Literal["codebundle", "documentation", "library"]
    id: str
    collection: str
    slug: str
    display_name: str
    description: str
    url: str
    deprecated: Deprecation | None = None
    score: float
    match: Match | None = None
    platforms: list[str]
    access_level: Literal["read-only", "read-write", "unknown"]
    access_level_source: Literal["verified", "declared", "override"] | None
    access_level_claimed: Literal["read-only", "read-write"] | None
    effect: Literal["reads", "changes", "unclear"] | None
    maintained_by: str | None = None
    has_tests: bool | None = None
    updated: str | None
    commit: str
    stale: bool
    tools: list[MatchedTool]
    why: Why | None = None


class FacetValue(TypedDict):
    """A value of a facet and how many bundles of the whole answer have it."""

    # No model: an answer has a hundred of these, and to make so many objects takes half of its check.

    value: str
    count: int


class SearchAnswer(BaseModel):
    """`total` counts all that matched, on every page, `likely` those of them whose match is not weak. `confident` is
    false where nothing answers the question; `degraded` where half of the engine was missing. `notes` say what of the
    request nothing here has, and what is near.
    """

    query: str
    total: int
    likely: int
    confident: bool
    degraded: bool
    engine: Literal["hybrid", "lexical", "listed"]
    build_id: str
    facets: dict[str, list[FacetValue]]
    results: list[Result]
    notes: list[str] = []
