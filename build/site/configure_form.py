"""The form on a bundle's page that configures it: the configuration in pieces, its fields, and where it goes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from build.catalogue.configuration import CARRIED
from build.catalogue.models import CodeBundleRecord
from build.model import Secret, Variable
from build.site.configure_choices import choose_documents
from build.site.filters import in_text
from build.untrusted.yaml_text import Piece, pieces, quote

# Characters of a configuration, with marks, that a page shows whole; of 237 real ones 30 are longer.
_LONG = 7_000
# No value has a line of its own, so a line of --- divides documents; a variant says where it applies behind a comma.
_DIVIDER = re.compile(r"^---\n", re.MULTILINE)
_HEADING = re.compile(r"^# [^\n,]+, (?=where )", re.MULTILINE)
_KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)
# Something that is to be filled in, within a value or as the whole of it.
_OPEN = re.compile(r"<[^<>\n]+>")
_UNDECLARED = "The CodeCollection's template gives it a value, though no robot file here declares it."
_CUSTOM = re.compile(r"\bcustom\.(\w+)")
# The files of a workspace's repository that hold a resource of each kind.
_FILES = {"ServiceLevelX": "slx.yaml", "ServiceLevelIndicator": "sli.yaml", "Runbook": "runbook.yaml"}
_SAID = {"ServiceLevelX": "the SLX", "ServiceLevelIndicator": "the SLI", "Runbook": "the runbook"}
# What YAML has in double quotes as it is: no escape, no other quotation mark, no character that a line may end with.
_LITERAL = re.compile(r'("?)([ !#-\[\]-~]*)\1')
# Patterns that everything fits.
_ANYTHING = frozenset({".*", "\\w*", ".+"})


class Word(NamedTuple):
    """A value that is asked for besides variables and secrets: the gap's word, its label, and its explanation."""

    word: str
    label: str
    about: str


_WORDS = {
    word: Word(word, label, about)
    for word, label, about in (
        (
            "slx name",
            "Name of the SLX",
            "An SLX is one thing that your workspace watches, with its monitor and its runbook. Lower case, digits and "
            "hyphens; also the folder of its files.",
        ),
        ("default location", "Location", "Where it runs: the name of a location of your workspace."),
        ("workspace owner email", "Owner", "The address of who owns it, as your workspace knows them."),
        (
            "qualified name",
            "Qualified name",
            "The resource's name with what it lies in, from the outside in, e.g. my-cluster/my-namespace/my-app.",
        ),
        ("resource name", "Name of the resource", "The one that it watches, as people call it."),
    )
}


class Ref(NamedTuple):
    """A version that a configuration can pin. `kind` names it in the page's address: it is the same at every build."""

    kind: str
    value: str
    words: str


class Field(NamedTuple):
    """The field of a variable or secret.

    `required` also counts a template that asks for what the robot file has a default for; `pattern` is that of its
    values, None where none is checked. `written` says what the templates write where that is not the robot file's
    default, which is `declared` then: `2 in the SLI, 4 in the runbook`.
    """

    id: str
    of: Variable | Secret
    is_secret: bool
    required: bool
    pattern: str | None
    written: str
    declared: str | None


def form_values(record: CodeBundleRecord) -> dict[str, Any]:
    """Return the values of the form on a bundle's page.

    They are whether there is YAML (`pieces`); its `documents`, each in pieces with the marks of their gaps; the
    `choices` between those of which one is applied; whether templates were read (`carried`); the required and the
    optional fields; the `files` that hold the resources; what templates read of `custom`; and the part of
    workspaceInfo.yaml that discovers the bundle.
    """
    result = pieces(_fit(record.configuration))
    choices, documents = choose_documents(result)
    gaps = [(piece.gap, piece.text) for piece in result if piece.gap]
    texts: dict[str, str] = {}
    for gap, text in gaps:
        # The first that is open: of several variants one may have a value where others have none.
        if not _OPEN.search(texts.get(gap.removeprefix("r"), "")):
            texts[gap.removeprefix("r")] = text
    # A default of a robot file may look like something to be filled in, and is a value.
    defaults = {f"v:{one.name}": one.default for one in record.user_variables}
    asked = {gap: one for gap, one in texts.items() if _OPEN.search(one) and _text_of(one) != defaults.get(gap)}
    written = _written(result)
    fields = [
        *_fields("v", (*record.user_variables, *_undeclared_variables(record, texts)), asked, written),
        *_fields("s", (*record.secrets, *_undeclared_secrets(record, texts)), asked, written),
    ]
    interval = next((text for gap, text in gaps if gap == "interval"), None)
    # One of several that can take each other's place is needed, though none alone is required.
    required = [field for field in fields if field.required or field.of.alternatives]
    optional = [field for field in fields if field not in required]
    kinds = list(dict.fromkeys(_KIND.findall(record.configuration)))
    words = dict.fromkeys(gap[2:] for gap, _ in gaps if gap.startswith("w:"))
    return {
        "pieces": bool(result),
        "documents": [
            (one.heading, one.choices, [(_mark(piece), in_text(piece.text)) for piece in one.pieces])
            for one in documents
        ],
        "choices": choices,
        "carried": CARRIED in record.configuration.partition("\n")[0],
        "words": [_WORDS.get(word) or Word(word, word[:1].upper() + word[1:], "") for word in words],
        "interval": interval,
        "required": required,
        "optional": optional,
        "more": len(optional) + bool(interval),
        "both": bool(record.runbook_path and record.sli_path),
        "files": [(kind, _FILES[kind]) for kind in kinds if kind in _FILES],
        "custom": sorted(set(_CUSTOM.findall(record.configuration))),
        "discovery": workspace_info(record) if record.configuration_type.has_generation_rules else "",
        "refs": _refs(record),
    }


