"""Which file of a bundle is its README, and which files only name what is kept elsewhere."""

from collections.abc import Iterable, Mapping

from build.model import FILE_OF, README_ENDINGS
from build.problems import Findings
from build.untrusted.comments import without_comments
from build.untrusted.source_text import is_lfs_pointer

# Files with other endings are shown as plain text.
MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn")


def readme_of(texts: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the path of a bundle's README and its text as it is published, without comments, which no page shows; None
    where there is none.
    """
    path = find_readme(texts)
    if path is None:
        return None
    text = texts[path]
    return path, without_comments(text) if is_markdown(path) else text


def find_readme(paths: Iterable[str]) -> str | None:
    """Return which file of a bundle's folder GitHub would show below its list, None where there is none."""
    result = [path for path in paths if _rank(path) is not None]
    return min(result, key=lambda path: (_rank(path), path != "README.md", path), default=None)


def is_markdown(path: str) -> bool:
    """Return whether a README of this name is Markdown."""
    return path.lower().endswith(MARKDOWN)


def without_pointers(texts: Mapping[str, str], findings: Findings) -> dict[str, str]:
    """Return the texts but for those that stand for a file in Git LFS, which are reported."""
    pointers = [path for path, text in texts.items() if is_lfs_pointer(text)]
    for path in pointers:
        findings.add("lfs-pointer", path)
        if path in FILE_OF.values():
            findings.add("no-tasks", path)
    return {path: text for path, text in texts.items() if path not in pointers}


def _rank(path: str) -> int | None:
    name, ending = path.lower()[:6], path.lower()[6:]
    return README_ENDINGS.index(ending) if name == "readme" and ending in README_ENDINGS else None
