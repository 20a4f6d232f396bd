"""What changed between two states of a bundle, fact by fact, and what of it breaks."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TypeVar, get_args

from pydantic import JsonValue

from build.model import AccessLevel, Effect
from build.releases.facts import Facts, RuleFacts, SecretFacts, TextFact, ToolFacts, VariableFacts
from build.releases.models import ChangeKind, FactChange

# The wider comes later. What is not known may be wider than what is.
_WIDTH: dict[AccessLevel, int] = {"read-only": 0, "unknown": 1, "read-write": 2}
_GRAVITY: dict[Effect, int] = {"reads": 0, "unclear": 1, "changes": 2}
# So many pairs of a name that went and one that came are looked at; beyond, they are told as gone and new.
_MAX_PAIRS = 2_500
_MAX_NAME = 200
# How alike two names are, from 0 to 1, of which one may have become the other: of a variable that is otherwise the
# same, and of a tool; with and without another fact that they share.
_ALIKE, _ALIKE_ALONE = 0.4, 0.72
_MAX_RULES = 2_000
_ORDER = {kind: place for place, kind in enumerate(get_args(ChangeKind))}

_Fact = TypeVar("_Fact")


def compare(before: Facts, after: Facts) -> tuple[FactChange, ...]:
    """Return the changes, breaking ones first; none where one of the two states could not be read."""
    if before == after or before.unread or after.unread:
        return ()
    result = [
        *_variables(before.variables, after.variables),
        *_secrets(before.secrets, after.secrets),
        *_tools(before, after),
        *_bundle(before, after),
        *_texts(before, after),
    ]
    return tuple(sorted(result, key=lambda change: (not change.breaking, _ORDER[change.kind], change.name or "")))


def _change(
    kind: ChangeKind, name: str | None, before: JsonValue, after: JsonValue, *, breaking: bool = False
) -> FactChange:
    return FactChange(kind=kind, name=name, before=before, after=after, breaking=breaking)


def _variables(before: Sequence[VariableFacts], after: Sequence[VariableFacts]) -> Iterator[FactChange]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    renamed = _find_renamed(old, new, _same_variable)
    for name in old.keys() - new.keys() - renamed.keys():
        yield _change("variable-removed", name, _variable_summary(old[name]), None, breaking=True)
    for name in new.keys() - old.keys() - set(renamed.values()):
        yield _change("variable-added", name, None, _variable_summary(new[name]), breaking=new[name].required)
    for name, into in renamed.items():
        yield _change("variable-renamed", into, name, into, breaking=True)
    for one, other in _pairs(old, new, renamed):
        yield from _variable(one, other)


def _variable_summary(variable: VariableFacts) -> JsonValue:
    return {"required": variable.required, "default": variable.default}


def _variable(before: VariableFacts, after: VariableFacts) -> Iterator[FactChange]:
    name = after.name
    if before.default != after.default:
        yield _change("default-changed", name, before.default, after.default)
    if before.required != after.required:
        yield _change("required-changed", name, before.required, after.required, breaking=after.required)
    if set(before.enum) != set(after.enum):
        narrower = bool(after.enum) and not set(before.enum or ("",)) <= set(after.enum)
        yield _change("enum-changed", name, list(before.enum), list(after.enum), breaking=narrower)
    for field in ("type", "pattern", "example"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield _change("text-changed", f"user_variables[{name}].{field}", old, new)
    yield from _text(f"user_variables[{name}].description", before.description, after.description)


def _secrets(before: Sequence[SecretFacts], after: Sequence[SecretFacts]) -> Iterator[FactChange]:
    old, new = {one.name: one for one in before}, {one.name: one for one in after}
    for name in old.keys() - new.keys():
        yield _change("secret-removed", name, {"required": old[name].required}, None)
    for name in new.keys() - old.keys():
        required = new[name].required
        yield _change("secret-added", name, None, {"required": required}, breaking=required)
    for name in old.keys() & new.keys():
        was, now = old[name].required, new[name].required
        if was != now:
            yield _change("required-changed", name, was, now, breaking=now)
        yield from _text(f"secrets[{name}].description", old[name].description, new[name].description)


def _tools(before: Facts, after: Facts) -> Iterator[FactChange]:
    comparable = before.followed and after.followed
    for kind in ("runbook", "monitor"):
        old = {one.name: one for one in before.tools if one.kind == kind}
        new = {one.name: one for one in after.tools if one.kind == kind}
        renamed = _find_renamed(old, new, _same_tool)
        for name in old.keys() - new.keys() - renamed.keys():
            yield _change("tool-removed", name, _tool_summary(old[name]), None, breaking=True)
        for name in new.keys() - old.keys() - set(renamed.values()):
            yield _change("tool-added", name, None, _tool_summary(new[name]))
        for name, into in renamed.items():
            yield _change("tool-renamed", into, name, into, breaking=True)
        for one, other in _pairs(old, new, renamed):
            if comparable:
                yield from _reach(other.name, one.access, other.access, one.effect, other.effect)
            yield from _text(f"tools[{other.name}].documentation", one.documentation, other.documentation)


def _tool_summary(tool: ToolFacts) -> JsonValue:
    return {"kind": tool.kind, "access": tool.access}


def _reach(
    name: str | None, access: AccessLevel, new_access: AccessLevel, effect: Effect, new_effect: Effect
) -> Iterator[FactChange]:
    if access != new_access:
        wider = _WIDTH[new_access] > _WIDTH[access]
        yield _change("access-changed", name, access, new_access, breaking=wider)
    if effect != new_effect:
        graver = _GRAVITY[new_effect] > _GRAVITY[effect]
        yield _change("effect-changed", name, effect, new_effect, breaking=graver)


def _bundle(before: Facts, after: Facts) -> Iterator[FactChange]:
    if before.followed and after.followed:
        yield from _reach(None, before.access_level, after.access_level, before.effect, after.effect)
        if before.permissions != after.permissions:
            yield _change("permissions-changed", None, list(before.permissions), list(after.permissions))
    if before.resource_types != after.resource_types:
        yield _change("resource-types-changed", None, list(before.resource_types), list(after.resource_types))
    if before.platforms != after.platforms:
        yield _change("platforms-changed", None, list(before.platforms), list(after.platforms))
    old, new = {one.path: one for one in before.rules}, {one.path: one for one in after.rules}
    for path in old.keys() | new.keys():
        if old.get(path) != new.get(path):
            yield _change("rules-changed", path, *_differing(old.get(path), new.get(path)))


def _differing(before: RuleFacts | None, after: RuleFacts | None) -> tuple[JsonValue, JsonValue]:
    """Return how the rules of a file differ, rule by rule in their order; None for a file that is not there."""
    old, new = ([json.loads(rule) for rule in file.rules] if file else [] for file in (before, after))
    shown: list[list[JsonValue]] = [[], []]
    for place in range(max(len(old), len(new))):
        one, other = (rules[place] if place < len(rules) else {} for rules in (old, new))
        for into, own, others in ((shown[0], one, other), (shown[1], other, one)):
            if differs := {key: value for key, value in own.items() if key != "path" and others.get(key) != value}:
                into.append(differs)
    first, second = (
        _shorten_rules(result) if file else None for result, file in zip(shown, (before, after), strict=True)
    )
    return first, second


def _shorten_rules(rules: list[JsonValue]) -> JsonValue:
    """Return the rules to show: of long ones only the names of the properties that differ."""
    if len(json.dumps(rules)) <= _MAX_RULES:
        return rules
    return [*sorted({key for rule in rules if isinstance(rule, dict) for key in rule})]


def _texts(before: Facts, after: Facts) -> Iterator[FactChange]:
    for field in ("display_name", "author"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield _change("text-changed", field, old, new)
    yield from _text("doc", before.doc, after.doc)
    if before.readme != after.readme:
        yield _change("text-changed", "readme", None, None)
    if before.support_tags != after.support_tags:
        yield _change("text-changed", "support_tags", list(before.support_tags), list(after.support_tags))


def _text(place: str, before: TextFact | None, after: TextFact | None) -> Iterator[FactChange]:
    if before != after:
        yield _change("text-changed", place, before.shown if before else None, after.shown if after else None)


def _pairs(
    old: Mapping[str, _Fact], new: Mapping[str, _Fact], renamed: Mapping[str, str]
) -> Iterable[tuple[_Fact, _Fact]]:
    """Yield each fact that both states have, before and after."""
    for name in old:
        into = renamed.get(name, name)
        if into in new:
            yield old[name], new[into]


def _same_variable(before: VariableFacts, after: VariableFacts) -> bool:
    """Return whether two variables share their description and default."""
    return before.description is not None and (before.description, before.default) == (after.description, after.default)


def _same_tool(before: ToolFacts, after: ToolFacts) -> bool:
    return before.documentation is not None and before.documentation == after.documentation


def _find_renamed(
    old: Mapping[str, _Fact], new: Mapping[str, _Fact], same: Callable[[_Fact, _Fact], bool]
) -> dict[str, str]:
    """Return the new name of each fact that seems to be renamed, the most similar pairs first.

    Args:
        old: The facts before, by name.
        new: The facts after.
        same: Whether two facts share more than a similar name.
    """
    gone, came = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    if not gone or not came or len(gone) * len(came) > _MAX_PAIRS:
        return {}
    likeness = []
    for name in gone:
        for other in came:
            alike = SequenceMatcher(None, name[:_MAX_NAME].lower(), other[:_MAX_NAME].lower(), autojunk=False).ratio()
            shared = same(old[name], new[other])
            if alike >= (_ALIKE if shared else _ALIKE_ALONE):
                likeness.append((shared, alike, name, other))
    result: dict[str, str] = {}
    for _, _, name, other in sorted(likeness, key=lambda one: (not one[0], -one[1], one[2], one[3])):
        if name not in result and other not in result.values():
            result[name] = other
    return result
