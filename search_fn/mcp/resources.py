"""The catalogue as MCP resources: each CodeCollection and CodeBundle has an address and is read as Markdown."""

from typing import Any
from urllib.parse import quote, unquote

from search_fn.index.open import Index
from search_fn.skills import catalogue as skills
from search_fn.tools import markdown as tool_text
from search_fn.tools import schemas
from search_fn.tools.arguments import offset_of
from search_fn.tools.handlers import codebundle_details
from search_fn.tools.registry import answered
from search_fn.tools.size import HARD_SIZE, Draft

TYPE = "text/markdown"
_PAGE = 100
TEMPLATES = [
    {"uriTemplate": f"{name}://{path}", "name": name, "description": said, "mimeType": TYPE}
    for name, path, said in (
        ("codecollection", "{collection}", "A CodeCollection with the ids of its CodeBundles."),
        ("codebundle", "{collection}/{codebundle}", "All that get_codebundle_details tells of a CodeBundle."),
    )
] + [skills.TEMPLATE]
"""What resources/templates/list has."""


class NoSuchResource(Exception):
    """Nothing in the catalogue has the address `uri`."""

    def __init__(self, uri: str) -> None:
        super().__init__("There is no such resource: resources/list has their addresses.")
        self.uri = uri


def page(index: Index, cursor: str) -> dict[str, Any]:
    """A page of resources/list: CodeCollections, then CodeBundles, by id. Raises ToolError if `cursor` is of none."""
    offset = offset_of(index, cursor)
    names = [*sorted(one.slug for one in index.manifest.collections), *index.ids]
    end = offset + _PAGE
    listed = [
        {"uri": f"code{'bundle' if '/' in name else 'collection'}://{quote(name)}", "name": name, "mimeType": TYPE}
        for name in names[offset:end]
    ]
    return {"resources": listed} | ({"nextCursor": f"{end}.{index.manifest.build_id}"} if end < len(names) else {})


def read(index: Index, uri: str) -> str:
    """What the catalogue has at an address. Raises NoSuchResource if that is nothing."""
    scheme, _, path = uri.partition("://")
    if f"{scheme.lower()}://" == skills.SCHEME:
        if (skill := skills.read(index, uri)) is None:
            raise NoSuchResource(uri)
        return skill
    name = unquote(path)
    if scheme == "codebundle" and name in index.positions:
        details = codebundle_details(index, schemas.GetCodebundleDetails(slug=name, detail="full"))
        return answered(index, details, tool_text.details, HARD_SIZE).text
    facts = next((one for one in index.manifest.collections if one.slug == name), None)
    if scheme != "codecollection" or facts is None:
        raise NoSuchResource(uri)
    bundles = [each for each in index.ids if each.startswith(f"{name}/")]
    data = {"collections": [{**facts.model_dump(mode="json"), "matching": None}], "total": 1, "codebundles": bundles}
    return answered(index, Draft(data), tool_text.collections, HARD_SIZE).text
