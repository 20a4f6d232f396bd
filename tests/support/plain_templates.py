"""What templates of configuration write, read line by line and apart from the maker of config.yaml: no parser of Jinja,
no code of the build. It reads what collections really write: branches, expressions, includes, `set`, and loops within a
line.
"""

import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

UNKNOWN = "EXPRESSION"
"""What stands for whatever only a run can tell."""
_TAG = re.compile(r"(\{%-?.*?-?%\}|\{\{.*?\}\}|\{#.*?#\})", re.DOTALL)
_WORDS = re.compile(r"\{%-?\s*(\w+)\s*(.*?)\s*-?%\}", re.DOTALL)
_LOOP = re.compile(r"\{%-? *for [^\n]*\{%-? *endfor *-?%\}")
_KNOWN = ("repo_url", "ref")


class Resource(NamedTuple):
    """What must stand in a configuration as it does in the template: without what is unknown. `provided` and `tags` are
    name and value of each item, None for a value that is not known.
    """

    kind: str
    interval: object
    strategy: object
    units: tuple[object, object]
    alerts: object
    description: object
    provided: list[tuple[str, Any]]
    tags: list[tuple[str, Any]]

    def known_in(self, other: "Resource") -> bool:
        """Return whether all of it that is known stands in the other one."""
        return (
            self[:5] == other[:5]
            and self.description in (None, other.description)
            and _agree(self.provided, other.provided)
            and _agree(self.tags, other.tags)
        )


def _agree(ours: list[tuple[str, Any]], theirs: list[tuple[str, Any]]) -> bool:
    same = [name for name, _ in ours] == [name for name, _ in theirs]
    return same and all(
        a in (None, b) and (a is None or type(a) is type(b)) for (_, a), (_, b) in zip(ours, theirs, strict=True)
    )


def resource(document: dict[str, Any]) -> Resource:
    """Return what is compared of a resource, in a template or in a configuration."""
    spec = document.get("spec") or {}
    return Resource(
        kind=document["kind"],
        interval=spec.get("intervalSeconds"),
        strategy=spec.get("intervalStrategy"),
        units=(spec.get("displayUnitsLong"), spec.get("displayUnitsShort")),
        alerts=(spec.get("alertConfig"), spec.get("alerts")),
        description=_known(spec.get("description")),
        provided=[(item["name"], _known(item["value"])) for item in spec.get("configProvided") or []],
        tags=[(item["name"], _known(item["value"])) for item in spec.get("tags") or []],
    )


def _known(value: object) -> Any:
    return None if isinstance(value, str) and UNKNOWN in value else value


def resources(text: str) -> Iterator[Resource]:
    """Yield the resources of a template, one for each way in which its conditions may turn out, those that hold first;
    repo_url and ref are set.
    """
    text = _LOOP.sub(UNKNOWN, text)
    asked = dict.fromkeys(
        match[2] for tag in _TAG.findall(text) if (match := _WORDS.fullmatch(tag)) and match[1] in ("if", "elif")
    )
    conditions = [one for one in asked if one not in _KNOWN]
    for holding in itertools.product((True, False), repeat=len(conditions)):
        truth = {**dict.fromkeys(_KNOWN, True), **dict(zip(conditions, holding, strict=True))}
        yield from (resource(one) for one in yaml.safe_load_all("".join(_written(text, truth))) if one)


def _written(text: str, truth: dict[str, bool]) -> Iterator[str]:
    """Yield the parts that a template writes where conditions are so."""
    # Of each `if` that is open: whether its branch here is written, and whether one was.
    stack: list[tuple[bool, bool]] = []
    for piece in _TAG.split(text):
        words = _WORDS.fullmatch(piece)
        writing = all(now for now, _ in stack)
        if words is None:
            if writing:
                yield piece if not piece.startswith(("{{", "{#")) else UNKNOWN if piece.startswith("{{") else ""
        elif words[1] == "if":
            stack.append((truth[words[2]], truth[words[2]]))
        elif words[1] == "elif":
            _, done = stack.pop()
            stack.append((not done and truth[words[2]], done or truth[words[2]]))
        elif words[1] == "else":
            _, done = stack.pop()
            stack.append((not done, True))
        elif words[1] == "endif":
            stack.pop()
        else:
            assert words[1] in ("include", "set"), piece


_HEADING = re.compile(r"^# (\w+) of (\S+?)(?:, (where .*))?$", re.MULTILINE)


class Carried(NamedTuple):
    """A document of a configuration: its template, where it applies, and what is compared of it."""

    template: str
    where: str
    resource: Resource


def carried(configuration: str) -> list[Carried]:
    """Return the documents of a config.yaml that come from templates."""
    result = []
    # No value has a line of its own, so a line of --- divides.
    for text in re.split(r"^---$", configuration, flags=re.MULTILINE):
        headings = _HEADING.findall(text)
        if headings:
            (_, template, where) = headings[-1]
            result.append(Carried(template, where, resource(yaml.safe_load(text))))
    return result


def differences(templates: dict[str, str], configuration: str) -> list[str]:
    """Return in which of a bundle's templates, by name, something differs from the configuration."""
    documents = carried(configuration)
    wrong = [f"{one.template}: not among the templates" for one in documents if one.template not in templates]
    for name, text in templates.items():
        wanted = list(resources(text))
        given = [one.resource for one in documents if one.template == name]
        if len(wanted) != len(given):
            wrong.append(f"{name}: {len(given)} documents, not {len(wanted)}")
        wrong += [
            f"{name}: {ours} is not in {theirs}"
            for ours, theirs in zip(wanted, given, strict=False)
            if not ours.known_in(theirs)
        ]
    return wrong
