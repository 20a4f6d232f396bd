"""The skills of the index for MCP's extension io.modelcontextprotocol/skills: lists, entries and files.

https://github.com/modelcontextprotocol/ext-skills, specification/stable/skills.mdx. What the build wrote is passed on
as it is, so that bytes, digests and sizes are those of the site's files.
"""

import json
from typing import Any

from search_fn.index.open import Index
from search_fn.tools.arguments import ToolError, offset_of

EXTENSION = "io.modelcontextprotocol/skills"
SCHEME = "skill://"
TEMPLATE = {
    "uriTemplate": "skill://{collection}/{name}/SKILL.md",
    "name": "skill",
    "title": "Agent Skill",
    "description": "The Agent Skill of a CodeBundle; skills/list has their addresses.",
    "mimeType": "text/markdown",
}
"""The entry of resources/templates/list."""
# Entries of a page of skills/list, each about 1 KB: the 238 of the public collections are three pages.
_PAGE = 100


class SkillNotFoundError(ToolError):
    """The index has no skill of the address that was asked for."""

    def __init__(self) -> None:
        super().__init__("There is no such skill: send the uri of a SKILL.md as skills/list has it.")


def page(index: Index, cursor: str) -> dict[str, Any]:
    """Return a page of skills/list: the registry's own skill, then those of CodeBundles in the order of their
    collections.

    Raises:
        ToolError: The cursor is not one of this index.
    """
    offset, count = offset_of(index, cursor), len(index.skills)
    end = min(offset + _PAGE, count)
    entries = index.skill_column(list(range(offset, end)), "entry")
    answer: dict[str, Any] = {"skills": [json.loads(entry) for entry in entries]}
    return answer | ({"nextCursor": f"{end}.{index.manifest.build_id}"} if end < count else {})


def entry(index: Index, uri: str) -> dict[str, Any]:
    """Return the answer of skills/get.

    Raises:
        SkillNotFoundError: The address is not that of a skill's file.
    """
    text = _stored(index, uri, "entry")
    if text is None:
        raise SkillNotFoundError
    return {"skill": json.loads(text)}


def read(index: Index, uri: str) -> str | None:
    """Return the text of a skill's file, None where the address is that of none."""
    return _stored(index, uri, "text")


def _stored(index: Index, uri: str, column: str) -> str | None:
    # Scheme and host of an address ignore case, so clients may send them in capitals.
    scheme, _, rest = uri.partition("://")
    host, slash, path = rest.partition("/")
    place = index.skills.get(f"{scheme.lower()}://{host.lower()}{slash}{path}")
    return None if place is None else index.skill_column([place], column)[0]
