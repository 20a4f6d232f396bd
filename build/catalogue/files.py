"""The files of a bundle as they are published: their names, their roles, and the texts that are stored."""

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

from build.model import FILE_OF, RESOURCES, SourceFile, Value, Withheld, is_script
from build.parse.readme import find_readme
from build.untrusted.source_text import NotTextError, source_text

# Bytes of one file's text and of all texts of a bundle. Of 2,506 files of the public collections four are larger, data
# that a script left behind and an installer; the largest robot file has 118 KB, the largest bundle 1 MB without them.
MAX_TEXT = 200_000
MAX_TEXTS = 2_000_000
# Files that a record names; the largest bundle of the public collections has 124.
MAX_NAMED = 500

Role = Literal["robot", "script", "resource", "template", "rules", "readme", "skill", "meta", "other", "test"]
# In the order in which texts are stored while there is room.
_ROLES = get_args(Role)
_RULES, _TEMPLATES = ".runwhen/generation-rules/", ".runwhen/templates/"
_SKILLS = ("SKILL-TEMPLATE.md", "SKILL.md")
_METAS = ("meta.yaml", "meta.yml")
_TESTS = frozenset({".test", ".tests", "test", "tests", "__tests__"})


class FileTexts(Value):
    """The stored texts of a bundle's files by path, and why those of the others are withheld."""

    texts: dict[str, str]
    withheld: dict[str, Withheld]


def role_of(path: str) -> Role:
    """Return the role of the file at a path relative to its bundle's folder."""
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
    """Return the files that a record names: the first MAX_NAMED by role, sorted by path."""
    return sorted(sorted(files, key=_by_role)[:MAX_NAMED], key=lambda file: file.path)


def file_texts(files: Sequence[SourceFile]) -> FileTexts:
    """Return the texts of files that are stored: the first by role where not all fit into MAX_TEXTS. A file's content
    is None where it is larger than MAX_TEXT.
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
