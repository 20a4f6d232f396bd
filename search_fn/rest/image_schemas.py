"""What the image catalogue answers: the fields of the registry before, by their names, and `stale`, `problem`,
`ignored_tags` besides.
"""

from typing import Literal

from search_fn.rest.stored import Stored


class ImageRef(Stored):
    """The newest image that was built of a branch or tag."""

    ref: str
    """The branch or tag, as the image's own tag spells it."""
    ref_type: Literal["branch", "tag"]
    """"tag" where the ref is a version."""
    image_registry: str
    image_tag: str
    """As it can be pulled."""
    image_digest: str | None
    """sha256 of the manifest, for pinning."""
    commit_hash: str
    """The commit of the CodeCollection, as long as the image's tag has it."""
    rt_revision: str
    """The revision of the runtime, as long as the image's tag has it."""
    image_built_at: str | None
    """Read where several images are of one ref."""
    is_latest: bool
    is_prerelease: bool
    """Whether it is of a branch that is not stable, or of a version before a release, such as v2.0.0-rc.1."""
    is_active: bool
    """Whether the registry still has an image of this ref."""
    synced_at: str
    """When this digest was first seen."""


class CatalogEntry(Stored):
    """A CodeCollection and the images to which its pointers lead."""

    slug: str
    name: str
    git_url: str
    visibility: Literal["public", "hidden"]
    """The image catalogue alone has those that are hidden."""
    latest_image_tag: str | None
    """The newest image of the default branch."""
    stable_image_tag: str | None
    """That of the highest version, or else the latest."""
    image_registry: str | None
    last_synced: str | None
    """When the registry was first seen to say this."""
    stale: bool
    """Whether this is the last good state: the registry could not be read, or what it said was refused."""
    problem: str | None
    """Why it is stale: a code that docs/problems.md explains."""
    ignored_tags: int
    """How many tags of the registry follow another pattern than REF-COMMIT-RUNTIME."""


class CatalogEntryDetail(CatalogEntry):
    """A CodeCollection with the images of all its refs."""

    refs: list[ImageRef]


class ResolvedImage(Stored):
    """The image to which a pointer or ref leads."""

    slug: str
    requested: str
    image_tag: str
    image_registry: str
    image_digest: str | None
    commit_hash: str
    rt_revision: str
    stale: bool
