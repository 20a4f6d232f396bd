"""AWS: a service's operation reads or changes, and the IAM actions it needs, by botocore's models.

The models are a dependency of the build alone. They say which operations there are, what the command line calls them
and how a service signs its requests; aws.toml has what they do not say.
"""

import re
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from build.effects.programs.tables import FILES
from build.effects.programs.verdict import (
    UNKNOWN,
    Effect,
    Inner,
    Needed,
    Verdict,
    readable,
    unclear,
)
from build.effects.programs.words import Split, split

_AWS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_COMMANDS = _AWS["command_line"]["commands"]
_SERVICES = _AWS["command_line"]["services"]
_READING = re.compile(rf"(?:{'|'.join(_AWS['reading'])})(?![a-z])")
_CHANGING = re.compile(rf"(?:{'|'.join(_AWS['changing'])})(?![a-z])")
_CLI = FILES["aws-cli"][0]
_S3_PATH = "s3://"
# A word of an operation's options: `commands=["df -h"]`, `{"commands":["df -h"]}`.
_COMMANDS_OF_SSM = re.compile(r"commands['\"]?\s*[=:]\s*(.*)", re.DOTALL)


def judge_aws(service: str, operation: str) -> Verdict:
    """Return the verdict on an operation: `service` as boto3 names it, the operation as its method or as in the API."""
    model = _model(service)
    name = _operation(service, operation)
    if name is None:
        words = operation if "_" not in operation and operation[:1].isupper() else _pascal(operation)
        return _judge_by_name(service, words)
    needs = _needs(service, name)
    if name in _AWS["texts"].get(service, {}):
        return Verdict("unclear", f"runs what is not read here with {service} {name}", needs=needs)
    return Verdict(_effect(service, name, model["operations"][name]), needs=needs)


def judge_command(words: Sequence[str], stdin: str | None = None) -> Verdict | None:
    """Return the verdict on a command of `aws`; None leaves it to the table of the command line's own words."""
    parts = split(words[1:], _CLI.values)
    command = [word for word in _command_words(words[1:]) if word != UNKNOWN] if parts.positionals else []
    if not command or command[0] in _CLI.plumbing or parts.has("--version", "--help") or "help" in command[:3]:
        return None
    service, operation = command[0], command[1] if len(command) > 1 else ""
    if UNKNOWN in service or UNKNOWN in operation or not operation:
        return unclear("runs aws with an operation that is not known")
    own = _own_command(f"{service} {operation}", parts)
    if own:
        return own
    service = _SERVICES.get(service, service)
    if operation == "wait":
        return _judge_waiter(service, command[2] if len(command) > 2 else "")
    if operation not in _names(service):
        return _judge_by_name(service, _pascal(operation.replace("-", "_")))
    name = _names(service)[operation]
    verdict = judge_aws(service, name)
    parts = split(words[1:], (*_CLI.values, *_options(words)))
    if parts.has("--dry-run") or parts.value("--invocation-type") == "DryRun":
        return verdict._replace(effect="reads")
    return _with_inner(verdict, service, name, parts)


PROGRAMS = {"aws": judge_command}


def _command_words(words: Sequence[str]) -> list[str]:
    """Return the service, the operation and the words before the operation's own options, at most three."""
    taken: list[str] = []
    index = 0
    while index < len(words) and len(taken) < 3:
        word = words[index]
        index += 1
        if not word.startswith("-"):
            taken.append(word)
        elif len(taken) < 2:
            if "=" not in word and word not in _CLI.flags:
                # The next word is the option's value.
                index += 1
        else:
            break
    return taken


def _options(words: Sequence[str]) -> list[str]:
    """Return the options of a command that have a value, as far as its words show."""
    pairs = pairwise(words)
    return [word for word, after in pairs if word.startswith("--") and not after.startswith("--")]


def _own_command(name: str, parts: Split) -> Verdict | None:
    """Return the verdict on commands that only the command line has, such as `s3 cp`; None for all others."""
    if name in ("s3 cp", "s3 mv", "s3 sync"):
        return _judge_transfer(name, parts)
    row = _COMMANDS.get(name)
    if row is None:
        return unclear(f"runs aws {readable(name)}, which no table knows") if name.startswith("s3 ") else None
    bare = "bare_actions" in row and len(parts.positionals) < 3
    effect: Effect = "reads" if parts.has("--dryrun", "--dry-run") or row["effect"] == "reads" else "changes"
    return Verdict(effect, needs=_needed(row["bare_actions"] if bare else row["actions"]))


def _judge_transfer(name: str, parts: Split) -> Verdict:
    """Return the verdict on `aws s3 cp|mv|sync`: a change where it writes to a bucket or removes from one."""
    paths = parts.positionals[2:4]
    actions = set()
    if len(paths) < 2 or all(UNKNOWN in path and not path.startswith(_S3_PATH) for path in paths):
        return unclear(f"runs aws {name} between places that are not known")
    source, target = paths
    if source.startswith(_S3_PATH):
        actions |= {"s3:GetObject"} | ({"s3:ListBucket"} if name == "s3 sync" or parts.has("--recursive") else set())
    if target.startswith(_S3_PATH):
        actions |= {"s3:PutObject"} | ({"s3:ListBucket"} if name == "s3 sync" else set())
    if name == "s3 mv" and source.startswith(_S3_PATH):
        actions.add("s3:DeleteObject")
    if parts.has("--delete") and target.startswith(_S3_PATH):
        actions.add("s3:DeleteObject")
    needs = _needed(sorted(actions))
    if parts.has("--dryrun"):
        return Verdict("reads", needs=needs)
    if target.startswith(_S3_PATH) or "s3:DeleteObject" in actions:
        return Verdict("changes", needs=needs)
    if UNKNOWN in target[:1]:
        return Verdict("unclear", f"runs aws {name} to a place that is not known", needs=needs)
    return Verdict("reads", needs=needs)


