"""The guard against a publication that shrank: over a fifth fewer bundles than are published counts as a fault."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from build.errors import RegistryError
from build.fetch.baseline import MAY_SHRINK_TO
from build.publish.published import published_manifest


def guard_shrink(index: Path, readable: Mapping[str, int], causes: Mapping[str, str] = MappingProxyType({})) -> None:
    """Keep a renamed folder, a broken clone or a machine without time from emptying the catalogue.

    Args:
        index: What is published.
        readable: How many bundles each collection has that could be read.
        causes: Why a collection could not be read, by its slug: such a loss is never right, and is mended.

    Raises:
        RegistryError: A collection, or all together, has over a fifth fewer than what is published.
    """
    before = published_manifest(index)
    if before is None:
        return
    had = {collection.slug: collection.bundles for collection in before.collections}
    counts = [(slug, had[slug], now) for slug, now in readable.items() if slug in had]
    counts.append(("the catalogue", before.counts.bundles, sum(readable.values())))
    for what, then, now in counts:
        if now >= then * MAY_SHRINK_TO:
            continue
        message = f"Refused to publish: {what} went from {then} to {now} readable bundles"
        cause = causes.get(what) or next((why for slug, why in causes.items() if slug in had), None)
        if cause:
            raise RegistryError(f"{message}, since {cause}; correct that, and run again.")
        raise RegistryError(f"{message}; if that is right, run again with --accept-shrink.")
