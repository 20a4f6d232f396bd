"""The resources that a bundle's templates of configuration write, each variant as its own, with marks where somebody
has to fill something in. What cannot be had without a run is left out, and reported.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from build.model import Kind, LeftOut, Manifest
from build.parse.metadata_files import TEMPLATES, read_template
from build.parse.template_expressions import condition_words
from build.parse.template_text import (
    MAX_VARIANTS,
    Expression,
    Part,
    TemplateError,
    Variant,
    parts_of,
    read_template_text,
)
from build.problems import Findings
from build.untrusted import safe_yaml
from build.untrusted.credentials import names_credential
from build.untrusted.yaml_text import MAX_VALUE, PRIVATE, comment, gap, quote, string, tag_of
from search_fn.text import visible

KINDS = ("ServiceLevelX", "ServiceLevelIndicator", "ServiceLevelObjective", "Runbook", "Workflow")
"""The kinds of RunWhen's resources that are carried, in the order in which they are written."""
ROBOT_KINDS: dict[str, Kind] = {"Runbook": "runbook", "ServiceLevelIndicator": "monitor"}
KNOWN_MARKS = {"repo_url": "=repo_url", "ref": "=ref"}
"""The marks of what the catalogue knows of a collection."""
_API = "runwhen.com/"
_SETS = re.compile(r"-(?:slx|sli|slo|taskset|runbook|workflow)\.ya?ml\Z")
# The lists whose items somebody fills in by their names, the key of an item's value, and what marks begin with.
PROVIDED = {"configProvided": ("value", "v"), "secretsProvided": ("workspaceKey", "s")}
# Real bundles have 8 templates at most, and 3,500 characters in each.
_MAX_TEMPLATES = 50
_MAX_MANIFEST = 30_000
_MAX_ALL = 60_000
_MAX_NUMBER = 100
_MAX_NAME = 300
# YAML wants the colon of a key within 1,024 characters.
_MAX_KEY = 1_000
_NOT_SHOWN = "a credential, which is not shown"
_STRING, _NULL, _INTEGER = (f"tag:yaml.org,2002:{name}" for name in ("str", "null", "int"))
_VERBATIM = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "timestamp")}


class _ManifestError(Exception):
    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read_manifests(
    texts: Mapping[str, str], paths: Sequence[str], secrets: Mapping[Kind, Sequence[str]], findings: Findings
) -> tuple[tuple[Manifest, ...], tuple[LeftOut, ...]]:
    """Return the resources that a bundle's templates write, in the order of a file, and what is in none of them.

    Args:
        texts: The bundle's files that are read.
        paths: All of its files.
        secrets: What each robot file requires: a file of RunWhen's that templates include gives their keys.
        findings: Takes a problem for each template that cannot be read, or not as a whole.
    """
    own = [path for path in paths if path.startswith(TEMPLATES)]
    own.sort(key=lambda path: (_SETS.sub("", path), path))
    result: list[Manifest] = []
    left: list[LeftOut] = []
    for number, path in enumerate(own):
        name = path.removeprefix(TEMPLATES)
        head = read_template(name, texts.get(path, ""))

        def leave(
            reason: str, code: str, line: int | None = None, at: str = path, kind: str | None = head.kind
        ) -> None:
            findings.add(code, at, reason, line)
            left.append(LeftOut(template=at.removeprefix(TEMPLATES), kind=kind, reason=reason))

        if path not in texts:
            leave("it is not read", "template-not-read")
            continue
        if number >= _MAX_TEMPLATES:
            leave(f"the bundle has more than {_MAX_TEMPLATES} templates", "template-not-read")
            continue
        try:
            links, more, notes = _template(name, texts[path], secrets)
        except TemplateError as error:
            leave(str(error), "template-not-read", error.line)
            continue
        for reason in notes:
            leave(reason, "template-left-out")
        if more:
            leave(f"it has more than {MAX_VARIANTS} variants; these are the first of them", "template-left-out")
        for one in links:
            room = _MAX_ALL - sum(len(other.text) for other in result)
            if len(one.text) > min(room, _MAX_MANIFEST):
                leave(f"a {one.kind} of {len(one.text):,} characters is too long", "template-left-out")
                break
            result.append(one)
        for reason in dict.fromkeys(note for one in links for note in one.notes):
            findings.add("template-left-out", path, reason)
    result.sort(key=lambda one: (_SETS.sub("", one.template), KINDS.index(one.kind)))
    return tuple(result), tuple(dict.fromkeys(left))


