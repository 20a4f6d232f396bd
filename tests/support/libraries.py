"""Keyword libraries out of texts, read without a repository."""

from collections.abc import Iterable, Mapping

from build.keyword_libraries import (
    Libraries,
    Library,
)
from build.model import (
    SourceFile,
)
from build.parse.libraries import read_libraries


def libraries_in(files: Mapping[str, str | bytes], imported: Iterable[str] = ()) -> Libraries:
    """Return the libraries that these files, by their paths below libraries/, make."""
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    sources = [
        SourceFile(path=f"libraries/{path}", oid="0" * 40, content=content) for path, content in contents.items()
    ]
    return read_libraries("beacon", sources, imported)


def only(result: Libraries) -> Library:
    """Return the one library."""
    (library,) = result.libraries
    return library
