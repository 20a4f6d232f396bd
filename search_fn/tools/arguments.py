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


Checked = TypeVar("Checked", bound=s.Arguments)


def checked(name: str, model: type[Checked], given: Mapping[str, Any]) -> Checked:
    """The arguments of the tool or prompt `name`; null counts as left out. Raises WrongArguments where they are not."""
    try:
        return model.model_validate({encodable(each): value for each, value in given.items() if value is not None})
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False, include_context=False)[:10]
    wrong = (
        f"{'.'.join(map(str, item['loc']))[:60]}: "
        f"{'there is no such argument' if item['type'] == 'extra_forbidden' else item['msg']}"
        for item in items
    )
    takes = (
        f"{each} ({'required' if field.is_required() else 'optional'})" for each, field in model.model_fields.items()
    )
    raise WrongArguments(f"{'; '.join(wrong)}. {name} takes {', '.join(takes)}.")


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
