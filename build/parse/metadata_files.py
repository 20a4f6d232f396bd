"""Parsers of SKILL-TEMPLATE.md, meta.yaml and templates, whose statements are unverified: often out of date."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from build.model import Access, Command, Meta, Skill, Template
from build.parse.yaml_fields import Complaint, Complaints, Fields
from build.untrusted import safe_yaml

TEMPLATES = ".runwhen/templates/"
_MAX_ITEMS = 100
# Enough for the head of a template; it is Jinja and no YAML, so it is looked at and never rendered.
_HEAD = 20_000
_KIND = re.compile(
    r"""^["']?kind["']?[ \t]*:[ \t]+(["']?)([A-Za-z]{1,64})\1[ \t]*(?:(?<=[ \t])#.*)?\r?$""", re.MULTILINE
)
_ROBOT_FILE = re.compile(r"^[ \t]*pathToRobot:[ \t]*[\"']?([\w./-]{1,300})", re.MULTILINE)
# Lines that may begin or end front matter.
_MARK = re.compile(r"---[ \t]*\r?")
_END = re.compile(r"(?:---|\.\.\.)[ \t]*\r?")
_KEY = re.compile(r"([A-Za-z_]{1,40})[ \t]*:(?:[ \t]+(.*))?")
_BLOCK = re.compile(r"[|>][+-]?[0-9]?[+-]?")
_ACCESS: dict[str, Access] = {"read-only": "read-only", "read-write": "read-write"}
_CLAIMS = ("description", "platforms", "resource_types", "access")


def read_skill(text: str) -> tuple[Skill | None, list[Complaint]]:
    """Return the front matter of SKILL-TEMPLATE.md, None when there is none, and what is wrong with it.

    Where it is not YAML that we read, it is read line by line: upstream's generator leaves colons unquoted.
    """
    first, *lines = text[: safe_yaml.MAX_CHARACTERS].split("\n")
    if not _MARK.fullmatch(first):
        return None, []
    end = next((number for number, line in enumerate(lines) if _END.fullmatch(line)), None)
    if end is None:
        return None, [Complaint("its front matter has no line of --- that ends it, so it is not read", 1)]
    front_matter = "".join(f"{line}\n" for line in lines[:end])
    refused: list[Complaint] = []
    try:
        data, complaints = safe_yaml.load(front_matter), Complaints(safe_yaml.lines_of(front_matter))
    except safe_yaml.SafeYamlError as error:
        result = {key: (value, line) for key, value, line in _line_by_line(front_matter)}
        data = {key: value for key, (value, _) in result.items()}
        complaints = Complaints(lambda path: result[str(path[0])][1])
        summary = f"; read line by line it gives {', '.join(data)}" if data else ""
        refused.append(Complaint(f"its front matter cannot be read: {error}{summary}", error.line))
    if not isinstance(data, dict):
        return None, _below(refused)
    # Keys are read in any case, as their words are.
    written = {key.lower(): key for key in reversed(list(data)) if isinstance(key, str)}
    data = {name: data[key] for name, key in written.items()}
    locate = complaints.locate
    complaints.locate = lambda path: locate((written[str(path[0])], *path[1:]))
    fields = Fields(data, (), "", complaints)
    access = fields.text("access")
    if access and _folded(access) not in _ACCESS:
        fields.tell("access", f"access is {access[:60]!r}, not {' or '.join(_ACCESS)}")
    skill = Skill(
        description=fields.text("description"),
        platforms=tuple(fields.words("platforms")[:_MAX_ITEMS]),
        resource_types=tuple(fields.words("resource_types")[:_MAX_ITEMS]),
        access=_ACCESS.get(_folded(access)) if access else None,
    )
    return skill, _below([*refused, *complaints.found])


def _below(complaints: list[Complaint]) -> list[Complaint]:
    """Return complaints with the lines of the file: its front matter begins on the second line."""
    return [Complaint(message, line + 1 if line else None) for message, line in complaints]


def _line_by_line(text: str) -> Iterator[tuple[str, Any, int]]:
    """Yield the keys that claims are read from, each with its value, of the lines below as well that are its own, and
    its line.
    """
    key, value, items, begun = "", "", [], 0
    for number, line in enumerate([*text.split("\n"), "end:"], 1):
        match = _KEY.fullmatch(line.rstrip())
        if match is None:
            inner = line.strip()
            if inner.startswith("- "):
                items.append(_unquoted(inner[2:]))
            elif inner and not inner.startswith("#"):
                value = f"{value} {inner}".strip()
            continue
        if key.lower() in _CLAIMS and (items or value):
            yield key, items or _value(value if key.lower() == "description" else value.partition(" #")[0]), begun
        key, items, begun = match[1], [], number
        value = "" if _BLOCK.fullmatch(match[2] or "") else match[2] or ""


def _value(text: str) -> Any:
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(item) for item in text[1:-1].split(",")]
    return _unquoted(text)


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _folded(word: str) -> str:
    """Return a level of access in lower case, with a hyphen for a blank or `_`."""
    return re.sub(r"[ _]", "-", word.strip().lower())


# Most states of a bundle have the same. Nobody may change what is returned.
@lru_cache(4)
def read_meta(text: str) -> tuple[Meta | None, list[Complaint]]:
    """Parse meta.yaml in either of its forms: `commands: […]`, which explains commands, or a resource of kind
    CodeBundle.

    Returns:
        The metadata, None where the file has neither form; and a complaint for each part that is wrong.

    Raises:
        SafeYamlError: The file is not YAML that we read.
    """
    data = safe_yaml.load(text)
    complaints = Complaints(safe_yaml.lines_of(text))
    if not isinstance(data, dict):
        return None, []
    fields = Fields(data, (), "", complaints)
    if isinstance(data.get("commands"), list):
        commands = list(fields.mappings("commands", "command"))[:_MAX_ITEMS]
        named = [(name, one.text("explanation")) for one in commands if (name := one.text("name"))]
        return Meta(commands=tuple(Command(name=name, explanation=said) for name, said in named)), complaints.found
    if data.get("kind") != "CodeBundle":
        return None, []
    metadata, spec = (fields.inner(key) for key in ("metadata", "spec"))
    meta = Meta(
        title=metadata.text("title"),
        description=metadata.text("description"),
        tags=tuple(metadata.words("tags")[:_MAX_ITEMS]),
        requires=tuple(spec.words("requires")[:_MAX_ITEMS]),
    )
    return meta, complaints.found


def read_template(name: str, text: str) -> Template:
    """Return a template with its kind and the robot file that it runs, as far as its first lines name them."""
    head = text[:_HEAD]
    kind, robot_file = _KIND.search(head), _ROBOT_FILE.search(head)
    return Template(name=name, kind=kind[2] if kind else None, robot_file=robot_file[1] if robot_file else None)