def workspace_info(record: CodeBundleRecord) -> str:
    """Return the part of workspaceInfo.yaml by which RunWhen Local discovers resources for this bundle alone.

    assets/yaml.js writes the same for several bundles.
    """
    at = record.codecollection
    return (
        f"codeCollections:\n  - repoURL: {quote(at.git_url)}\n    branch: {quote(at.git_ref)}\n"
        f"    codeBundles:\n      - {quote(record.slug)}\n"
    )


def _refs(record: CodeBundleRecord) -> list[Ref]:
    """Return the refs that a configuration can pin, first that of the version on the page."""
    collection = record.codecollection
    return [
        *([Ref("release", record.release, "the release")] if record.release else []),
        Ref("commit", collection.commit, "the commit shown here"),
        Ref("branch", collection.git_ref, "whatever it is then"),
    ]


def _fields(
    letter: str,
    items: Iterable[Variable | Secret],
    asked: Mapping[str, str],
    written: Mapping[str, Mapping[str, Sequence[str]]],
) -> list[Field]:
    """Return the fields of variables or secrets.

    Args:
        letter: That of their gaps.
        items: The variables or secrets.
        asked: The texts of gaps that are to be filled in.
        written: What each gap has and in which kinds of resources, as `_written` returns it.
    """
    return [
        _field(f"{letter}{at}", item, asked.get(f"{letter}:{item.name}"), written.get(f"{letter}:{item.name}", {}))
        for at, item in enumerate(items, 1)
    ]


def _field(id_: str, item: Variable | Secret, asked: str | None, written: Mapping[str, Sequence[str]]) -> Field:
    field = Field(id_, item, isinstance(item, Secret), item.required or asked is not None, _pattern(item), "", None)
    if isinstance(item, Secret):
        return field
    if asked is not None:
        return field._replace(of=_emptied(item, asked))
    if item.sensitive or not written or (len(written) == 1 and item.default in written):
        return field
    if len(written) == 1:
        (text,) = written
        return field._replace(
            of=item.model_copy(update={"default": text}), written=text or "nothing", declared=item.default
        )
    # No value of a field says several: it is empty, and what is typed takes the place of each.
    words = ", ".join(f"{text or 'nothing'} in {' and '.join(kinds)}" for text, kinds in written.items())
    emptied = item.model_copy(update={"default": None, "required": False})
    return field._replace(of=emptied, required=False, written=words, declared=item.default)


def _written(result: Iterable[Piece]) -> dict[str, dict[str, list[str]]]:
    """Return the texts of each gap of a variable, and the kinds of resources that have them, in words."""
    found: dict[str, dict[str, list[str]]] = {}
    kind = ""
    for piece in result:
        if not piece.gap:
            kind = (_KIND.findall(piece.text) or [kind])[-1]
            continue
        name = piece.gap.removeprefix("r")
        if name.startswith("v:"):
            kinds = found.setdefault(name, {}).setdefault(_text_of(piece.text), [])
            if (said := _SAID.get(kind, kind)) not in kinds:
                kinds.append(said)
    return found


def _emptied(item: Variable, asked: str) -> Variable:
    """Return a variable without its default where the configuration has none of it: what stood in its field would else
    look like what the YAML says. The default is an example then, or the text with what is to be filled in.
    """
    text = _text_of(asked)
    example = text if text != f"<{item.name}>" else item.example or item.default
    return item.model_copy(update={"default": None, "required": True, "example": example})


def _undeclared_variables(record: CodeBundleRecord, texts: Mapping[str, str]) -> list[Variable]:
    """Return what templates give a value that no robot file of the bundle declares, from the texts of its gaps."""
    declared = {one.name for one in record.user_variables}
    return [
        Variable(
            name=gap[2:],
            description=_UNDECLARED,
            default=None if _OPEN.search(text) else _text_of(text),
            required=bool(_OPEN.search(text)),
            used_by=(),
            line=0,
        )
        for gap, text in texts.items()
        if gap.startswith("v:") and gap[2:] not in declared
    ]


def _undeclared_secrets(record: CodeBundleRecord, texts: Mapping[str, str]) -> list[Secret]:
    declared = {one.name for one in record.secrets}
    names = [gap[2:] for gap in texts if gap.startswith("s:") and gap[2:] not in declared]
    return [Secret(name=name, description=_UNDECLARED, used_by=()) for name in names]


def _text_of(piece: str) -> str:
    """Return what a piece of YAML says, which stands within quotes or has its own."""
    if plain := _LITERAL.fullmatch(piece):
        return plain[2]
    try:
        return str(yaml.safe_load(piece if piece.startswith('"') else f'"{piece}"'))
    except yaml.YAMLError:
        # A plain scalar may hold a quotation mark.
        return piece


def _pattern(item: Variable | Secret) -> str | None:
    return None if isinstance(item, Secret) or item.pattern in _ANYTHING else item.pattern or None


def _fit(configuration: str) -> str:
    """Return a configuration cut to the page's room: of a long one the first variant of each resource."""
    if len(configuration) <= _LONG:
        return configuration
    seen: set[str] = set()
    shown = []
    documents = _DIVIDER.split(configuration)
    for document in documents:
        heading = _HEADING.search(document)
        name = heading[0] if heading else ""
        if not name or name not in seen:
            shown.append(document)
        seen.add(name)
    left = len(documents) - len(shown)
    note = f"# {left} more variants of these are in the whole file, config.yaml.\n" if left else ""
    return "---\n".join(shown) + note


def _mark(piece: Piece) -> str | None:
    """Return the mark of a gap on the page: its letter alone where its text is its name, as `<NAME>` is."""
    return piece.gap[0] if piece.gap and piece.text == f"<{piece.gap[2:]}>" else piece.gap
