"""A bundle's level of access in words, the same wherever it is told: pages, Markdown, agents, chat, feeds."""

from collections.abc import Mapping
from typing import Any

_SOURCES = {
    "verified": "verified by its code",
    "declared": "declared by its tags, not verified",
    "override": "decided by this registry's maintainers",
}


STATED = {"access_level", "access_level_source", "access_level_claimed", "effect"}
"""The fields that it is told by."""


def stated(one: Mapping[str, Any]) -> str:
    """Return the level of a record, a summary or a result, with what it rests on and what is claimed against it."""
    level, source, claimed = one["access_level"], one.get("access_level_source"), one.get("access_level_claimed")
    parts = [str(level)]
    # One tool changes things, which makes the level, and of another the code does not tell.
    if level == "read-write" and source in ("declared", None) and one.get("effect") == "changes":
        parts.append("by its code, part of which cannot be decided")
    elif source:
        parts.append(_SOURCES[source])
    if claimed:
        # Nobody checks a claim, and an agent may act on this.
        parts.append(f"claimed to be {claimed}")
    return ", ".join(parts)
