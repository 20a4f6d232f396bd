"""The images of collections: read from their registries, and published beside everything else."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from build.fetch.baseline import Selection
from build.fetch.oci import Registry, RegistryUnreachableError, RegistryUntrustedError
from build.fetch.registry_access import Challenge, Challenges, read_credentials
from build.images.documents import image_catalogue, image_files
from build.images.state import CollectionImages, Image, ImageState, merge, select_tags
from build.images.static import MAX_BYTES, read_static
from build.model import Collection, Problem
from build.phases.context import RunContext
from build.problems import problem
from build.publish.images import published_state, write_files, write_table
from build.publish.published import Output, build_id_of
from build.publish.report import ImageRow
from build.storage import keep, load_kept

SECONDS = 60.0  # for one collection's registry; all are read at the same time
_AT_ONCE = 4  # requests to a registry
_MAX_TOLD = 5  # unread images of a collection that are named one by one
_STATE_FILE = "images.json"
_CHALLENGES_FILE = "registries.json"
_OCI, _STATIC = SOURCES = "oci", "static"


class _Read(NamedTuple):
    """The images of one collection, the problems in reading them, and how many requests that took."""

    images: CollectionImages
    problems: Sequence[Problem]
    requests: int = 0


def read_images(run: RunContext, *, again: bool = False) -> ImageState:
    """Return what is known of all images after the registries were read, as far as the run may.

    Args:
        run: The run; what is odd becomes a problem of its report.
        again: Whether to read the digests once more to which `latest` and `stable` lead.
    """
    options = run.options
    last = load_kept(options.cache / _STATE_FILE, ImageState) or published_state(options.index) or ImageState()
    selection = Selection(tuple(options.only or ()))
    sourced = [collection for collection in run.collections if _has_source(run, collection)]
    previous = {collection.slug: last.of(collection.slug) for collection in sourced}
    # A file of our own needs no network.
    asked = [c for c in sourced if (c.image_source == _STATIC or not options.offline) and selection.includes(c.slug)]
    if not asked:
        return ImageState(collections=tuple(images for images in previous.values() if images))
    with run.phase("images"):
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        file = options.cache / _CHALLENGES_FILE
        access = _Access(
            folder=options.collections.parent,
            allow_local=options.allow_local,
            challenges=dict((load_kept(file, Challenges) or Challenges()).known),
            credentials=read_credentials(),
        )
        before = dict(access.challenges)
        result = asyncio.run(_read_all(asked, previous, now, access, again=again))
        if access.challenges != before:
            keep(file, Challenges(known=access.challenges))
    for collection, read in zip(asked, result, strict=True):
        previous[collection.slug] = read.images
        run.problems.extend(read.problems)
        run.report.images.append(_row(collection, read))
    state = ImageState(collections=tuple(images for images in previous.values() if images))
    if state != last:
        keep(options.cache / _STATE_FILE, state)
    return state


def write_images(run: RunContext, state: ImageState, folders: Mapping[Output, Path]) -> bool:
    """Write the image catalogue into outputs where it differs.

    Args:
        run: The run.
        state: What is known of images.
        folders: The folders of the outputs.

    Returns:
        Whether anything was written.
    """
    catalogue = image_catalogue(run.collections, state)
    index, site = folders.get("index"), folders.get("site")
    changed = [
        write_table(str(index), catalogue, state) if index else False,
        write_files(site, image_files(catalogue)) if site else False,
    ]
    return any(changed)


def update_published(run: RunContext, state: ImageState) -> None:
    """Write the image catalogue into those of the run's outputs that are published, and nothing else there."""
    there = {output: run.folder(output) for output in run.outputs if build_id_of(run.folder(output), output)}
    if write_images(run, state, there):
        run.report.published.append("images")


def _has_source(run: RunContext, collection: Collection) -> bool:
    """Return whether a collection has images here; where it should and cannot, that is a problem of the run."""
    if collection.image_source is None:
        return False
    wanted = {_OCI: ("image_registry",), _STATIC: ("image_registry", "static_path")}.get(collection.image_source)
    missing = [key for key in wanted or () if not getattr(collection, key)]
    if wanted and not missing:
        return True
    message = (
        f"image_source is {collection.image_source!r}, and there is no {missing[0]}"
        if missing
        else f"image_source is {collection.image_source!r}, and this registry reads {' and '.join(map(repr, SOURCES))}"
    )
    run.problems.append(problem("image-source", message, collection=collection.slug))
    return False


class _Access(NamedTuple):
    """How images are read: where files of their own lie, and how registries are asked.

    Attributes:
        folder: That of collections.yaml.
        allow_local: Permit registries on this machine, and files outside that folder.
        challenges: What registries wanted; it is kept up to date.
        credentials: By host of a registry.
    """

    folder: Path
    allow_local: bool
    challenges: dict[str, Challenge]
    credentials: Mapping[str, str]


async def _read_all(
    collections: Sequence[Collection],
    known: Mapping[str, CollectionImages | None],
    now: str,
    access: _Access,
    *,
    again: bool,
) -> list[_Read]:
    reads = (_read(one, known[one.slug], now, access, again=again) for one in collections)
    return await asyncio.gather(*reads)


