"""When a build last looked at the collections: a small file beside the index, and one of the site's static API.

A run writes it also where nothing changed, so no digest counts it: neither the build id nor SHA256SUMS nor the archives
that are offered. An index on object storage has none.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

CHECKED = "checked"
"""The document's path below api/v1/, without the ending."""
CHECKED_FILE = f"{CHECKED}.json"
# Bytes. A larger file is not one that a run has written (a collection takes under 200), and is not read into memory.
_MOST_BYTES = 4_000_000


class CollectionCheck(BaseModel):
    """When a collection could last be brought up to date; null where no run on this machine could."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    slug: str
    checked_at: str | None
    commit: str | None
    state: Literal["current", "stale", "unavailable"]


class Checked(BaseModel):
    """When a build last looked at all collections, whether or not anything had changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    checked_at: str | None
    """The end of the last run that asked for every collection, in UTC; null where none on this machine did."""
    build_id: str
    """What was published at that moment."""
    stale_after_hours: int = Field(ge=1)
    """When readers are told that a check is overdue."""
    collections: list[CollectionCheck]

    def age(self, now: datetime | None = None) -> int | None:
        """Return the seconds since `checked_at`, 0 where it is later than `now`; None where there is no such time."""
        if self.checked_at is None:
            return None
        try:
            then = datetime.fromisoformat(self.checked_at)
        except ValueError:
            return None
        now = now or datetime.now(UTC)
        return max(0, int((now - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds()))

    def overdue(self, now: datetime | None = None) -> bool | None:
        """Return whether the last check is older than `stale_after_hours`; None where no check is recorded."""
        age = self.age(now)
        return None if age is None else age > self.stale_after_hours * 3600


def read_checked(file: Path) -> Checked | None:
    """Return the recorded check; None where the file is missing, too large or not as a run writes it."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            return None
        return Checked.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
