"""The conditions of a generation rule: a tree of `and`, `or` and `not` as RunWhen Local reads it."""

from collections.abc import Iterator

from build.model import Combination, Condition, Match, MatchPattern
from build.parse.yaml_fields import Fields

# Conditions of one rule, branches and leaves together.
MAX_CONDITIONS = 500
MODES = ("exact", "substring")
# Under any of these RunWhen Local takes the one condition of a `not`.
_NEGATED = ("match", "matches", "predicate")
_KEYS = {
    "and": ("matches",),
    "or": ("matches",),
    "not": _NEGATED,
    "pattern": ("pattern", "properties", "mode", "resourceType"),
    "exists": ("path", "matchEmpty"),
    "custom-variable": ("path", "pattern", "mode"),
}


def read_match(rule: Fields) -> Match | None:
    """Return the tree of a rule's `matchRules`, which all have to hold; None where there is no condition."""
    reader = _Reader()
    branches = reader.branches(rule, "matchRules")
    if not branches:
        return None
    return branches[0] if len(branches) == 1 else Combination(op="and", matches=tuple(branches))


def leaves(match: Match | None, negated: bool = False) -> Iterator[MatchPattern]:
    """Yield the conditions without their tree; `negated` are those below a `not`."""
    if isinstance(match, Condition):
        shared = match.model_dump(include={"type", "pattern", "properties", "mode", "resource_type"})
        yield MatchPattern(**shared, negated=negated)
    elif match:
        for inner in match.matches:
            yield from leaves(inner, negated != (match.op == "not"))


class _Reader:
    """Reads one rule's tree; its depth is bounded by the YAML reader."""

    def __init__(self) -> None:
        self._left = MAX_CONDITIONS

    def branches(self, fields: Fields, key: str, *, alone: bool = False) -> list[Match]:
        """Return the conditions under a key.

        Args:
            fields: The mapping that has the key.
            key: The key of a list of conditions.
            alone: Whether one condition may stand in the list's place.
        """
        result: list[Match] = []
        for inner in fields.mappings(key, "condition", alone=alone):
            self._left -= 1
            if self._left == -1:
                inner.tell(None, f"the rule has more than {MAX_CONDITIONS} conditions; the rest is left out")
            if self._left < 0:
                break
            result.append(self._read(inner))
        return result

    def _read(self, fields: Fields) -> Match:
        kind = fields.text("type")
        if kind is None:
            # The conditions within an unknown one are shown: they say more than nothing.
            kind = "and" if isinstance(fields.data.get("matches"), list) else "pattern"
            if fields.data.get("type") is None:
                fields.tell(None, f"a condition has no type; it is read as {kind!r}")
        if kind in _KEYS:
            fields.only(("type", *_KEYS[kind]), f"a condition of the type {kind!r}")
        else:
            fields.tell("type", f"there is no condition of the type {kind!r}")
        if kind == "not":
            return self._negation(fields)
        if kind not in ("and", "or"):
            return _leaf(kind, fields)
        result = self.branches(fields, "matches")
        if not result:
            fields.tell(None, f"a condition of the type {kind!r} holds no other")
        return Combination(op="and" if kind == "and" else "or", matches=tuple(result))

    def _negation(self, fields: Fields) -> Match:
        key = next((key for key in _NEGATED if fields.data.get(key)), "match")
        result = self.branches(fields, key, alone=True)
        if not result:
            fields.tell(None, "a condition of the type 'not' holds no other")
        if isinstance(fields.data.get(key), list):
            fields.tell(key, f"a condition of the type 'not' takes one other, and {key} is a list; it is read as 'and'")
            if len(result) > 1:
                result = [Combination(op="and", matches=tuple(result))]
        return Combination(op="not", matches=tuple(result))


def _leaf(kind: str, fields: Fields) -> Condition:
    mode = fields.text("mode")
    if mode and mode.lower() not in MODES:
        fields.tell("mode", f"mode is {mode!r}, not {' or '.join(MODES)}")
    needed = {"pattern": ("pattern", "properties"), "exists": ("path",), "custom-variable": ("path", "pattern")}
    for key in needed.get(kind, ()):
        if not fields.data.get(key):
            fields.tell(None, f"a condition of the type {kind!r} has no {key}")
    properties = fields.texts("properties") or [path for path in (fields.text("path"),) if path]
    platform, resource_type = fields.resource("resourceType")
    return Condition(
        type=kind,
        pattern=fields.text("pattern"),
        properties=tuple(properties),
        mode=mode.lower() if mode and mode.lower() in MODES else mode,
        resource_type=resource_type,
        platform=platform,
        match_empty=fields.flag("matchEmpty"),
    )
