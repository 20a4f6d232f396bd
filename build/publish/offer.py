"""The index as one archive of the site: what a server on somebody's own machine answers from."""

import hashlib
from pathlib import Path

from build.errors import RegistryError
from build.publish.archive import index_files, sound_manifest, write_archive
from build.storage import canonical, write_whole
from search_fn.site_index import DESCRIPTION, FOLDER, Offer


def offer_index(index: Path, site: Path) -> Offer:
    """Write the index into the site: an archive that its digest names, and last the description that names it.

    Equal indices give equal bytes. Archives of other publications are removed from the site.

    Args:
        index: The folder of the built index.
        site: The folder of the built site.

    Returns:
        What the description says.

    Raises:
        RegistryError: There is no site, or the index was changed since it was written.
        IndexUnavailableError: There is no sound index in the folder.
    """
    if not site.is_dir():
        raise RegistryError(f"There is no site in {site}; build one with `python -m build run`.")
    manifest = sound_manifest(index)
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    temporary = folder / "index.new"
    write_archive(temporary, index_files(index), packed=True)
    with temporary.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    offer = Offer(
        build_id=manifest.build_id,
        schema_version=manifest.schema_version,
        file=f"index-{digest[:16]}.tar.gz",
        sha256=digest,
        size=temporary.stat().st_size,
    )
    temporary.replace(folder / offer.file)
    write_whole(folder / DESCRIPTION, canonical(offer.model_dump()) + "\n")
    for old in folder.glob("index-*.tar.gz"):
        if old.name != offer.file:
            old.unlink()
    return offer
