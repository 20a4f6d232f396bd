"""Where releases, changes and bundles that are gone have their pages, files and sources."""

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from build.catalogue.catalogue import Catalogue
from build.catalogue.source_links import Source
from build.releases.models import CollectionReleases, Moved, Release, Removed
from build.untrusted.names import is_name, is_reserved
from search_fn.index.facts import CollectionFacts

UNRELEASED = "unreleased"
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@-]{0,119}")


def release_path(slug: str, tag: str | None) -> str:
    """Return the folder of a release's page below the site.

    A slash of the tag is a folder's, as hosts take it. A name that a file system or this site could mistake is a hash.
    """
    parts = [UNRELEASED] if tag is None else [_part(part) for part in tag.split("/")]
    if tag == UNRELEASED:
        parts = [_hash(tag)]
    return f"collections/{slug}/releases/{'/'.join(parts)}/"


def _part(part: str) -> str:
    odd = not _PLAIN.fullmatch(part) or is_reserved(part) or part.lower().endswith((".md", ".html", ".json"))
    return _hash(part) if odd else part


def _hash(text: str) -> str:
    return f"~{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"


def shown_tag(tag: str | None) -> str:
    """Return a release's name for people."""
    return "Not released yet" if tag is None else tag


class Versions(NamedTuple):
    """The releases of all collections, and the fate of ids: `moved` has those that are gone, `removed` the ones
    without heir.
    """

    collections: Mapping[str, CollectionReleases]
    facts: Mapping[str, CollectionFacts]
    moved: Mapping[str, Moved]
    removed: Mapping[str, Removed]

    def living(self, name: str) -> str | None:
        """Return the id of the living bundle that an id means, None where it is gone."""
        moved = self.moved.get(name)
        return moved.to if moved else name

    def source(self, slug: str, commit: str) -> Source:
        """Return a collection's repository at a commit."""
        return Source(self.facts[slug].git_url, commit)

    def source_of(self, slug: str, release: Release, name: str) -> str:
        """Return the address of a bundle at a release: its folder, or the commit where the release removed it."""
        at = self.source(slug, release.commit)
        if name in release.removed:
            return at.change(release.commit)
        return at.folder(f"codebundles/{name.split('/', 1)[1]}")


def versions_of(catalogue: Catalogue) -> Versions:
    """Return the versions that a catalogue knows."""
    alive = {record.id for record in catalogue.records}
    own = catalogue.releases.values()
    return Versions(
        collections=catalogue.releases,
        facts={facts.slug: facts for facts in catalogue.collections},
        # A name that is used again is the living bundle's.
        moved={name: moved for one in own for name, moved in one.moved.items() if name not in alive},
        removed={one.id: one for collection in own for one in collection.removed if one.id not in alive},
    )


def is_id(name: str) -> bool:
    """Return whether a name out of git's history can stand in an address as a bundle's."""
    parts = name.split("/")
    return len(parts) == 2 and all(map(is_name, parts))


def bundle_path(name: str) -> str:
    """Return the folder of a bundle's page below the site."""
    return f"codebundles/{quote(name)}/"