def _template(name: str, text: str, secrets: Mapping[Kind, Sequence[str]]) -> tuple[list[Manifest], bool, list[str]]:
    """Return the manifests of a template.

    Args:
        name: The template's file name.
        text: Its text.
        secrets: The secrets that each robot file requires.

    Returns:
        The manifests; whether the template has more variants than are read; and what is left out of them.

    Raises:
        TemplateError: The template cannot be read.
    """
    read = read_template_text(text)
    manifests: list[Manifest] = []
    notes: dict[str, None] = {}
    for variant in read.variants:
        try:
            for node in safe_yaml.documents(variant.text):
                if isinstance(node, yaml.ScalarNode) and node.tag == _NULL:
                    continue
                kind, reason = _kind(node)
                if kind is None:
                    notes[reason] = None
                    continue
                writer = _Writer(variant, kind, secrets)
                written = writer.write(node)
                condition = f"where {condition_words(variant.conditions)}" if variant.conditions else ""
                manifests.append(
                    Manifest(
                        template=PRIVATE.sub("", name), kind=kind, variant=comment(condition), text=written,
                        notes=tuple(comment(note) for note in writer.notes),
                    )
                )  # fmt: skip
        except safe_yaml.SafeYamlError as error:
            raise _at_template(variant, f"what it writes cannot be read as YAML: {error}", error.line) from None
        except _ManifestError as error:
            raise _at_template(variant, str(error), error.line) from None
    if not manifests and not notes:
        raise TemplateError("it writes nothing")
    return list(dict.fromkeys(manifests)), read.more, list(notes)


def _unplaced(variant: Variant) -> list[str]:
    return [f"RunWhen adds {name} outside of any key" for name in variant.includes.get("", ())]


def _at_template(variant: Variant, message: str, line: int | None) -> TemplateError:
    """Return the error with the line of the template instead of the variant's."""
    message = re.sub("\ue010[0-9]*\ue011", "…", message)
    return TemplateError(PRIVATE.sub("", message), variant.lines[min(line, len(variant.lines)) - 1] if line else None)


