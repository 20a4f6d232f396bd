"""What Cloud Custodian's policies do: a policy without actions only reads, and most actions change things."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from build.effects.programs.judge import Needed, Verdict
from build.effects.scene import Scene
from build.effects.text import UNKNOWN, Text

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_RESOURCE = re.compile(r"^\s*(?:-\s+)?resource\s*:\s*['\"]?(?:aws\.)?([\w-]+)['\"]?\s*(?:#.*)?$")
# Actions that tell or save something and leave the resources as they are.
_READING = frozenset({"noop", "webhook-dryrun"})
_ACTIONS = re.compile(r"^(\s*)(?:-\s+)?actions\s*:\s*(.*)$")
_ITEM = re.compile(r"^(\s*)-\s*(?:type\s*:\s*)?['\"]?([\w.-]+)['\"]?\s*(?:#.*)?$")
_TYPE = re.compile(r"^\s*(?:-\s*)?type\s*:\s*['\"]?([\w.-]+)")
_TAKES_VALUE = frozenset({"-s", "--output-dir", "-c", "--config", "-r", "--region", "-l", "--log-group", "-m",
                          "--metrics",
                          "-p", "--policies", "-t", "--resource", "-a", "--account", "--assume", "--profile", "--cache",
                          "-f", "--cache-path", "--cache-period", "-v"})  # fmt: skip


def judge_run(fields: Sequence[Text], scene: Scene) -> Iterator[tuple[Verdict, str]]:
    """Yield a verdict, and what to say of it, for each policy that `custodian run …` names."""
    dry = any(field.text in ("--dryrun", "--dry-run", "-d") for field in fields)
    names, skip = [], False
    for field in fields[2:]:
        if skip or field.text.startswith("-"):
            skip = not skip and field.text in _TAKES_VALUE and field.text != "-v"
            continue
        names.append(field)
    if not names:
        yield Verdict("unclear", "runs policies of Cloud Custodian that it does not name"), ""
    for name in names:
        texts = scene.written(name.text)
        if texts is None or all(one.text.strip(UNKNOWN) == "" for one in texts):
            stem = name.text.removesuffix(".yaml").removesuffix(".yml")
            # A template that is rendered into this file has its name.
            names_of_file = (
                name.text,
                *(stem + end for end in (".j2", ".yaml.j2", ".yml.j2", ".yaml.tpl", ".tmpl", ".yaml", ".yml")),
            )
            file = next(filter(None, map(scene.find, names_of_file)), None)
            texts = (Text(file.text),) if file else None
        if texts is None or all(one.text.strip(UNKNOWN) == "" for one in texts):
            yield Verdict("unclear", f"runs the policies of {name.text!r}, which cannot be read"), ""
            continue
        for one in texts:
            for verdict, what in judge_policy(one.text):
                yield (verdict._replace(effect="reads", because=None) if dry else verdict), what


def judge_policy(text: str) -> Iterator[tuple[Verdict, str]]:
    """Yield a verdict, and what to say of it, for each action of the policies.

    The text is read by lines and not as YAML, since a policy may be a template.
    """
    actions = list(dict.fromkeys(_actions(text)))
    resources = list(dict.fromkeys(match[1] for line in text.split("\n") if (match := _RESOURCE.match(line[:500]))))
    needs = _needed(one for resource in resources for one in _TABLE["resources"].get(resource, ()))
    if len(resources) == 1:
        needs += _needed(one for action in actions for one in _of_action(resources[0], action))
    if not actions:
        yield Verdict("reads", needs=needs), ""
    for action in actions:
        if UNKNOWN in action or "{" in action:
            yield Verdict("unclear", "runs an action of Cloud Custodian that its template decides"), action
        else:
            yield Verdict("reads" if action in _READING else "changes", needs=needs), f"action {action}"


def _needed(actions: Iterable[str]) -> tuple[Needed, ...]:
    return tuple(dict.fromkeys(Needed("AWS", action) for action in actions))


def _of_action(resource: str, action: str) -> Sequence[str]:
    """Return the IAM actions that an action needs on a resource, as far as the table has them."""
    for place, kind in enumerate(("tag", "untag")):
        if action in _TABLE["tags"][kind]:
            of_ec2 = any(one.startswith("ec2:") for one in _TABLE["resources"].get(resource, ()))
            tagging = _TABLE["tagging"].get("ec2" if of_ec2 else resource)
            return [tagging[place]] if tagging else []
    result: Sequence[str] = _TABLE["actions"].get(f"{resource} {action}", ())
    return result


def _actions(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for place, line in enumerate(lines):
        match = _ACTIONS.match(line[:500])
        if match is None:
            continue
        indent, rest = len(match[1]), match[2].strip()
        if rest.startswith("["):
            yield from (word.strip(" '\"") for word in rest.strip("[]").split(",") if word.strip(" '\"[]{}"))
            continue
        item_indent = None
        for below in lines[place + 1 : place + 400]:
            if not below.strip() or below.lstrip().startswith(("#", "{%", "{#")):
                continue
            at = len(below) - len(below.lstrip())
            starts = below.lstrip().startswith("-")
            if at < indent or (at == indent and not starts):
                break
            if item_indent is None:
                item_indent = at
            if at == item_indent and starts:
                item = _ITEM.match(below[:500])
                if item:
                    yield item[2]
                elif (typed := _TYPE.match(below[:500])) is not None:
                    yield typed[1]
            elif at == item_indent + 2 and (typed := _TYPE.match(below[:500])) is not None:
                yield typed[1]
