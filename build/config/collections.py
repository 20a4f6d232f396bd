"""collections.yaml, read and checked. The file is ours and a person edits it: an error names file, line and key."""

import os
import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from build.config.git_address import PUBLIC_HOSTS, check_address, check_ref
from build.errors import UsageError
from build.keyword_libraries import CALLED
from build.model import Collection, Problem
from build.problems import problem
from build.untrusted import safe_yaml

# Filters and cards show it.
_MAINTAINER = re.compile(r"\S(?:[^\n\r]{0,58}\S)?")
# A host, and a name by the OCI distribution specification.
_NAME = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REGISTRY = re.compile(
    rf"[a-z0-9](?:[a-z0-9.-]{{0,251}}[a-z0-9])?(?::[0-9]{{1,5}})?/(?=.{{1,255}}$){_NAME}(?:/{_NAME})*"
)
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def allowed_hosts() -> frozenset[str]:
    """Return the hosts that git may contact: PUBLIC_HOSTS and those in REGISTRY_GIT_HOSTS, separated by commas."""
    more = os.environ.get("REGISTRY_GIT_HOSTS", "")
    return PUBLIC_HOSTS | {host.strip().lower() for host in more.split(",") if host.strip()}


def read_collections(file: Path, *, allow_local: bool = False) -> tuple[list[Collection], list[Problem]]:
    """Read the list of collections.

    Args:
        file: The path of collections.yaml.
        allow_local: Whether `clone_url` may be a path, relative to the file's folder; it is returned absolute.

    Returns:
        The collections in the file's order, and a warning for each key that nothing reads.

    Raises:
        UsageError: The file cannot be read, a key is missing or mistyped, or an address is not allowed.
    """
    try:
        text = file.read_text(encoding="utf-8")
        data = safe_yaml.load(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read ({error}); name a file with --collections.") from None
    except safe_yaml.SafeYamlError as error:
        raise UsageError(f"{file}:{error.line or 1}: {error}; correct the YAML there.") from None

    data = data if isinstance(data, dict) else {}
    entries = data.get("codecollections")
    if not isinstance(entries, list) or not entries:
        what = "must be a list of collections; see samples/collections.yaml."
        raise _wrong(file, text, ["codecollections"], "codecollections", what)

    problems = [_unknown_key(file, text, [], key) for key in data if key != "codecollections"]
    collections: list[Collection] = []
    for position, entry in enumerate(entries):
        path: list[str | int] = ["codecollections", position]
        if not isinstance(entry, dict):
            raise _wrong(file, text, path, "an entry", "is not a mapping of keys to values; write '- name: …'.")
        known = {key: value for key, value in entry.items() if key in Collection.model_fields and value is not None}
        unread = [str(key) for key in entry if key not in Collection.model_fields]
        problems += [_unknown_key(file, text, path, key) for key in unread]
        collection = _collection(file, text, path, known, unread, allow_local)
        if collection.slug in {other.slug for other in collections}:
            raise _wrong(file, text, [*path, "slug"], "slug", f"{collection.slug!r} is used twice; give each its own.")
        collections.append(collection)
    return collections, problems


def _collection(
    file: Path,
    text: str,
    path: list[str | int],
    entry: dict[str, Any],
    unread: Sequence[str],
    allow_local: bool,
) -> Collection:
    try:
        collection = Collection.model_validate(entry, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        what = f"is wrong ({first['msg']}); correct it."
        if first["type"] == "missing":
            (alike,) = get_close_matches(key, unread, n=1) or [""]
            what = f"is missing; {f'is {alike!r} meant for it?' if alike else 'add it.'}"
        raise _wrong(file, text, [*path, key], key, what) from None
    key = "name"
    try:
        if not collection.name.strip():
            raise UsageError("is empty; write the name that people are shown.")
        key = "slug"
        # The pages of the list of all bundles are at /codebundles/page/2/ and on.
        if not _SLUG.fullmatch(collection.slug) or collection.slug in ("page", CALLED):
            free = f"use lower-case letters, digits, '-_.', and not 'page' or '{CALLED}'"
            raise UsageError(f"{collection.slug!r} is not a valid slug; {free}.")
        key = "git_url"
        check_address(collection.git_url, allowed_hosts())
        key = "git_ref"
        check_ref(collection.git_ref)
        key = "maintained_by"
        if collection.maintained_by is not None and not _MAINTAINER.fullmatch(collection.maintained_by):
            raise UsageError(
                "is not a name of at most 60 characters on one line; write RunWhen, community or who it is."
            )
        key = "image_registry"
        if collection.image_registry is not None:
            _check_registry(collection.image_registry, allow_local)
        key = "clone_url"
        if collection.clone_url is not None:
            clone_url = _clone_url(collection.clone_url, file.parent, allow_local)
            collection = collection.model_copy(update={"clone_url": clone_url})
    except UsageError as error:
        raise _wrong(file, text, [*path, key], key, str(error)) from None
    return collection


def _clone_url(clone_url: str, folder: Path, allow_local: bool) -> str:
    if not clone_url.strip():
        raise UsageError("is empty; remove it to fetch from git_url.")
    if "://" in clone_url or "::" in clone_url or "@" in clone_url:
        check_address(clone_url, allowed_hosts())
        return clone_url
    if not allow_local:
        raise UsageError(f"{clone_url!r} is a path on this machine; add --allow-local to permit that.")
    return str((folder / clone_url).resolve())


def _check_registry(address: str, allow_local: bool) -> None:
    if not _REGISTRY.fullmatch(address):
        raise UsageError(f"{address!r} is not an image repository; write HOST/OWNER/NAME, such as ghcr.io/owner/name.")
    if is_loopback(address.partition("/")[0]) and not allow_local:
        raise UsageError(f"{address!r} is a registry on this machine; add --allow-local to permit that.")


def is_loopback(host: str) -> bool:
    """Return whether HOST[:PORT] names this machine."""
    name = host.rpartition(":")[0] or host
    return name == "localhost" or re.fullmatch(r"127(\.[0-9]{1,3}){3}", name) is not None


def _wrong(file: Path, text: str, path: list[str | int], key: str, what: str) -> UsageError:
    colon = "" if what.startswith(("is ", "must ")) else ":"
    return UsageError(f"{file}:{safe_yaml.line_of(text, path)}: key {key!r}{colon} {what}")


def _unknown_key(file: Path, text: str, parents: list[str | int], key: Any) -> Problem:
    (alike,) = get_close_matches(str(key), Collection.model_fields, n=1) or [""]
    meant = f"write {alike}, if that is meant" if alike else "correct its spelling"
    return problem(
        "unknown-key",
        f"key {str(key)!r} is unknown and not read",
        collection="",
        path=str(file),
        line=safe_yaml.line_of(text, [*parents, str(key)]),
        hint=f"Remove it, or {meant}; known are {', '.join(Collection.model_fields)}.",
    )