def _kind(node: yaml.Node) -> tuple[str | None, str]:
    """Return the kind of a document that manifests may have, "" as the reason; else None and why it may not."""
    if not isinstance(node, yaml.MappingNode):
        return None, "one of its documents is not a mapping"
    fields = {key.value: value.value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
    kind, api = fields.get("kind"), fields.get("apiVersion", "")
    if kind is None:
        return None, "one of its documents has no kind"
    if kind not in KINDS:
        return None, f"the kind {comment(kind, 60)!r} is not one of RunWhen's that are carried"
    return (kind, "") if api.startswith(_API) else (None, f"its apiVersion is {comment(api, 60)!r}, not {_API}…")


class _Writer:
    """Writes one document anew, every text of it quoted or a plain word."""

    def __init__(self, variant: Variant, kind: str, secrets: Mapping[Kind, Sequence[str]]) -> None:
        self._variant, self._kind = variant, kind
        self.notes = dict.fromkeys((*variant.notes, *_unplaced(variant)))
        self._secrets = secrets[ROBOT_KINDS[kind]] if ROBOT_KINDS.get(kind) in secrets else ()

    def write(self, node: yaml.Node) -> str:
        return "".join(f"{line}\n" for line in self._mapping(node, "", ()))

    def _mapping(self, node: yaml.Node, indent: str, path: tuple[str, ...]) -> Iterator[str]:
        fields: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag == "tag:yaml.org,2002:merge":
                raise _ManifestError("a key is not a plain word", line)
            if key.value in fields:
                self.notes[f"duplicate key {comment(key.value, 60)!r}; the last one counts"] = None
            fields[key.value] = key, value
        name = _name_of(node) or ""
        for plain, (key, value) in fields.items():
            written = self._scalar(key, "", ())[0] or "null"
            if len(written) > _MAX_KEY:
                raise _ManifestError(f"a key has more than {_MAX_KEY} characters", key.start_mark.line + 1)
            yield from self._field(f"{indent}{written}:", value, indent, (*path, plain), name)

    def _field(self, head: str, value: yaml.Node, indent: str, path: tuple[str, ...], name: str) -> Iterator[str]:
        key = path[-1]
        put_in = self._variant.includes.get(key, ()) if len(path) <= 2 else ()
        note = f"  # RunWhen adds {comment(', '.join(put_in))}" if put_in else ""
        if self._is_provided(path) and not _is_other(value):
            yield from self._provided(head, value, indent, path, note)
        elif isinstance(value, yaml.ScalarNode):
            scalar, why = self._scalar(value, name, path)
            if path == ("spec", "intervalSeconds") and value.tag == _INTEGER:
                scalar = gap("interval", scalar)
            yield f"{head} {scalar}".rstrip() + (note or (f"  # {why}" if why else ""))
        elif not value.value:
            yield f"{head} {'{}' if isinstance(value, yaml.MappingNode) else '[]'}{note}"
        else:
            yield f"{head}{note}"
            yield from self._inner(value, f"{indent}  ", path)

    def _is_provided(self, path: tuple[str, ...]) -> bool:
        """Return whether the path leads to the list of variables or secrets that a resource gives to its robot file."""
        return len(path) == 2 and path[0] == "spec" and path[1] in PROVIDED and self._kind in ROBOT_KINDS

    def _inner(self, node: yaml.Node, indent: str, path: tuple[str, ...]) -> Iterator[str]:
        if isinstance(node, yaml.MappingNode):
            yield from self._mapping(node, indent, path)
            return
        for item in node.value:
            if isinstance(item, yaml.ScalarNode):
                scalar, why = self._scalar(item, "", path)
                yield f"{indent}- {scalar}".rstrip() + (f"  # {why}" if why else "")
            elif not item.value:
                yield f"{indent}- {'{}' if isinstance(item, yaml.MappingNode) else '[]'}"
            else:
                first, *rest = self._inner(item, f"{indent}  ", path)
                yield f"{indent}- {first[len(indent) + 2 :]}"
                yield from rest

    def _provided(self, head: str, value: yaml.Node, indent: str, path: tuple[str, ...], note: str) -> Iterator[str]:
        """Yield the lines of a list of provided variables or secrets, with a gap where a reader may add some."""
        field, letter = PROVIDED[path[-1]]
        items = list(self._inner(value, f"{indent}  ", path)) if value.value else []
        if note and path[-1] == "secretsProvided":
            given = {item for one in (value.value or ()) if (item := _name_of(one))}
            for secret in self._secrets:
                if secret not in given:
                    items.append(f"{indent}  - name: {string(secret)}")
                    items.append(f"{indent}    {field}: {_named_gap(f'{letter}:{secret}')}")
            note += "; these are what the robot file requires" if self._secrets else ""
        more = f"+{letter}:{ROBOT_KINDS[self._kind]}"
        if not items:
            yield f"{head} {gap(more, '[]')}{note}"
            return
        yield f"{head}{note}"
        yield from items[:-1]
        # Zero wide at the end of the last line: the form puts lines behind it.
        yield f"{items[-1]}{gap(more, '')}"

    def _scalar(self, node: yaml.Node, name: str, path: tuple[str, ...]) -> tuple[str, str]:
        """Return a scalar as YAML, and a comment on it."""
        line = node.start_mark.line + 1
        asked = ""
        if self._is_provided(path[:-1]) and path[-1] == PROVIDED[path[-2]][0] and name:
            asked = f"{PROVIDED[path[-2]][1]}:{visible(PRIVATE.sub('', name))}"[:_MAX_NAME]
        parts = parts_of(node.value, self._variant.expressions)
        if len(node.value) > MAX_VALUE:
            raise _ManifestError(f"a value has more than {MAX_VALUE:,} characters", line)
        if len(parts) == 1 and parts[0].expression:
            return _single_expression(node, parts[0].expression, asked)
        if not any(part.expression for part in parts):
            return _literal(node, parts[0].text if parts else "", asked)
        if asked:
            # A reader's value replaces the whole text.
            return f'"{gap(asked, _escape("".join(map(_readable, parts))))}"', ""
        return f'"{"".join(map(_quoted_part, parts))}"', ""


def _single_expression(node: yaml.Node, one: Expression, asked: str) -> tuple[str, str]:
    """Return a value that is one expression, as YAML, and a comment on it."""
    if one.source in KNOWN_MARKS:
        return f'"{gap(KNOWN_MARKS[one.source], "")}"', ""
    if one.literal is None:
        return (_named_gap(asked) if asked else f'"{_word_gap(one.words)}"'), ""
    text = visible(PRIVATE.sub("", one.literal))
    if text and _is_credential(asked):
        return _named_gap(asked), _NOT_SHOWN
    why = comment(f"unless {one.source.partition(' | ')[0]} is set", 100) if " | " in one.source else ""
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    if plain and text and tag_of(text) in _VERBATIM and len(text) <= _MAX_NUMBER:
        # Unquoted in the template, it is of the type that YAML takes it for.
        return _bare(asked, text), why
    return (f'"{gap(asked, _escape(text))}"' if asked else string(text)), why


def _literal(node: yaml.Node, text: str, asked: str) -> tuple[str, str]:
    """Return a literal as YAML, and a comment on it: what is not a string is written as it is, so that it keeps its
    type.
    """
    line = node.start_mark.line + 1
    if node.tag in _VERBATIM:
        if tag_of(text) != node.tag or len(text) > _MAX_NUMBER or not (text.isprintable() and text.isascii()):
            raise _ManifestError("a value has a type that its text has not", line)
        return _bare(asked, text), ""
    if node.tag not in (_STRING, "tag:yaml.org,2002:value"):
        raise _ManifestError(f"a value has the tag {comment(node.tag, 60)}", line)
    text = visible(text)
    if not asked:
        return string(text), ""
    if text and _is_credential(asked):
        return _named_gap(asked), _NOT_SHOWN
    return f'"{gap(asked, _escape(text))}"', ""


def _bare(asked: str, text: str) -> str:
    """Return a value without quotes, as a gap where a reader's value, with quotes of its own, can replace it."""
    return gap(f"r{asked}", text) if asked else text


def _is_credential(asked: str) -> bool:
    return asked.startswith("v:") and names_credential(asked[2:])


def _readable(part: Part) -> str:
    """Return a part of a value for people to read."""
    one = part.expression
    text = part.text if one is None else f"<{one.words}>" if one.literal is None else one.literal
    return visible(PRIVATE.sub("", text))


def _quoted_part(part: Part) -> str:
    """Return a part of a value for use within quotes, with a gap where it is to be filled in."""
    one = part.expression
    if one and one.source in KNOWN_MARKS:
        return gap(KNOWN_MARKS[one.source], "")
    return _word_gap(one.words) if one and one.literal is None else _escape(_readable(part))


def _is_other(node: yaml.Node) -> bool:
    """Return whether a value that should list what is provided is neither a list nor null."""
    return not isinstance(node, yaml.SequenceNode) and not (isinstance(node, yaml.ScalarNode) and node.tag == _NULL)


def _name_of(item: yaml.Node) -> str | None:
    if isinstance(item, yaml.MappingNode):
        for key, value in item.value:
            if key.value == "name" and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    return None


def _escape(text: str) -> str:
    """Return a text escaped for use between double quotes of YAML."""
    return quote(text)[1:-1]


def _named_gap(asked: str) -> str:
    """Return the gap for the value of a variable (`v:NAME`) or secret (`s:NAME`)."""
    return f'"{gap(asked, _escape(f"<{asked[2:]}>"))}"'


def _word_gap(words: str) -> str:
    """Return the gap for a value that is described in words."""
    return gap(f"w:{words}", f"<{words}>")
