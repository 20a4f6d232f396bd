"""Write the image catalogue into what is published: a table beside the index, and files of the site."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

from build.errors import RegistryError
from build.images.state import ImageState
from build.model import API_ROOT
from build.storage import canonical, write_whole
from search_fn.index.facts import IMAGES
from search_fn.index.image_catalogue import ImageCatalogue

_FOLDER = f"{API_ROOT}/catalog"
# How long old versions stay: a reader that has begun with one ends within this time.
_KEPT = timedelta(hours=1)


def published_state(index: Path) -> ImageState | None:
    """Return what the published index knows of images, None where it has no table that can be read."""
    try:
        return ImageState.model_validate_json(_rows(str(index)).get("state", ""))
    except ValidationError:
        return None


def write_table(where: str, catalogue: ImageCatalogue, state: ImageState) -> bool:
    """Write the image table of an index as one new version, unless it is there already.

    Args:
        where: The index's folder or address.
        catalogue: What functions answer from.
        state: What the next run goes on with.

    Returns:
        Whether anything was written.
    """
    texts = {
        "details": canonical(list(catalogue.details.values())),
        "inactive": canonical(catalogue.inactive),
        "state": canonical(state),
    }
    return _put(where, texts)


def push_images(index: Path, uri: str) -> bool:
    """Write the table of a built index at another address, unless it is there; return whether it was not.

    Raises:
        RegistryError: LanceDB could not write there.
    """
    texts = _rows(str(index))
    try:
        return bool(texts) and _put(uri, texts)
    except (OSError, RuntimeError, ValueError) as error:
        raise RegistryError(
            f"The image catalogue could not be written at {uri}; what was published there still is as it was. "
            "Check the address, and that the credentials of the environment may write there."
        ) from error


def write_files(site: Path, files: Mapping[str, str]) -> bool:
    """Write files below api/v1/catalog of a site where they differ, each whole, and remove others there.

    Returns:
        Whether anything was another.
    """
    changed = False
    for path, text in files.items():
        file = site / path
        with suppress(OSError, ValueError):
            if file.read_text(encoding="utf-8") == text:
                continue
        write_whole(file, text)
        changed = True
    for file in sorted((site / _FOLDER).rglob("*"), reverse=True):
        if file.is_dir():
            # One that still has files stays.
            with suppress(OSError):
                file.rmdir()
        elif file.relative_to(site).as_posix() not in files:
            file.unlink()
            changed = True
    return changed


def _rows(where: str) -> dict[str, str]:
    if "://" not in where and not Path(where).is_dir():
        # LanceDB would make it.
        return {}
    # Late, here and below: where the images are as they were, nobody needs it.
    from search_fn.index.lance import lancedb

    try:
        rows = lancedb.connect(where).open_table(IMAGES).to_arrow().to_pylist()
        return {row["path"]: row["text"] for row in rows}
    except (OSError, RuntimeError, ValueError, KeyError):
        return {}


def _put(where: str, texts: Mapping[str, str]) -> bool:
    if _rows(where) == texts:
        return False
    import pyarrow as pa

    from search_fn.index.lance import lancedb
    from search_fn.index.schema import IMAGE_SCHEMA

    rows = [{"path": path, "text": text} for path, text in texts.items()]
    database, rows_table = lancedb.connect(where), pa.Table.from_pylist(rows, schema=IMAGE_SCHEMA)
    try:
        table = database.create_table(IMAGES, rows_table)
    except ValueError:  # it exists
        table = database.create_table(IMAGES, rows_table, mode="overwrite")
    # Removes what an hour of runs has left.
    table.optimize(cleanup_older_than=_KEPT)
    return True
