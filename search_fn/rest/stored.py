"""What all schemas of stored JSON have."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["runbook", "monitor"]
Level = Literal["read-only", "read-write", "unknown"]
Claim = Literal["read-only", "read-write"]
Source = Literal["verified", "declared", "override"]
Severity = Literal["error", "warning", "note"]
Withheld = Literal[
    "binary", "lfs-pointer", "link", "submodule", "file-too-large", "bundle-too-large", "odd-name", "not-read"
]
Effect = Literal["reads", "changes", "unclear"]


class Stored(BaseModel):
    """JSON that is stored: a field more is as wrong as one that is missing. Its published schema does not say so, since
    the next release may have more.
    """

    model_config = ConfigDict(
        extra="forbid",
        defer_build=True,
        use_attribute_docstrings=True,
        json_schema_extra=lambda schema: schema.pop("additionalProperties", None),
    )


class InParts(Stored):
    """A document whose list, where it is too long for one, is in parts that have all else in common."""

    next: str | None = Field(None, exclude_if=lambda address: address is None)
    """The address of the next part, from this one's; the last has none, nor has a page by `limit` and `offset`."""
