"""The answer of get_codebundle_file: robot code, scripts and templates of a bundle, whole, by tool or by lines."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from search_fn.index.corpus import fold_name
from search_fn.index.open import Index
from search_fn.text import canonical, code_span, lines_anchor
from search_fn.tools import schemas as s
from search_fn.tools.arguments import ArgumentsError, ToolError, offset_of
from search_fn.tools.named import find_record
from search_fn.tools.paths import WHY, find_file
from search_fn.tools.size import Draft

PAGE_SIZE = 48_000
"""Characters of the files' lines in one answer, as data and as text together."""
ROBOT_FILES = {"runbook": "runbook.robot", "monitor": "sli.robot"}
# Tools that an error lists.
_MOST_TOOLS = 50
# The head of a section of a robot file, and the first line of a task: lines within a task are indented by two blanks.
_SECTION = re.compile(r"\s*\*+\s*\w")
_TASK = re.compile(r" ?(?!\.\.\.)[^\s#|]|\| +[^\s|#]")


class Excerpt(NamedTuple):
    """Lines of a file, both ends included, from 1; `last` is 0 for all to the end. `tool` is the one that runs them."""

    path: str
    first: int = 1
    last: int = 0
    tool: str | None = None


class Section(NamedTuple):
    """An excerpt with its lines; `total` counts those of the whole file."""

    excerpt: Excerpt
    lines: Sequence[str]
    total: int


def codebundle_file(index: Index, arguments: s.GetCodebundleFile) -> Draft:
    """Return the lines that are asked for, as many as fit; without path and tool the list of files.

    Raises:
        ArgumentsError: The arguments exclude each other.
        ToolError: There is no such bundle, file, line or tool, or its text is not stored.
    """
    record = find_record(index, arguments.slug, arguments.collection_slug)
    about = {
        "id": record["id"],
        "commit": record["codecollection"]["commit"],
        "stale": record["codecollection"]["stale"],
    }
    offset = offset_of(index, arguments.cursor)
    files = Files(index, record)
    if not arguments.path and not arguments.tool:
        if arguments.from_line or arguments.to_line:
            raise ArgumentsError("from_line and to_line are of a file: send its path with them.")
        return _all(files, about, offset)
    if arguments.path and arguments.tool:
        raise ArgumentsError("Send path or tool, not both: a tool's lines are found by its name.")
    notes: list[str] = []
    if arguments.tool:
        if arguments.from_line or arguments.to_line:
            raise ArgumentsError("Send tool or lines, not both: from_line and to_line go with a path.")
        sections = [files.section(excerpt) for excerpt in files.of_tool(arguments.tool, notes)]
    else:
        name = find_file(record, arguments.path)["path"]
        sections = [files.section(Excerpt(name, arguments.from_line or 1, arguments.to_line or 0))]
    return _page(files, about, sections, offset, notes)


