"""Past runs, and how each collection fared in them, as frozen values."""

from typing import Literal, TypedDict

from build.model import Value

# What came of fetching a collection.
Outcome = Literal["fetched", "unchanged", "offline", "kept", "stale", "unavailable"]


class Asked(TypedDict, total=False):
    """What asking a model came to: `left` are the bundles that a budget or the provider left no room for, and `stopped`
    says why. `would_send` has about how many tokens a bundle is, by id, where nobody was asked.
    """

    calls: int
    answered: int
    failed: int
    left: int
    prompt_tokens: int
    completion_tokens: int
    stopped: str | None
    would_send: dict[str, int]


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
