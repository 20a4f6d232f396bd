"""The YAML that puts a bundle to use, with placeholders for what only its user knows; assets/yaml.js writes the same
from what they fill in.
"""

import json
import re
from collections.abc import Iterable

from build.catalogue.models import CodeBundleRecord
from build.model import FILE_OF, Kind, Variable

_HEADS = {
    "runbook": """\
apiVersion: runwhen.com/v1
kind: Runbook
metadata:
  name: {name}
spec:
  location: "<location>"
""",
    "monitor": """\
apiVersion: runwhen.com/v1
kind: ServiceLevelIndicator
metadata:
  name: {name}
spec:
  displayUnitsLong: OK
  displayUnitsShort: ok
  locations:
    - "<location>"
  description: {title}
  intervalStrategy: intermezzo
  intervalSeconds: 300
""",
}
_VARIABLE = re.compile(r"[$@&%]\{")
# What JSON lets stand, and YAML or an eye does not.
_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")


def configuration(record: CodeBundleRecord) -> str:
    """The resources for each robot file that the bundle has, as its collection's own templates write them."""
    return "---\n".join(_resource(record, kind, path) for kind, path in robot_files(record))


def robot_files(record: CodeBundleRecord) -> list[tuple[Kind, str]]:
    """Kind and path of each robot file that the bundle has."""
    return [(kind, path) for kind, path in zip(FILE_OF, (record.runbook_path, record.sli_path), strict=True) if path]


def is_left(variable: Variable) -> bool:
    """Whether the configuration leaves the variable out: it has no default and is not required, or the default is no
    plain text but names variables of Robot's, or a credential, which is not shown.
    """
    default = variable.default
    return not variable.required and (variable.sensitive or default is None or bool(_VARIABLE.search(default)))


def _resource(record: CodeBundleRecord, kind: Kind, path: str) -> str:
    collection, name = record.codecollection, record.slug.lower().replace("_", "-")
    values = [
        (one.name, f"<{one.name}>" if one.required else one.default or "")
        for one in record.user_variables
        if kind in one.used_by and not is_left(one)
    ]
    secrets = [(one.name, f"<{one.name}>") for one in record.secrets if kind in one.used_by and one.required]
    return (
        _HEADS[kind].format(name=_quoted(name), title=_quoted(record.title))
        + f"  codeBundle:\n    repoUrl: {_quoted(collection.git_url)}\n    ref: {_quoted(collection.git_ref)}\n"
        + f"    pathToRobot: {_quoted(path)}\n"
        + _provided("configProvided", "value", values)
        + _provided("secretsProvided", "workspaceKey", secrets)
    )


def _provided(title: str, field: str, items: Iterable[tuple[str, str]]) -> str:
    lines = [f"    - name: {_quoted(name)}\n      {field}: {_quoted(value)}\n" for name, value in items]
    return f"  {title}:\n{''.join(lines)}" if lines else f"  {title}: []\n"


def _quoted(text: str) -> str:
    """The text as a JSON string, which is YAML too: nothing in it can be taken for anything else."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
