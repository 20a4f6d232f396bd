"""Download the index that a published site offers as an archive, and keep it on this machine for the next start."""

import hashlib
import json
import shutil
import sys
import tarfile
import tempfile
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from search_fn.index.facts import OLDEST_SCHEMA, SCHEMA_VERSION, IndexUnavailableError
from search_fn.index.manifest import is_read

FOLDER, DESCRIPTION = "downloads", "index.json"
"""The folder of the archive below a site's address, and the file there that describes it."""
# Seconds without a byte; a download as a whole has no limit.
_PATIENCE_SECONDS = 30.0
# Of an archive, unpacked. The seven public collections have 20 MB packed and 30 MB unpacked; 50,000 bundles 2 GB.
_MOST_BYTES = 4_000_000_000
_MOST_DESCRIPTION_BYTES = 65_536
_PART_BYTES = 1 << 20
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Offer(BaseModel):
    """A site's description of its archive: `file` is beside the description and unpacks to an index's folder; `size` is
    in bytes.
    """

    model_config = ConfigDict(frozen=True)

    build_id: str
    schema_version: int
    file: Annotated[str, Field(pattern=r"^index-[0-9a-f]{16}\.tar\.gz$")]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, Field(gt=0, le=_MOST_BYTES)]


def fetch_site_index(site: str, cache: Path) -> Path:
    """Return the folder of the index that a site offers now; of the last one downloaded where the site does not answer.

    Args:
        site: The site's address; http only on this machine.
        cache: The folder of downloaded indices, one for each site; older publications are removed.

    Raises:
        IndexUnavailableError: The address is invalid, the site offers no index that this code reads, or it does not
            answer and none was downloaded before.
    """
    parts = urlsplit(site)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise IndexUnavailableError(
            f"{site!r} is not the address of a site: give one such as https://registry.example.org."
        )
    base = f"{site.rstrip('/')}/{FOLDER}/"
    store = cache / quote(f"{parts.netloc}{parts.path.rstrip('/')}", safe="")
    try:
        offer = _describe(base)
        folder = store / offer.sha256
        if not folder.is_dir():
            _install(base, offer, store)
    except (OSError, HTTPException) as error:
        earlier = sorted(store.glob("?" * 64), key=lambda path: path.stat().st_mtime)
        if not earlier:
            raise IndexUnavailableError(
                f"No index could be downloaded from {base} ({error}); see that the address is right, that the site "
                "offers its index (`python -m build offer-index`), and that this machine reaches it."
            ) from error
        print(f"{base} does not answer ({error}); the index downloaded before is used.", file=sys.stderr)
        return earlier[-1]
    for old in store.iterdir():
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _describe(base: str) -> Offer:
    with _open(base + DESCRIPTION) as answer:
        text = answer.read(_MOST_DESCRIPTION_BYTES)
    try:
        offer = Offer.model_validate(json.loads(text))
    except (ValidationError, ValueError) as error:
        raise IndexUnavailableError(
            f"{base}{DESCRIPTION} does not describe an index; see that the address is that of a registry's site."
        ) from error
    if not is_read(offer.schema_version):
        raise IndexUnavailableError(
            f"The index at {base} has schema {offer.schema_version}, this release reads {OLDEST_SCHEMA} to "
            f"{SCHEMA_VERSION}; install the release that the site was built with."
        )
    return offer


def _install(base: str, offer: Offer, store: Path) -> None:
    """Write the archive's content to its folder in `store`, whole or not at all."""
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=store) as name:
        archive, content = Path(name) / "archive", Path(name) / "content"
        _download(base, offer, archive)
        try:
            with tarfile.open(archive, "r:gz") as packed:
                _unpack(packed, content)
        except (tarfile.TarError, EOFError) as error:
            raise IndexUnavailableError(
                f"{base}{offer.file} cannot be unpacked ({error}); tell its maintainers."
            ) from error
        try:
            content.rename(store / offer.sha256)
        except OSError:
            # Another process may have installed the same index in the meantime.
            if not (store / offer.sha256).is_dir():
                raise


def _download(base: str, offer: Offer, target: Path) -> None:
    digest, size = hashlib.sha256(), 0
    with _open(base + offer.file) as answer, target.open("wb") as file:
        while part := answer.read(_PART_BYTES):
            size += len(part)
            if size > offer.size:
                break
            digest.update(part)
            file.write(part)
    if size != offer.size or digest.hexdigest() != offer.sha256:
        raise IndexUnavailableError(f"{base}{offer.file} is not what its description says; try again in a minute.")


def _unpack(packed: tarfile.TarFile, content: Path) -> None:
    content.mkdir()
    left = _MOST_BYTES
    for entry in packed:
        left -= entry.size
        if left < 0 or not entry.isfile():
            raise tarfile.TarError(f"{entry.name!r} is not a file of an index, or too large")
        packed.extract(entry, content, filter="data")


def _open(address: str) -> HTTPResponse:
    # fetch_site_index takes no other scheme than http and https.
    request = Request(address, headers={"User-Agent": "codecollection-registry"})  # noqa: S310
    answer: HTTPResponse = urlopen(request, timeout=_PATIENCE_SECONDS)  # noqa: S310
    # A redirect may lead to another host, but not from https to http.
    if urlsplit(answer.url).scheme != urlsplit(address).scheme:
        answer.close()
        raise IndexUnavailableError(f"{address} leads to {answer.url}; give the address of the site itself.")
    return answer
