"""What became of the ids of bundles that are no more: the documents `moved` and `removed` of the index say."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from search_fn.index.open import Index
from search_fn.search.listing import alias_of


class Moved(NamedTuple):
    """A bundle's old id, and the living bundle `to` which it leads, or None; `facts` are those of `removed`."""

    id: str
    to: str | None
    commit: str
    date: str
    subject: str
    facts: dict[str, Any] | None

    @property
    def nearest(self) -> Sequence[str]:
        """The ids of living bundles that are most like a removed one."""
        found: list[str] = self.facts["nearest"] if self.facts else []
        return found

    @property
    def sentence(self) -> str:
        """What became of it, without whatever a stranger wrote."""
        if self.to:
            return f"{self.id} was renamed: it is {self.to} now, since commit {self.commit[:12]} of {self.date[:10]}."
        near = f" The nearest that there are: {', '.join(self.nearest)}." if self.nearest else ""
        tag = self.facts["last_tag"] if self.facts else None
        last = f", last in release {tag}" if tag else ""
        return f"{self.id} was removed in commit {self.commit[:12]} of {self.date[:10]}{last}.{near}"


def find_moved(index: Index, collection: str, bundle: str) -> list[Moved]:
    """Return what became of an id, upstream's spelling being an alias; without a collection of all ids of the slug."""
    moved: dict[str, dict[str, Any]] = json.loads(index.documents.get("moved", "{}"))
    wanted = f"{collection}/{bundle}" if collection else bundle
    names = [name for name in moved if wanted == (name if collection else name.partition("/")[2])]
    alias = alias_of(wanted)
    names = names or [name for name in moved if alias_of(name if collection else name.partition("/")[2]) == alias]
    if not names:
        return []
    listed: list[dict[str, Any]] = json.loads(index.documents.get("removed", '{"removed":[]}'))["removed"]
    facts = {one["id"]: one for one in listed}
    return [Moved(id=name, facts=facts.get(name), **moved[name]) for name in names]
