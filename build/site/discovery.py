"""A generation rule in words, as nested lines: page and Markdown twin share them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from build.catalogue.labels import LABELS
from build.model import Combination, Condition, GenerationRule, Match, OutputItem, Slx
from build.site.filters import outputs

# What patterns that everything matches say of a property: with and without a `not`. A name is never empty.
_ANYTHING = {".+": ("is not empty", "is empty"), ".*": ("is there", "is not there")}
_UNKNOWN = "what its templates say"


class Part(NamedTuple):
    """A piece of a line: words of ours, or text of the rule (`code`)."""

    text: str
    code: bool = False


class Line(NamedTuple):
    """A line, and the lines below it."""

    parts: tuple[Part, ...]
    lines: tuple["Line", ...] = ()


def describe_rule(rule: GenerationRule) -> Line:
    """Return a rule in words: for which resources it makes what, and on which conditions."""
    head = [Part("For each "), *_resources(rule), Part(", RunWhen adds ")]
    makers = [*(_slx(slx) for slx in rule.slxs), *([_outputs(rule.outputs)] if rule.outputs else [])]
    asked = [_condition(rule.match)] if rule.match else []
    if len(makers) < 2:
        parts = makers[0] if makers else [Part(_UNKNOWN)]
        return Line((*head, *parts, Part(", if" if asked else ".")), tuple(asked))
    condition = [Line((Part("if"),), tuple(asked))] if asked else []
    return Line((*head, Part("each of these:")), (*(Line(tuple(maker)) for maker in makers), *condition))


def _resources(rule: GenerationRule) -> Iterator[Part]:
    platforms = {resource.platform for resource in rule.resources}
    for position, resource in enumerate(rule.resources):
        if position:
            yield Part(" or " if position == len(rule.resources) - 1 else ", ")
        yield Part(resource.resource_type, code=True)
        if len(platforms) > 1:
            yield Part(f" on {_platform(resource.platform)}")
    if not rule.resources:
        yield Part("resource")
    if len(platforms) < 2:
        yield Part(f" found on {_platform(next(iter(platforms), rule.platform))}")


def _slx(slx: Slx) -> list[Part]:
    parts = [*_outputs(slx.output_items)] if slx.output_items else [Part(_UNKNOWN)]
    if slx.base_name:
        parts += [Part(" named "), Part(slx.base_name, code=True)]
    if slx.base_template_name and slx.base_template_name != slx.base_name:
        parts += [Part(" by the templates of "), Part(slx.base_template_name, code=True)]
    if slx.qualifiers:
        parts += [Part(", told apart by "), *_join_items(slx.qualifiers, "and")]
    if slx.level_of_detail:
        parts += [Part(", with the level of detail "), Part(slx.level_of_detail, code=True)]
    return parts


def _outputs(items: Iterable[OutputItem]) -> list[Part]:
    kinds = dict.fromkeys(item.type for item in items if item.type)
    paths = [item.path for item in items if item.path and not item.type]
    parts = [Part(outputs(kinds))] if kinds else []
    if paths:
        parts += [Part(" and the file " if kinds else "the file "), *_join_items(paths, "and")]
    return parts or [Part(_UNKNOWN)]


def _condition(match: Match, negated: bool = False) -> Line:
    if isinstance(match, Condition):
        return Line(tuple(_condition_parts(match, negated)))
    if match.op == "not":
        return _condition(match.matches[0], not negated) if match.matches else Line((Part("any resource"),))
    if len(match.matches) == 1:
        return _condition(match.matches[0], negated)
    return Line((Part(_heading(match, negated)),), tuple(_condition(inner) for inner in match.matches))


def _heading(match: Combination, negated: bool) -> str:
    if not match.matches:
        return "any resource" if (match.op == "and") != negated else "no resource"
    if negated:
        return "not all of:" if match.op == "and" else "none of:"
    return "all of:" if match.op == "and" else "any of:"


def _condition_parts(asked: Condition, negated: bool) -> list[Part]:
    """Return in parts what one condition requires of a resource, or of another resource of a type."""
    about: list[Part] = []
    if asked.type == "custom-variable" or (asked.resource_type or "").lower() == "variables":
        about = [Part("the workspace's ")]
    elif asked.resource_type:
        on = f" on {_platform(asked.platform)}" if asked.platform else ""
        about = [Part("no " if negated else "some "), Part(asked.resource_type, code=True), Part(f"{on}: ")]
        negated = False
    what = [*_join_items(asked.properties, "nor" if negated else "or")] if asked.properties else [Part("a property")]
    if negated and len(asked.properties) > 1:
        what.insert(0, Part("neither "))
        negated = False
    if asked.type == "exists":
        empty = ", though it may be empty" if asked.match_empty else ""
        return [*about, *what, Part(" is not there" if negated else f" is there{empty}")]
    if asked.type not in ("pattern", "custom-variable"):
        return [*about, *what, Part(f" {'does not fulfil' if negated else 'fulfils'} "), Part(asked.type, code=True)]
    if asked.pattern in _ANYTHING:
        yes, no = _ANYTHING[asked.pattern]
        if asked.properties == ("name",) and not negated:
            return [*about, Part("it has any "), *what]
        return [*about, *what, Part(f" {no if negated else yes}")]
    exact = asked.mode == "exact"
    verb = ("is not" if exact else "does not contain") if negated else ("is" if exact else "contains")
    return [*about, *what, Part(f" {verb} "), Part(asked.pattern or "nothing", code=bool(asked.pattern))]


def _platform(name: str) -> str:
    return LABELS["platform"].get(name, name)


def _join_items(items: Iterable[str], last: str) -> Iterator[Part]:
    """Yield the parts of `a, b or c`, each item as it stands in the rule."""
    result = list(items)
    for position, item in enumerate(result):
        if position:
            yield Part(f" {last} " if position == len(result) - 1 else ", ")
        yield Part(item, code=True)
