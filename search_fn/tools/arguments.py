"""The arguments that a tool is called with, checked: what is wrong is said in one sentence, with what it takes."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from search_fn.index.facets import encodable
from search_fn.index.open import Index
from search_fn.tools import schemas as s


class ToolError(Exception):
    """A call that has no answer; the message says what to send instead."""


class WrongArguments(ToolError):
    """The arguments are not those that the tool takes."""


# Names that other tools, here or upstream, have for the same.
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

Checked = TypeVar("Checked", bound=s.Arguments)


def checked(name: str, model: type[Checked], given: Mapping[str, Any]) -> Checked:
    """The arguments of the tool or prompt `name`; null counts as left out. Raises WrongArguments where they are not."""
    given = _named(name, model, {encodable(each): value for each, value in given.items() if value is not None})
    try:
        return model.model_validate(given)
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False, include_context=False)[:10]
    wrong = (
        f"{'.'.join(map(str, item['loc']))[:60]}: "
        f"{'there is no such argument' if item['type'] == 'extra_forbidden' else item['msg']}"
        for item in items
    )
    fields = model.model_fields
    takes = (f"{each} ({'required' if fields[each].is_required() else 'optional'})" for each in s.in_order(model))
    raise WrongArguments(f"{'; '.join(wrong)}. {name} takes {', '.join(takes)}.")


def _named(tool: str, model: type[s.Arguments], given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments by the tool's own names. One that is optional and empty counts as left out: some clients
    make models fill in everything.
    """
    found: dict[str, Any] = {}
    for each, value in given.items():
        called = each
        if each not in model.model_fields:
            called = next((name for name in _ALSO_CALLED.get(each, ()) if name in model.model_fields), each)
        field = model.model_fields.get(called)
        if value in ("", []) and field is not None and not field.is_required():
            continue
        if found.get(called, value) != value:
            raise WrongArguments(f"{called}: it is given twice, as {each} too; send one. {tool} calls it {called}.")
        found[called] = value
    return found


def offset_of(index: Index, cursor: str) -> int:
    """Where the page of a cursor begins; "" is the first. Raises ToolError if nobody gave it, or for an older index."""
    if not cursor:
        return 0
    number, _, build = cursor.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise WrongArguments("cursor: send `next_cursor` of an answer as it is, or none for the first page.")
    if build != index.manifest.build_id:
        raise ToolError("The index was published anew since that page; begin again without cursor.")
    return int(number)
