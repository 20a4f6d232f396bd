"""The files of a bundle as they are published: which are named, what each is for, and the texts that are kept."""

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from build.model import FILE_OF, RESOURCES, SourceFile, Value, Withheld, is_script
from build.parse.readme import find_readme
from build.untrusted.source_text import NotTextError, source_text

# Bytes. Of 2,506 files of the public collections four are larger, data that a script left behind and an installer; the
# largest robot file has 118 KB, the largest bundle 1 MB without them.
MAX_TEXT = 200_000
MAX_TEXTS = 2_000_000
# The largest real bundle has 124 files.
MAX_NAMED = 500

Role = Literal["robot", "script", "resource", "template", "rules", "readme", "skill", "meta", "other", "test"]
# What matters most is kept first.
_ROLES = get_args(Role)
_RULES, _TEMPLATES = ".runwhen/generation-rules/", ".runwhen/templates/"
_SKILLS = ("SKILL-TEMPLATE.md", "SKILL.md")
_METAS = ("meta.yaml", "meta.yml")
_TESTS = frozenset({".test", ".tests", "test", "tests", "__tests__"})


class FileTexts(Value):
    """The texts of a bundle's files by their paths, and why there is none of the others."""

    texts: dict[str, str]
    withheld: dict[str, Withheld]


def role_of(path: str) -> Role:
    """Return what the file at a path, relative to its bundle's folder, is for."""
    folders = path.lower().split("/")[:-1]
    if path in FILE_OF.values():
        return "robot"
    if path.startswith((_RULES, _TEMPLATES)):
        return "rules" if path.startswith(_RULES) else "template"
    if path in _SKILLS:
        return "skill"
    if path in _METAS:
        return "meta"
    if find_readme([path]):
        return "readme"
    if is_script(path):
        return "script"
    if _TESTS.intersection(folders):
        return "test"
    return "resource" if path.endswith(RESOURCES) else "other"


def named_files(files: Iterable[SourceFile]) -> list[SourceFile]:
    """Return those that are named, MAX_NAMED at most, in the order of their paths."""
    return sorted(sorted(files, key=_by_role)[:MAX_NAMED], key=lambda file: file.path)


def file_texts(files: Sequence[SourceFile]) -> FileTexts:
    """Return what is kept of files: those that matter most come first where not all of them fit into MAX_TEXTS.

    Args:
        files: The files with their content, None of those that are larger than MAX_TEXT.
    """
    texts: dict[str, str] = {}
    withheld: dict[str, Withheld] = {}
    left = MAX_TEXTS
    for file in sorted(files, key=_by_role):
        if file.content is None or len(file.content) > MAX_TEXT:
            withheld[file.path] = "file-too-large"
            continue
        try:
            text = source_text(file.content)
        except NotTextError as error:
            withheld[file.path] = error.why
            continue
        size = len(text.encode())
        if size > left:
            withheld[file.path] = "bundle-too-large"
            continue
        left -= size
        texts[file.path] = text
    return FileTexts(texts=texts, withheld=withheld)


def _by_role(file: SourceFile) -> tuple[int, str]:
    return _ROLES.index(role_of(file.path)), file.path
