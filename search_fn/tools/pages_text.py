"""Pages of documentation and keyword libraries as Markdown, in which all text of third parties is quoted or escaped."""

from collections.abc import Iterable, Mapping
from typing import Any

from search_fn.text import NOTICE, code_block, code_span, inline, quote, visible
from search_fn.tools.arguments import ToolError

Json = Mapping[str, Any]


def page_text(page: Json, section: str = "") -> str:
    """Return a page, or the section at an anchor.

    Raises:
        ToolError: The page has no such section.
    """
    chosen = [one for one in page["sections"] if not section or one["anchor"] == section]
    if not chosen and section:
        anchors = ", ".join(code_span(one["anchor"]) for one in page["sections"] if one["anchor"])
        has = f"it has {anchors}" if anchors else "it has none that has an address"
        raise ToolError(f"The page {inline(page['name'])} has no section {code_span(section[:100])}; {has}.")
    lines = [NOTICE, "", f"- Page: {inline(page['name'])}", *quote(page["description"], "  "), *sections(chosen, "  ")]
    return "\n".join(lines) + "\n"


def sections(page: Iterable[Json], indent: str = "") -> list[str]:
    """Return the quoted lines of a page's sections, each below its heading with its anchor."""
    lines: list[str] = []
    for one in page:
        anchor = f" ({code_span('#' + one['anchor'])})" if one["anchor"] else ""
        lines += [f"{indent[2:]}- Section: {inline(one['heading'])}{anchor}"] if one["heading"] else []
        lines += quote(one["text"], indent)
    return lines


def library_text(library: Json, keywords: Iterable[Json]) -> str:
    """Return a keyword library with its keywords."""
    lines = [NOTICE, "", f"- Library: {code_span(library['import_name'])}", *library_facts(library, "  ")]
    lines += quote(library["description"], "  ")
    return "\n".join([*lines, *(line for one in keywords for line in keyword_lines(one))]) + "\n"


def library_facts(library: Json, indent: str = "") -> list[str]:
    """Return the lines of a list on a library: who defines it, its keywords, its use."""
    whose = inline(library["collection"]) if library["defined"] else "no CodeCollection here: this is what calls show"
    return [
        f"{indent}- Defined by {whose}",
        f"{indent}- Keywords: {library['keyword_count']}",
        f"{indent}- Imported by {library['used_by']} CodeBundles",
    ]


def keyword_lines(keyword: Json) -> list[str]:
    """Return a keyword in lines of a list: its arguments, documentation, and a call."""
    calls = f"{keyword['calls']} calls, " if "calls" in keyword else ""
    lines = [f"- {code_span(keyword['name'])} ({calls}in {keyword['used_by']} CodeBundles)"]
    lines += [f"  - Arguments: {', '.join(map(code_span, keyword['arguments']))}"] if keyword["arguments"] else []
    lines += quote(keyword.get("documentation"), "    ")
    for one in keyword["examples"][:1]:
        where = f"{code_span(one['bundle'])}, {code_span(one['path'].rpartition('/')[2])} line {one['line']}"
        call = code_block(visible(one["call"], ""), "robotframework")
        lines += [f"  - Called in {where}:", *(f"    {line}" for line in call)]
    return lines
