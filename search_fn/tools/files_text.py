"""Files of a CodeBundle as Markdown, for get_codebundle_file: each in a fence that its text cannot end."""

from search_fn.text import code_block, code_span
from search_fn.tools.markdown import Data, address, answer_text, quoted_from
from search_fn.tools.paths import WHY

# The language of a fence, by which viewers highlight it, for endings of file names.
_LANGUAGES = {
    "robot": "robotframework", "resource": "robotframework", "sh": "bash", "bash": "bash", "py": "python",
    "ps1": "powershell", "js": "javascript", "sql": "sql", "json": "json", "yaml": "yaml", "yml": "yaml",
    "tf": "hcl", "md": "markdown",
}  # fmt: skip


def file(data: Data) -> str:
    """Return lines of files, or the list of files."""
    files = data["files"]
    lines = [
        f"- Id: {code_span(data['id'])}",
        *quoted_from(data["id"].split("/")[0], data["commit"], data["stale"], ""),
    ]
    for one in files:
        lines += _lines(one) if one["text"] is not None else _named(one)
    listed = files and files[0]["text"] is None
    head = f"{len(files)} of {data['total']} files; send the path of one, or the name of a tool." if listed else ""
    return answer_text(data, lines, head)


def _named(one: Data) -> list[str]:
    size = f", {one['size']:,} bytes" if one["size"] is not None else ""
    why = f"; it {WHY[one['reason']]}: {address(one['source_url'])}" if one["reason"] else ""
    return [f"- {code_span(one['path'])} ({one['role']}{size}){why}"]


def _lines(one: Data) -> list[str]:
    tool = f", of the tool {code_span(one['tool'])}" if one["tool"] else ""
    first, last, total = one["from_line"], one["to_line"], one["lines"]
    shown = f"lines {first:,} to {last:,} of {total:,}" if total else "empty"
    ending = one["path"].rpartition(".")[2].lower()
    return [
        "",
        f"## {code_span(one['path'])}, {shown}{tool}",
        "",
        address(one["source_url"]),
        "",
        *(code_block(one["text"], _LANGUAGES.get(ending, "text")) if total else []),
    ]
