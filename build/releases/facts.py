"""The facts of a bundle that are compared between releases, without lines and texts that follow from them."""

import hashlib
from collections.abc import Iterable

from build.effects.levels import level_of
from build.model import AccessLevel, Bundle, Effect, GenerationRule, Kind, Tool, Value, Variable

_MAX_TEXT = 160
# Problems by which nothing, or only a part, is known of a state.
_UNREAD = frozenset({"not-read", "not-parsed"})
_NOT_FOLLOWED = "effects-not-read"


class TextFact(Value):
    """A text: as much of it as is shown, and a digest of all."""

    shown: str
    digest: str

    @classmethod
    def of(cls, text: str | None) -> "TextFact | None":
        """Return the fact of a text, None of none."""
        if not text:
            return None
        words = " ".join(text.split())
        shown = words if len(words) <= _MAX_TEXT else f"{words[: _MAX_TEXT - 1].rstrip()}…"
        return cls(shown=shown, digest=hashlib.sha256(text.encode()).hexdigest()[:16])


class ToolFacts(Value):
    """A tool, known by kind and name."""

    kind: Kind
    name: str
    title: str
    documentation: TextFact | None
    access: AccessLevel
    effect: Effect


class VariableFacts(Value):
    """A user variable, with what a configuration depends on."""

    name: str
    required: bool
    default: str | None
    enum: tuple[str, ...]
    type: str | None
    pattern: str | None
    example: str | None
    description: TextFact | None


class SecretFacts(Value):
    """A secret."""

    name: str
    required: bool
    description: TextFact | None


class RuleFacts(Value):
    """The rules in one file, as JSON without their lines."""

    path: str
    rules: tuple[str, ...]


class Facts(Value):
    """A bundle at one state.

    `unread` says why nothing is known of it, as the end of a sentence; `followed` is whether its code was read to its
    end, so that access, effects and permissions can be compared. `imports` are the names of keyword libraries that it
    may use, None where any may be.
    """

    title: str
    display_name: str | None
    doc: TextFact | None
    author: str | None
    readme: TextFact | None
    support_tags: tuple[str, ...]
    platforms: tuple[str, ...]
    access_level: AccessLevel
    effect: Effect
    tools: tuple[ToolFacts, ...]
    variables: tuple[VariableFacts, ...]
    secrets: tuple[SecretFacts, ...]
    permissions: tuple[str, ...]
    resource_types: tuple[str, ...]
    rules: tuple[RuleFacts, ...]
    unread: str | None
    followed: bool
    imports: tuple[str, ...] | None


def facts_of(bundle: Bundle, imports: Iterable[str] | None) -> Facts:
    """Return the facts of a parsed bundle, which may use keyword libraries of these names (None: any)."""
    problems = {problem.code: problem for problem in reversed(bundle.problems)}
    unread = next((problems[code].message for code in sorted(_UNREAD) if code in problems), None)
    return Facts(
        title=bundle.title,
        display_name=bundle.display_name,
        doc=TextFact.of(bundle.doc),
        author=bundle.author,
        readme=TextFact.of(bundle.readme),
        support_tags=tuple(sorted(set(bundle.support_tags))),
        platforms=tuple(sorted(set(bundle.platforms))),
        access_level=bundle.access_level,
        effect=bundle.effect,
        tools=tuple(_tool(tool) for tool in bundle.tools),
        variables=tuple(_variable(variable) for variable in bundle.user_variables),
        secrets=tuple(
            SecretFacts(name=one.name, required=one.required, description=TextFact.of(one.description))
            for one in bundle.secrets
        ),
        permissions=tuple(sorted({needed.permission for needed in bundle.permissions})),
        resource_types=tuple(sorted({name for rule in bundle.generation_rules for name in rule.resource_types})),
        rules=_rules(bundle.generation_rules),
        unread=unread,
        followed=_NOT_FOLLOWED not in problems,
        imports=None if imports is None else tuple(sorted(set(imports))),
    )


def _tool(tool: Tool) -> ToolFacts:
    return ToolFacts(
        kind=tool.kind,
        name=tool.name,
        title=tool.title,
        documentation=TextFact.of(tool.documentation),
        access=level_of(tool.effect, tool.access),
        effect=tool.effect,
    )


def _variable(variable: Variable) -> VariableFacts:
    return VariableFacts(
        name=variable.name,
        required=variable.required,
        default=variable.default,
        enum=variable.enum,
        type=variable.type,
        pattern=variable.pattern,
        example=variable.example,
        description=TextFact.of(variable.description),
    )


def _rules(rules: Iterable[GenerationRule]) -> tuple[RuleFacts, ...]:
    by_path: dict[str, list[str]] = {}
    for rule in rules:
        by_path.setdefault(rule.path, []).append(rule.model_copy(update={"line": 1}).model_dump_json())
    return tuple(RuleFacts(path=path, rules=tuple(result)) for path, result in sorted(by_path.items()))
