"""Which mirrors have all that their sources have, by the refs of both: such a collection need not be fetched."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from subprocess import TimeoutExpired

from build.fetch.git_process import Output, finish, start, stop
from build.model import Collection
from build.storage import find_damage

# The commit that is catalogued, and what was fetched, which may be a tag of it.
HEAD, NEW = "refs/registry/head", "refs/registry/new"
# Wall clock for a source to list its refs; one that takes longer is fetched, which may take longer still.
_SECONDS = 60
# Sources that are asked at the same time.
_AT_ONCE = 8
_TAGS = "refs/tags/"
# How git lists the commit of a tag that is an object of its own.
_PEELED = "^{}"


def mirror_folder(collection: Collection, cache: Path) -> Path:
    """Return the folder of the cache that has the collection's mirror."""
    # Another source or ref is another mirror: its last good state must not pass for this one's.
    source = f"{source_of(collection)} {collection.git_ref}"
    return cache / "git" / f"{collection.slug}-{hashlib.sha256(source.encode()).hexdigest()[:12]}.git"


def source_of(collection: Collection) -> str:
    """Return where a collection is fetched from, an address or a path."""
    return collection.clone_url or collection.git_url


def is_plain_folder(source: str) -> bool:
    """Return whether `source` is a folder on this machine that git does not know as a repository."""
    folder = Path(source)
    return folder.is_dir() and not (folder / ".git").exists() and not (folder / "HEAD").is_file()


def unmoved(collections: Iterable[Collection], cache: Path) -> dict[str, str]:
    """Ask the sources of all collections what they have.

    Args:
        collections: Those to ask for.
        cache: Where mirrors are kept.

    Returns:
        A digest of each mirror's refs by slug, of those that are sound and have just what their source has. Of the
        others nothing is known: a source may have new commits, be a plain folder, or not answer.
    """
    wanted = [
        collection
        for collection in collections
        if (folder := mirror_folder(collection, cache)).exists()
        and not is_plain_folder(source_of(collection))
        and find_damage(folder) is None
    ]
    found = {}
    for collection, has in zip(wanted, _remote_refs(wanted, cache), strict=True):
        own = mirror_refs(mirror_folder(collection, cache))
        if has and own and _has_all(own, has, collection.git_ref):
            found[collection.slug] = digest_of_refs(own)
    return found


def mirror_refs(folder: Path) -> dict[str, str]:
    """Return the object ids of all refs of a mirror by their names; none where it cannot be read."""
    child = start(["git", "for-each-ref", "--format=%(objectname)\t%(refname)"], folder)
    return _refs(finish(child, None))


def digest_of_refs(refs: Mapping[str, str]) -> str:
    """Return a digest of refs and what they name."""
    lines = (f"{oid} {name}\n" for name, oid in sorted(refs.items()))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _remote_refs(collections: Sequence[Collection], cache: Path) -> Iterator[dict[str, str]]:
    """Yield the refs of each source, its tags and what its `git_ref` may mean; none where it does not answer."""
    rest = iter(collections)
    while batch := list(islice(rest, _AT_ONCE)):
        with ExitStack() as stack:
            children = []
            for one in batch:
                names = (f"refs/heads/{one.git_ref}", f"{_TAGS}*")
                command = ["git", "ls-remote", "--", source_of(one), *names]
                child = start(command, mirror_folder(one, cache))
                # However this ends, none of them goes on.
                stack.callback(stop, child)
                children.append(child)
            for child in children:
                try:
                    yield _refs(finish(child, _SECONDS))
                except TimeoutExpired:
                    yield {}


def _refs(output: Output) -> dict[str, str]:
    if output.status:
        return {}
    lines = output.text.decode("utf-8", "surrogateescape").split("\n")
    return {name: oid for oid, mark, name in (line.partition("\t") for line in lines) if mark}


def _has_all(own: Mapping[str, str], source: Mapping[str, str], ref: str) -> bool:
    """Return whether fetching would leave a mirror's refs as they are.

    Args:
        own: The mirror's refs.
        source: Those of its source.
        ref: What is catalogued: a branch, or a tag where there is no branch of this name.
    """
    name = next((name for name in (f"refs/heads/{ref}", f"{_TAGS}{ref}") if name in source), "")
    if not name or own.get(NEW) != source[name] or own.get(HEAD) != source.get(f"{name}{_PEELED}", source[name]):
        return False
    tags = {name: oid for name, oid in source.items() if name.startswith(_TAGS) and not name.endswith(_PEELED)}
    return tags == {name: oid for name, oid in own.items() if name.startswith(_TAGS)}