class Files:
    """The files of one bundle."""

    def __init__(self, index: Index, record: Mapping[str, Any]) -> None:
        self._index, self._record = index, record
        self.build_id = index.manifest.build_id
        stored = (file["path"] for file in record["files"] if file["stored"])
        self._numbers = {path: number for number, path in enumerate(stored)}
        self.facts: dict[str, dict[str, Any]] = {file["path"]: file for file in record["files"]}

    def text(self, path: str) -> str:
        """Return the text of a file.

        Raises:
            ToolError: The text is not stored; the message has the address of its source.
        """
        file = self.facts[path]
        if not file["stored"]:
            raise ToolError(not_stored(file))
        return self._index.text_of(self._index.positions[self._record["id"]], self._numbers[path], path)

    def section(self, excerpt: Excerpt) -> Section:
        """Return an excerpt with its lines.

        Raises:
            ToolError: The file is not stored, or has no such line.
        """
        lines = lines_of(self.text(excerpt.path))
        first, last = excerpt.first, excerpt.last or len(lines)
        if last < first and excerpt.last:
            raise ToolError(f"to_line {last} comes before from_line {first}.")
        if first > max(len(lines), 1):
            count = f"{len(lines):,} line{'s' if len(lines) != 1 else ''}"
            raise ToolError(f"{code_span(excerpt.path)} has {count}; there is no line {first:,}.")
        last = min(last, len(lines))
        return Section(excerpt._replace(first=first, last=last), lines[first - 1 : last], len(lines))

    def of_tool(self, name: str, notes: list[str]) -> Iterator[Excerpt]:
        """Yield the lines of the tools of a name in their robot files, then the scripts that they run.

        Args:
            name: The name or title of a tool.
            notes: Gets a sentence for each file that cannot be shown.

        Raises:
            ToolError: There is no such tool; the message names those that there are.
        """
        scripts: dict[str, str] = {}
        for tool in find_tools(self._record, name):
            path = ROBOT_FILES[tool["kind"]]
            if self._is_stored(path, notes):
                last = last_line(lines_of(self.text(path)), tool["line"])
                yield Excerpt(path, tool["line"], last, tool["name"])
            scripts |= {script: tool["name"] for script in tool["scripts"] if script not in scripts}
        for script, of in scripts.items():
            if self._is_stored(script, notes):
                yield Excerpt(script, tool=of)

    def _is_stored(self, path: str, notes: list[str]) -> bool:
        """Return whether the text of a file is stored; add a note that says why where it is not."""
        file = self.facts.get(path)
        if file is None:
            notes.append(f"The tool runs {code_span(path)}, which is not among the files of the CodeBundle.")
        elif not file["stored"]:
            notes.append(not_stored(file))
        return file is not None and file["stored"]


class ReadFile(NamedTuple):
    """Lines of a file with their numbers: `more` is the number of the first that did not fit, None where all did;
    `note` says that a line is cut.
    """

    text: str
    first: int
    last: int
    total: int
    more: int | None
    note: str
    source_url: str
    commit: str


def read_file(index: Index, id_: str, path: str, first: int, last: int, size: int) -> ReadFile:
    """Return lines of a file, as many as fit.

    Args:
        index: The index.
        id_: The bundle's id.
        path: The file's path, from the bundle's folder.
        first: The first line, from 1.
        last: The last line; 0 for all up to the end.
        size: Characters of the text at most.

    Raises:
        ToolError: There is no such file or line, or its text is not stored.
    """
    record = find_record(index, id_)
    fact = find_file(record, path)
    section = Files(index, record).section(Excerpt(fact["path"], first, last))
    # A line is counted as data, and as text.
    taken = _fitting(section, 0, 2 * size, alone=True)
    end = section.excerpt.first + len(taken.lines)
    return ReadFile(
        text="".join(f"{line}\n" for line in taken.lines),
        first=section.excerpt.first,
        last=end - 1,
        total=section.total,
        more=end if len(taken.lines) < len(section.lines) else None,
        note=" ".join(taken.notes),
        source_url=source_lines(fact["source_url"], section.excerpt.first, end - 1, section.total),
        commit=record["codecollection"]["commit"],
    )