async def _read(
    collection: Collection, known: CollectionImages | None, now: str, access: _Access, *, again: bool
) -> _Read:
    """Read one collection's registry; where that fails, what is known stays, marked."""
    address, slug = collection.image_registry or "", collection.slug
    last = known or CollectionImages(slug=slug, registry=address)
    moved = last.registry != address
    basis = CollectionImages(slug=slug, registry=address) if moved else last
    if collection.image_source == _STATIC:
        return _read_file(collection, basis, last, now, access)
    async with Registry(
        address,
        allow_local=access.allow_local,
        challenge=access.challenges.get(address),
        credentials=access.credentials,
    ) as registry:
        try:
            async with asyncio.timeout(SECONDS / 2):
                tags = await registry.tags()
        except (RegistryUnreachableError, TimeoutError) as error:
            return _stale(
                last, "images-unreachable", f"{address}: {str(error) or 'it took too long'}", registry.requests
            )
        except RegistryUntrustedError as error:
            return _stale(last, "images-untrusted", f"{address}: {error}", registry.requests)
        if registry.challenge:
            access.challenges[address] = registry.challenge
        pointers = _pointers(collection, basis) if again else []
        wanted = select_tags(tags, basis, pointers)
        read, problems = await _read_tags(registry, wanted, slug, address, now)
        merged = merge(basis, address, tags, read, now)
        if not merged.images and last.images and not moved:
            return _stale(
                last, "images-empty", f"{address} lists {len(tags)} tags, none of an image", registry.requests
            )
        return _Read(merged, problems, registry.requests)


def _read_file(
    collection: Collection, basis: CollectionImages, last: CollectionImages, now: str, access: _Access
) -> _Read:
    """Read the file of a collection whose images are named there; where that fails, what is known stays, marked."""
    named, slug = collection.static_path or "", collection.slug
    file = (access.folder / named).resolve()
    try:
        if not access.allow_local and not file.is_relative_to(access.folder.resolve()):
            raise ValueError("it lies outside the folder of collections.yaml; --allow-local permits that")
        if file.stat().st_size > MAX_BYTES:
            raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
        result = read_static(file.read_text(encoding="utf-8"), now)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return _stale(last, "images-unreachable", f"static_path {named!r}: {why}", 0)
    merged = merge(
        basis, collection.image_registry or "", result.images, result.images, now, result.default_ref, result.stable_ref
    )
    if not merged.images and basis.images:
        return _stale(last, "images-empty", f"static_path {named!r} names no image", 0)
    problems = [problem("image-unread", f"{named}, {one}", collection=slug) for one in result.wrong[:_MAX_TOLD]]
    return _Read(merged, problems)


async def _read_tags(
    registry: Registry, wanted: Mapping[str, bool], slug: str, address: str, now: str
) -> tuple[dict[str, Image], list[Problem]]:
    """Read what a registry says of tags; those that it does not tell, or for which there is no time, are left out."""
    turns = asyncio.Semaphore(_AT_ONCE)
    result: dict[str, Image] = {}
    failed: dict[str, str] = {}

    async def read(tag: str, built: bool) -> None:
        async with turns:
            try:
                facts = await registry.facts(tag, built=built)
            except (RegistryUnreachableError, RegistryUntrustedError) as error:
                failed[tag] = str(error)
                return
        created = facts.created.isoformat().replace("+00:00", "Z") if facts.created else None
        result[tag] = Image(tag=tag, digest=facts.digest, created=created, dated=built, noted=now)

    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS / 2), asyncio.TaskGroup() as tasks:
            for tag, built in wanted.items():
                tasks.create_task(read(tag, built))
    for tag in wanted:
        if tag not in result:
            failed.setdefault(tag, "there was no time left for it; the next run goes on")
    messages = [f"{tag} at {address}: {why}" for tag, why in sorted(failed.items())]
    if len(messages) > _MAX_TOLD:
        messages = [*messages[:_MAX_TOLD], f"{len(messages) - _MAX_TOLD} images more at {address} could not be read"]
    return result, [problem("image-unread", text, collection=slug) for text in messages]


def _stale(last: CollectionImages, code: str, message: str, requests: int) -> _Read:
    return _Read(last.model_copy(update={"problem": code}), [problem(code, message, collection=last.slug)], requests)


def _pointers(collection: Collection, images: CollectionImages) -> list[str]:
    detail = image_catalogue([collection], ImageState(collections=(images,))).detail(collection.slug)
    return [tag for tag in (detail["latest_image_tag"], detail["stable_image_tag"]) if tag]


def _row(collection: Collection, read: _Read) -> ImageRow:
    detail = image_catalogue([collection], ImageState(collections=(read.images,))).detail(collection.slug)
    return ImageRow(
        slug=collection.slug,
        registry=collection.image_registry or "",
        refs=len(detail["refs"]),
        latest=detail["latest_image_tag"],
        stable=detail["stable_image_tag"],
        ignored=read.images.ignored,
        requests=read.requests,
        problem=read.images.problem,
    )
