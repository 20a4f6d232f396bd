"""The index as one archive of the site: what a server on somebody's own machine answers from."""

import gzip
import hashlib
import tarfile
from pathlib import Path

from build.errors import RegistryError
from build.storage import canonical, find_damage, write_whole
from search_fn.index.checked import CHECKED_FILE
from search_fn.index.open import open_index
from search_fn.settings import Settings
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
        IndexUnavailable: There is no sound index in the folder.
    """
    if not site.is_dir():
        raise RegistryError(f"There is no site in {site}; build one with `python -m build run`.")
    manifest = open_index(Settings(str(index), index)).manifest
    if damage := find_damage(index):
        raise RegistryError(
            f"{index / damage} was changed since it was written, so nothing is offered; "
            "make the index anew with `python -m build index`."
        )
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    temporary = folder / "index.new"
    _write_archive(index, temporary)
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


def _write_archive(index: Path, target: Path) -> None:
    # No names, dates or owners of this machine.
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted(index.rglob("*")):
            # When somebody last looked is no part of a publication.
            if path.is_file() and path != index / CHECKED_FILE:
                entry = tarfile.TarInfo(path.relative_to(index).as_posix())
                entry.size = path.stat().st_size
                with path.open("rb") as file:
                    archive.addfile(entry, file)
