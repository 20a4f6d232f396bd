"""The bundle that an agent names: by its slug, its id, a spelling of either, or an address of it."""

import json
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from search_fn.index.open import Index
from search_fn.search.listing import alias_of, find_bundle
from search_fn.search.moved import find_moved
from search_fn.search.ranking import search
from search_fn.text import code_span, inline
from search_fn.tools.arguments import ToolError


def find_record(index: Index, slug: str, collection: str = "") -> dict[str, Any]:
    """Return the record of a bundle.

    Args:
        index: The index.
        slug: Its slug, its id, or the address or path of its page, record, files, resource or folder on its host.
        collection: Its collection's slug; "" where the slug is unique or an id.

    Raises:
        ToolError: No bundle has that name, or several collections have it; the message names ids to send.
        IndexUnavailableError: As `Index.stored` raises it.
    """
    own, _, slug = (_id_in(index, slug) or slug).rpartition("/")
    collection = collection or own
    text = find_bundle(index, collection, slug) if collection else _only_one(index, slug)
    if text is None and (moved := find_moved(index, collection, slug)):
        raise ToolError("\n".join(inline(one.sentence) for one in moved))
    if text is None:
        near = [one.id for one in search(index, slug.replace("-", " "), limit=3).results]
        raise ToolError(_choose("There is no such CodeBundle. The nearest ids, to send as slug:", near))
    record: dict[str, Any] = json.loads(text)
    return record


def _id_in(index: Index, address: str) -> str:
    """Return the id that an address or a path names, "" for what is neither."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:  # brackets that hold no address
        return ""
    if parts.scheme == "codebundle":
        return unquote(f"{parts.netloc}{parts.path}").strip("/")
    path = f"/{unquote(parts.path).lstrip('/')}"
    if on_host := _ON_HOST.match(path):
        repository, bundle = on_host.groups()
        known = {one.git_url.removesuffix(".git").rpartition("/")[2]: one.slug for one in index.manifest.collections}
        return f"{known.get(repository, repository)}/{bundle}"
    match = _RECORD.search(path) or _PAGE.search(path)
    return "/".join(match.groups()) if match else ""


# A folder or a file of it on GitHub, GitLab or Bitbucket; what is below the API, or upstream's page; our page.
_ON_HOST = re.compile(r"/.+?/([^/]+)/(?:-/)?(?:tree|blob|src)/.+?/codebundles/([^/]+)")
_RECORD = re.compile(r"/collections/([^/]+)/codebundles/([^/]+?)(?:\.json)?(?:/|$)")
_PAGE = re.compile(r"/codebundles/([^/]+)/([^/]+)")


def _only_one(index: Index, slug: str) -> str | None:
    alias = alias_of(slug)
    ids = [name for name in index.ids if alias_of(name.split("/", 1)[1]) == alias]
    # The exact slug takes precedence over its aliases.
    ids = [name for name in ids if name.endswith(f"/{slug}")] or ids
    if len(ids) > 1:
        raise ToolError(_choose("Several collections have it; send one of these ids as slug:", ids[:20]))
    return find_bundle(index, *ids[0].split("/", 1)) if ids else None


def _choose(sentence: str, ids: list[str]) -> str:
    return "\n".join([sentence, *(f"- {code_span(name)}" for name in ids)])
