"""What stands beside the robot files. Claims, not facts: often generated, copied or out of date."""

import re
from typing import Any

from build.model import Command, Meta, Skill, Template
from build.untrusted import safe_yaml

TEMPLATES = ".runwhen/templates/"
_MAX_ITEMS = 100
# Enough for the head of a template; it is Jinja and no YAML, so it is looked at and never rendered.
_HEAD = 20_000
_KIND = re.compile(r"^kind:[ \t]*([A-Za-z]{1,64})[ \t]*$", re.MULTILINE)
_ROBOT_FILE = re.compile(r"^[ \t]*pathToRobot:[ \t]*[\"']?([\w./-]{1,300})", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---\r?\n(.*?)\n---", re.DOTALL)


def read_skill(text: str) -> Skill | None:
    """The front matter of SKILL-TEMPLATE.md, None when there is none. Raises YamlRefused: it is not YAML that we read;
    `line` counts from the front matter's first.
    """
    front_matter = _FRONT_MATTER.match(text)
    data = safe_yaml.load(front_matter[1]) if front_matter else None
    if not isinstance(data, dict):
        return None
    access = data.get("access")
    return Skill(
        description=_string(data.get("description")),
        platforms=_strings(data.get("platforms")),
        resource_types=_strings(data.get("resource_types")),
        access=access if access in ("read-only", "read-write") else None,
    )


def read_meta(text: str) -> Meta | None:
    """meta.yaml in either of its forms: `commands: […]`, which explains commands, or a resource of the kind
    CodeBundle; None when it is neither. Raises YamlRefused: it is not YAML that we read.
    """
    data = safe_yaml.load(text)
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("commands"), list):
        commands = [c for c in data["commands"][:_MAX_ITEMS] if isinstance(c, dict) and _string(c.get("name"))]
        return Meta(
            commands=tuple(Command(name=str(c["name"]), explanation=_string(c.get("explanation"))) for c in commands)
        )
    if data.get("kind") != "CodeBundle":
        return None
    metadata, spec = (part if isinstance(part := data.get(name), dict) else {} for name in ("metadata", "spec"))
    return Meta(
        title=_string(metadata.get("title")),
        description=_string(metadata.get("description")),
        tags=_strings(metadata.get("tags")),
        requires=_strings(spec.get("requires")),
    )


def read_template(name: str, text: str) -> Template:
    """A template's kind and the robot file that it runs, as far as its first lines name them."""
    head = text[:_HEAD]
    kind, robot_file = _KIND.search(head), _ROBOT_FILE.search(head)
    return Template(name=name, kind=kind[1] if kind else None, robot_file=robot_file[1] if robot_file else None)


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(s for item in value[:_MAX_ITEMS] if (s := _string(item))) if isinstance(value, list) else ()


def _string(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
