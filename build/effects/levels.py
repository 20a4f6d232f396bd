"""The level of access of a tool and of a bundle: what its code does; where that cannot be told, what its tags say."""

from collections.abc import Iterable, Sequence
from typing import Literal

from build.model import Access, AccessLevel, Effect, Tool

Source = Literal["verified", "declared"]
_GRAVITY: tuple[Effect, ...] = ("changes", "unclear", "reads")


def level_of(effect: Effect, declared: Access | None) -> AccessLevel:
    """Return a tool's level: read-write always wins, then the effect of the code; a tag decides where that is
    unclear.
    """
    if effect == "changes" or declared == "read-write":
        return "read-write"
    return "read-only" if effect == "reads" or declared == "read-only" else "unknown"


def access_of(tools: Sequence[Tool]) -> tuple[AccessLevel, Source | None]:
    """Return a bundle's level and its source.

    The source is "verified" if every tool's effect was decided, "declared" if a tag makes the level of some tool. It is
    None with an unknown level, or where one tool changes things and neither code nor tag decides another one.
    """
    levels = [level_of(tool.effect, tool.access) for tool in tools]
    level: AccessLevel = "unknown"
    if "read-write" in levels:
        level = "read-write"
    elif levels and all(one == "read-only" for one in levels):
        level = "read-only"
    if level == "unknown":
        return "unknown", None
    # A tag that is graver than the code is what a read-write level rests on, unless some tool really changes things.
    tagged = level == "read-write" and all(tool.effect != "changes" for tool in tools)
    if all(tool.effect != "unclear" for tool in tools) and not tagged:
        return level, "verified"
    by_tag = any(level_of(tool.effect, None) != own for tool, own in zip(tools, levels, strict=True))
    return level, "declared" if by_tag else None


def effect_of(effects: Iterable[Effect]) -> Effect:
    """Return a bundle's effect: the gravest of its tools', unclear without any."""
    result = set(effects)
    return next((effect for effect in _GRAVITY if effect in result), "unclear")


def contradiction(effect: Effect, declared: Access | None) -> str | None:
    """Return how the code contradicts what is declared, as the end of a sentence."""
    if declared == "read-only" and effect == "changes":
        return "its code changes things"
    if declared == "read-write" and effect == "reads":
        return "its code only reads"
    return None
