"""Keyword libraries out of texts, read without a repository."""

from collections.abc import Iterable, Mapping

from build.libraries import shelve
from build.model import Library, Shelf, SourceFile


def shelf(files: Mapping[str, str | bytes], imported: Iterable[str] = ()) -> Shelf:
    """The libraries that these files, by their paths below libraries/, make."""
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    sources = [
        SourceFile(path=f"libraries/{path}", oid="0" * 40, content=content) for path, content in contents.items()
    ]
    return shelve("beacon", sources, imported)


def only(found: Shelf) -> Library:
    """The one library."""
    (library,) = found.libraries
    return library
