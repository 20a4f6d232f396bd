"""Generation rules: for which discovered resources RunWhen configures a bundle. Every field is checked: any may lie."""

from collections.abc import Iterator
from typing import Any

from build.model import GenerationRule, MatchPattern
from build.untrusted import safe_yaml

FOLDER = ".runwhen/generation-rules/"
_MAX_ITEMS = 500
# Under which keys rules hold the rules within them.
_NESTED = ("matches", "predicate", "match")


def read_rules(path: str, text: str) -> tuple[list[GenerationRule], list[str]]:
    """The rules of one file, and what is wrong with it in sentences; an empty file has neither. Raises YamlRefused:
    the file is not YAML that we read.
    """
    data = safe_yaml.load(text)
    if data is None:
        return [], []
    spec = data.get("spec") if isinstance(data, dict) else None
    entries = spec.get("generationRules") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(entries, list):
        return [], ["spec.generationRules is not a list of rules"]
    declared = spec.get("platform")
    platform = declared.strip().lower() if isinstance(declared, str) and declared.strip() else "kubernetes"
    rules, wrong = [], []
    if not isinstance(declared, str | None):
        wrong.append("spec.platform is not a word; kubernetes is assumed")
    if len(entries) > _MAX_ITEMS:
        wrong.append(f"it has more than {_MAX_ITEMS} rules; the rest is left out")
    for position, entry in enumerate(entries[:_MAX_ITEMS]):
        if not isinstance(entry, dict):
            wrong.append(f"rule {position + 1} is not a mapping")
            continue
        if not isinstance(entry.get("resourceTypes", []), list):
            wrong.append(f"rule {position + 1}: resourceTypes is not a list")
        rules.append(_rule(path, platform, entry))
    return rules, wrong


def _rule(path: str, platform: str, entry: dict[Any, Any]) -> GenerationRule:
    slxs = [slx for slx in _list(entry.get("slxs")) if isinstance(slx, dict)]
    outputs = [item for slx in slxs for item in _list(slx.get("outputItems")) if isinstance(item, dict)]
    matches = list(_matches(entry.get("matchRules")))
    return GenerationRule(
        path=path,
        platform=platform,
        resource_types=tuple(sorted(set(_strings(entry.get("resourceTypes"))))),
        match_patterns=tuple(matches[:_MAX_ITEMS]),
        base_names=tuple(dict.fromkeys(b for slx in slxs if (b := _string(slx.get("baseName"))))),
        qualifiers=tuple(dict.fromkeys(q for slx in slxs for q in _strings(slx.get("qualifiers")))),
        level_of_detail=next((d for slx in slxs if (d := _string(slx.get("levelOfDetail")))), None),
        output_items=tuple(dict.fromkeys(t for item in outputs if (t := _string(item.get("type"))))),
    )


def _matches(rules: Any, negated: bool = False) -> Iterator[MatchPattern]:
    """The leaves of a tree of `and`, `or` and `not`; its depth is bounded by the YAML reader."""
    for rule in [rules] if isinstance(rules, dict) else _list(rules):
        if not isinstance(rule, dict):
            continue
        kind = _string(rule.get("type")) or "pattern"
        nested = [rule[name] for name in _NESTED if isinstance(rule.get(name), list | dict)]
        for inner in nested:
            yield from _matches(inner, negated != (kind == "not"))
        if not nested:
            yield MatchPattern(
                type=kind,
                pattern=_string(rule.get("pattern")),
                properties=tuple(_strings(rule.get("properties") or [rule.get("path")])),
                mode=_string(rule.get("mode")),
                resource_type=_string(rule.get("resourceType")),
                negated=negated,
            )


def _list(value: Any) -> list[Any]:
    return value[:_MAX_ITEMS] if isinstance(value, list) else []


def _strings(value: Any) -> list[str]:
    return [item for item in _list(value) if isinstance(item, str) and item]


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
