"""Validate the arguments that a tool is called with: an error is one sentence, with the arguments that the tool
takes.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from search_fn.index.facets import encodable
from search_fn.index.open import Index
from search_fn.tools import schemas as s


class ToolError(Exception):
    """A call that has no answer; the message says what to send instead."""


class ArgumentsError(ToolError):
    """The arguments are not those that the tool takes."""


# Arguments by other names: those that other tools, here or upstream, use for the same.
_ALSO_CALLED = {
    "collection": ("collection_slug",),
    "collection_slug": ("collection",),
    "tag": ("tags",),
    "support_tags": ("tags",),
    "platforms": ("platform",),
    "access_level": ("access",),
    "resource_types": ("resource_type",),
    "sort_by": ("sort",),
    "limit": ("max_results",),
    "id": ("slug",),
}

Parsed = TypeVar("Parsed", bound=s.Arguments)


def parse_arguments(name: str, model: type[Parsed], values: Mapping[str, Any]) -> Parsed:
    """Return the validated arguments of a tool or prompt.

    Args:
        name: The tool's or prompt's name, for messages.
        model: Its arguments.
        values: What the caller sent; null counts as left out.

    Raises:
        ArgumentsError: The values are not what it takes; the message names all that are wrong.
    """
    values = _rename(name, model, {encodable(each): value for each, value in values.items() if value is not None})
    try:
        return model.model_validate(values)
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False, include_context=False)[:10]
    wrong = (
        f"{'.'.join(map(str, item['loc']))[:60]}: "
        f"{'there is no such argument' if item['type'] == 'extra_forbidden' else item['msg']}"
        for item in items
    )
    fields = model.model_fields
    takes = (f"{each} ({'required' if fields[each].is_required() else 'optional'})" for each in s.in_order(model))
    raise ArgumentsError(f"{'; '.join(wrong)}. {name} takes {', '.join(takes)}.")


def _rename(tool: str, model: type[s.Arguments], values: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments by the tool's own names. One that is optional and empty counts as left out: some clients
    make models fill in everything.
    """
    renamed: dict[str, Any] = {}
    for each, value in values.items():
        own = each
        if each not in model.model_fields:
            own = next((name for name in _ALSO_CALLED.get(each, ()) if name in model.model_fields), each)
        field = model.model_fields.get(own)
        if value in ("", []) and field is not None and not field.is_required():
            continue
        if renamed.get(own, value) != value:
            raise ArgumentsError(f"{own}: it is given twice, as {each} too; send one. {tool} calls it {own}.")
        renamed[own] = value
    return renamed


def offset_of(index: Index, cursor: str) -> int:
    """Return the position of the first entry of a cursor's page, 0 for "".

    Raises:
        ArgumentsError: The text is not a cursor.
        ToolError: The cursor is one of an index that has been replaced.
    """
    if not cursor:
        return 0
    number, _, build = cursor.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise ArgumentsError("cursor: send `next_cursor` of an answer as it is, or none for the first page.")
    if build != index.manifest.build_id:
        raise ToolError("The index was published anew since that page; begin again without cursor.")
    return int(number)