def find_tools(record: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the tools whose name or title is `name`, else in another spelling, else those that contain it.

    Raises:
        ToolError: There is none; the message names those that there are.
    """
    tools: list[dict[str, Any]] = record["tools"]
    folded = fold_name(name)
    exact = [tool for tool in tools if name in (tool["name"], tool["title"])]
    spelled = [tool for tool in tools if folded in (fold_name(tool["name"]), fold_name(tool["title"]))]
    part = [tool for tool in tools if folded in fold_name(f"{tool['name']} {tool['title']}")]
    if exact:
        return exact
    # A name of nothing but separators is empty when folded, and would be part of every name.
    if folded and (spelled or part):
        return spelled or part
    names = list(dict.fromkeys(tool["name"] for tool in tools))
    if not names:
        raise ToolError(f"{code_span(record['id'])} has no tools; send the path of a file.")
    more = f"\n- and {len(names) - _MOST_TOOLS} more" if len(names) > _MOST_TOOLS else ""
    listed = "".join(f"\n- {code_span(each)}" for each in names[:_MOST_TOOLS])
    raise ToolError(f"There is no such tool in {code_span(record['id'])}; it has:{listed}{more}")


def not_stored(file: Mapping[str, Any]) -> str:
    """Return the sentence that says why a file's text is not stored, with the address of its source."""
    size = f" ({file['size']:,} bytes)" if file["size"] is not None else ""
    return f"{code_span(file['path'])}{size} {WHY[file['reason']]}; its source: <{file['source_url']}>"


def source_lines(url: str, first: int, last: int, total: int) -> str:
    """Return the address of lines of a file, which is the file's own for all of them.

    Args:
        url: The file's address.
        first: The first line, from 1.
        last: The last line.
        total: The lines of the file.
    """
    return url if (first, last) == (1, total) else f"{url}{lines_anchor(urlsplit(url).hostname or '', first, last)}"


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, whether or not the last one ends with a line feed."""
    return text.removesuffix("\n").split("\n") if text else []


def last_line(lines: Sequence[str], first: int) -> int:
    """Return the last line of the task of a robot file that begins at `first`, both from 1."""
    last = first
    for number in range(first + 1, len(lines) + 1):
        line = lines[number - 1]
        if _SECTION.match(line) or _TASK.match(line):
            break
        if line.strip(" \t|") and not line.startswith("#"):
            last = number
    return last


def _all(files: Files, about: Mapping[str, Any], offset: int) -> Draft:
    rows = [_row(fact) for fact in files.facts.values()]
    return Draft({**about, "total": len(rows), "files": rows[offset:]}, "files", offset)


def _page(files: Files, about: Mapping[str, Any], sections: Sequence[Section], offset: int, notes: list[str]) -> Draft:
    """Return the lines from the `offset`th of all sections on, as many as fit into PAGE_SIZE."""
    rows: list[dict[str, Any]] = []
    left, start, end = PAGE_SIZE, 0, None
    for section in sections:
        begin = max(offset - start, 0)
        start += len(section.lines)
        if begin and begin >= len(section.lines):
            continue
        taken = _fitting(section, begin, left, alone=not rows)
        if taken.lines or not section.lines:
            rows.append(_row(files.facts[section.excerpt.path], section, begin, taken.lines))
        notes += taken.notes
        left -= taken.size
        rest = len(section.lines) - begin - len(taken.lines)
        if rest:
            end = f"{start - rest}.{files.build_id}"
            break
    return Draft({**about, "total": len(sections), "files": rows, "next_cursor": end, "notes": notes})


class _Fitting(NamedTuple):
    """Lines that fit, and their size in characters as data and as text together."""

    lines: Sequence[str]
    size: int
    notes: Sequence[str] = ()


def _fitting(section: Section, begin: int, room: int, *, alone: bool) -> _Fitting:
    """Return the lines of a section from the one at `begin` on that fit into `room` characters. Where not even the
    first fits into an answer that it has `alone`, return its beginning.
    """
    sizes = list(accumulate(len(line) + len(canonical(line)) + 2 for line in section.lines[begin:]))
    count = bisect_right(sizes, room)
    if count or not sizes or not alone:
        return _Fitting(section.lines[begin : begin + count], sizes[count - 1] if count else 0)
    line, shown = section.lines[begin], PAGE_SIZE // 4
    note = (
        f"Line {section.excerpt.first + begin:,} of {code_span(section.excerpt.path)} has {len(line):,} characters, "
        f"of which the first {shown:,} are shown."
    )
    return _Fitting([line[:shown]], room, [note])


def _row(
    fact: Mapping[str, Any], section: Section | None = None, begin: int = 0, lines: Sequence[str] = ()
) -> dict[str, Any]:
    row: dict[str, Any] = {name: fact[name] for name in ("path", "role", "size", "reason", "source_url")}
    row |= dict.fromkeys(("tool", "lines", "from_line", "to_line", "text"))
    if section:
        first = section.excerpt.first + begin
        last = first + len(lines) - 1
        row |= {
            "source_url": source_lines(fact["source_url"], first, last, section.total),
            "tool": section.excerpt.tool,
            "lines": section.total,
            "from_line": first,
            "to_line": last,
            "text": "".join(f"{line}\n" for line in lines),
        }
    return row