def _judge_waiter(service: str, name: str) -> Verdict:
    """Return the verdict on `aws SERVICE wait NAME`, which repeats an operation that reads."""
    waiters = _waiters(service)
    operation = waiters.get(name.replace("-", "").casefold())
    return Verdict("reads", needs=_needs(service, operation) if operation else ())


def _with_inner(verdict: Verdict, service: str, operation: str, parts: Split) -> Verdict:
    """Add what an operation runs in turn: SQL, or a shell's commands on a machine.

    Args:
        verdict: The verdict on the operation itself.
        service: As boto3 names it.
        operation: As in the API.
        parts: The command's words.
    """
    if operation not in _AWS["texts"].get(service, {}):
        return verdict
    language, option = _AWS["texts"][service][operation]
    text = parts.value(option) or ""
    if option == "--parameters":
        # Other documents than those that run a script do what stands in them.
        commands = _COMMANDS_OF_SSM.search(text) if "Run" in (parts.value("--document-name") or "") else None
        text = _shell_of(commands[1]) if commands else ""
    if not text:
        return verdict
    runs = (Inner(language, text, remote=language == "shell"),)
    return verdict._replace(effect="reads", because=None, runs=runs)


def _shell_of(value: str) -> str:
    """Return the commands in a list as the command line writes it: `["df -h","free"]` or `df -h`."""
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', value)
    return "\n".join(line.replace('\\"', '"') for line in quoted) if quoted else value.strip("[]'{} ")


def _effect(service: str, name: str, operation: dict[str, Any]) -> Effect:
    if any(fnmatchcase(name, one) for one in _AWS["changes"].get(service, ())):
        return "changes"
    if any(fnmatchcase(name, one) for one in _AWS["reads"].get(service, ())):
        return "reads"
    if _READING.match(name):
        return "reads"
    # Where a model says readonly of an operation that starts or stops, IAM says Write.
    return "reads" if operation.get("readonly") and not name.startswith(("Start", "Stop", "Batch")) else "changes"


def _judge_by_name(service: str, name: str) -> Verdict:
    """Return the verdict on an operation that no model has, a newer or a misspelt one, by its first word."""
    if UNKNOWN in service or UNKNOWN in name:
        return unclear("calls an operation of AWS that is not known")
    if _READING.match(name):
        return Verdict("reads")
    if _CHANGING.match(name):
        return Verdict("changes")
    return unclear(f"calls {readable(service)} {readable(name)}, which no model of AWS has")


def _needs(service: str, operation: str) -> tuple[Needed, ...]:
    """Return the IAM actions of an operation."""
    actions = _AWS["actions"].get(service, {}).get(operation)
    if actions is not None:
        return _needed(actions)
    metadata = _model(service)["metadata"]
    if service in ("apigateway", "apigatewayv2"):
        return _needed([f"apigateway:{_model(service)['operations'][operation]['http']['method']}"])
    prefix = _AWS["prefixes"].get(service) or metadata.get("signingName") or metadata["endpointPrefix"]
    return _needed([f"{prefix}:{operation}"])


def _needed(actions: Sequence[str]) -> tuple[Needed, ...]:
    return tuple(Needed("AWS", action) for action in actions)


def _operation(service: str, operation: str) -> str | None:
    """Return an operation's name in the API, by that name or by a method's; None where the models have none."""
    names = _names(service)
    if operation in names.values():
        return operation
    return names.get(operation.replace("_", "-"))


def _pascal(operation: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in operation.split("_"))


@cache
def _names(service: str) -> dict[str, str]:
    """Return each operation of a service by what the command line calls it."""
    from botocore import xform_name

    return {xform_name(name, "-"): name for name in _model(service)["operations"]}


@cache
def _waiters(service: str) -> dict[str, str]:
    """Return the operation of each waiter of a service, by the waiter's name without its hyphens."""
    waiters = _load(service, "waiters-2").get("waiters", {})
    return {name.casefold(): waiter["operation"] for name, waiter in waiters.items()}


@cache
def _model(service: str) -> dict[str, Any]:
    """Return a service's model, cut down to the fields in use; one without operations where there is none."""
    model = _load(service, "service-2")
    operations = {
        name: {"http": operation["http"], "readonly": operation.get("readonly", False)}
        for name, operation in model.get("operations", {}).items()
    }
    return {"metadata": model.get("metadata", {"endpointPrefix": service}), "operations": operations}


def _load(service: str, kind: str) -> dict[str, Any]:
    from botocore.exceptions import UnknownServiceError
    from botocore.loaders import Loader

    # The name becomes part of a path: only those that the package lists are taken.
    if service not in _service_names():
        return {}
    try:
        return dict(
            Loader(
                include_default_search_paths=False, extra_search_paths=[Loader.BUILTIN_DATA_PATH]
            ).load_service_model(service, kind)
        )
    except UnknownServiceError:
        return {}


@cache
def _service_names() -> frozenset[str]:
    from botocore.loaders import Loader

    return frozenset(
        Loader(
            include_default_search_paths=False, extra_search_paths=[Loader.BUILTIN_DATA_PATH]
        ).list_available_services("service-2")
    )
