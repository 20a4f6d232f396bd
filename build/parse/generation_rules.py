"""Generation rules: for which discovered resources RunWhen configures a bundle. Every field is checked: any may lie.

What is read is what RunWhen Local reads, which is more than its generation-rule-schema.json describes.
"""

from functools import lru_cache

from build.model import GenerationRule, OutputItem, ResourceType, RuleVariable, Slx
from build.parse.match_rules import leaves, read_match
from build.parse.variables import HIDDEN
from build.parse.yaml_fields import MAX_ITEMS, Complaint, Complaints, Fields
from build.untrusted import safe_yaml
from build.untrusted.credentials import names_credential

FOLDER = ".runwhen/generation-rules/"
_KIND = "GenerationRules"
# Rules of RunWhen's early days name none.
_PLATFORM = "kubernetes"
_LEVELS = ("none", "basic", "detailed")
_OUTPUTS = ("slx", "sli", "slo", "runbook", "taskSet", "workflow")
_FILE = ("apiVersion", "kind", "metadata", "spec")
_SPEC = ("platform", "generationRules")
_RULE = ("platform", "resourceTypes", "matchRules", "slxs", "outputItems")
_SLX = ("baseName", "shortenedBaseName", "baseTemplateName", "qualifiers", "levelOfDetail", "outputItems")
_OUTPUT = ("type", "path", "templateName", "templateVariables", "levelOfDetail")


# Most states of a bundle have the same rules. Nobody may change what is returned.
@lru_cache(16)
def read_rules(path: str, text: str) -> tuple[list[GenerationRule], list[Complaint]]:
    """Parse the rules of one file.

    Returns:
        The rules, and a complaint for each part that is wrong; none of both for an empty file.

    Raises:
        SafeYamlError: The file is not YAML that we read.
    """
    data = safe_yaml.load(text)
    if data is None:
        return [], []
    complaints = Complaints(safe_yaml.lines_of(text))
    spec = data.get("spec") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(spec, dict) or not isinstance(spec.get("generationRules"), list):
        complaints.add(("spec", "generationRules"), "spec.generationRules is not a list of rules")
        return [], complaints.found
    file, fields = Fields(data, (), "", complaints), Fields(spec, ("spec",), "", complaints)
    file.only(_FILE, "the file")
    fields.only(_SPEC, "spec")
    if (kind := file.text("kind")) not in (None, _KIND):
        file.tell("kind", f"kind is {kind!r}, not {_KIND}")
    platform = fields.text("platform")
    if platform is None and spec.get("platform") is not None:
        fields.tell("platform", f"{_PLATFORM} is assumed")
    entries = list(spec["generationRules"])
    if len(entries) > MAX_ITEMS:
        fields.tell("generationRules", f"it has more than {MAX_ITEMS} rules; the rest is left out")
    rules = []
    for position, entry in enumerate(entries[:MAX_ITEMS]):
        name, at = f"rule {position + 1}", ("spec", "generationRules", position)
        if isinstance(entry, dict):
            rules.append(_rule(path, complaints.locate(at) or 1, platform, Fields(entry, at, name, complaints)))
        else:
            complaints.add(at, f"{name} is not a mapping")
    return rules, complaints.found


def _rule(path: str, line: int, declared: str | None, rule: Fields) -> GenerationRule:
    rule.only(_RULE, "a rule")
    own = rule.text("platform")
    types = rule.resources("resourceTypes")
    platforms = {platform for platform, _ in types}
    # Where all resources are of one platform, the rule is.
    theirs = next(iter(platforms)) if len(platforms) == 1 else None
    platform = (own or theirs or declared or _PLATFORM).lower()
    resources = [ResourceType(platform=named or platform, resource_type=name) for named, name in types]
    if own and own.lower() != (declared or _PLATFORM).lower() and None in platforms:
        message = f"its platform is {own!r}, but RunWhen Local looks for its resource types on that of the file"
        rule.tell("platform", f"{message}; write {own}:TYPE")
    match = read_match(rule)
    slxs = [_slx(fields) for fields in rule.mappings("slxs", "SLX")]
    outputs = _outputs(rule)
    if not rule.data.get("resourceTypes"):
        rule.tell(None, "it has no resourceTypes")
    # An empty list is fulfilled by every resource.
    if rule.data.get("matchRules") is None:
        rule.tell(None, "it has no matchRules")
    if not slxs and not outputs and not rule.data.get("slxs") and not rule.data.get("outputItems"):
        rule.tell(None, "it has neither slxs nor outputItems, so it makes nothing")
    items = [*(item for slx in slxs for item in slx.output_items), *outputs]
    levels = [*(slx.level_of_detail for slx in slxs), *(item.level_of_detail for item in items)]
    return GenerationRule(
        path=path,
        line=line,
        platform=platform,
        resource_types=tuple(sorted({resource.resource_type for resource in resources})),
        resources=tuple(dict.fromkeys(resources)),
        match=match,
        match_patterns=tuple(leaves(match)),
        base_names=tuple(dict.fromkeys(slx.base_name for slx in slxs if slx.base_name)),
        qualifiers=tuple(dict.fromkeys(qualifier for slx in slxs for qualifier in slx.qualifiers)),
        level_of_detail=next(filter(None, levels), None),
        output_items=tuple(dict.fromkeys(item.type for item in items if item.type)),
        slxs=tuple(slxs),
        outputs=tuple(outputs),
    )


def _slx(slx: Fields) -> Slx:
    slx.only(_SLX, "an SLX")
    if not slx.data.get("baseName"):
        slx.tell(None, "an SLX has no baseName")
    return Slx(
        base_name=slx.text("baseName"),
        shortened_base_name=slx.text("shortenedBaseName"),
        base_template_name=slx.text("baseTemplateName"),
        qualifiers=tuple(slx.texts("qualifiers")),
        level_of_detail=_level(slx),
        output_items=tuple(_outputs(slx)),
    )


def _outputs(fields: Fields) -> list[OutputItem]:
    result = []
    for item in fields.mappings("outputItems", "output item"):
        item.only(_OUTPUT, "an output item")
        kind, place = item.text("type"), item.text("path")
        if kind and kind not in _OUTPUTS:
            item.tell("type", f"the type of an output item is {kind!r}, not one of {', '.join(_OUTPUTS)}")
        if not kind and not place:
            item.tell(None, "an output item has neither type nor path")
        result.append(
            OutputItem(
                type=kind,
                path=place,
                template_name=item.text("templateName"),
                template_variables=tuple(
                    RuleVariable(name=name, value=HIDDEN if value and names_credential(name) else value)
                    for name, value in item.pairs("templateVariables")
                ),
                level_of_detail=_level(item),
            )
        )
    return result


def _level(fields: Fields) -> str | None:
    """Return the level of detail by its word; a number is a position in the list of words."""
    value = fields.data.get("levelOfDetail")
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(_LEVELS):
        return _LEVELS[value]
    if isinstance(value, str) and value.strip().lower() in _LEVELS:
        return value.strip().lower()
    if value is not None:
        wanted = ", ".join(f"{word} ({number})" for number, word in enumerate(_LEVELS))
        fields.tell("levelOfDetail", f"levelOfDetail is {str(value)[:60]!r}, not one of {wanted}")
    return None
