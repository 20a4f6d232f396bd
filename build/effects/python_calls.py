"""What calls of packages do that are not read: the standard library's and those of the platforms."""

import re
import shlex
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from build.effects.programs.judge import (
    Inner,
    Needed,
    Verdict,
    judge,
    judge_aws,
    judge_http,
    judge_kubernetes_method,
)
from build.effects.python_values import Known, Many, OneOf, Outside, is_texts, plain, texts_of
from build.effects.text import UNKNOWN, Text, Texts, names_of

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_READS, _CHANGES = frozenset(_TABLE["verbs"]["reads"]), frozenset(_TABLE["verbs"]["changes"])
_SDKS = frozenset(_TABLE["modules"]["platforms"])
_QUIET = frozenset(_TABLE["modules"]["quiet"])
_HTTP = frozenset(_TABLE["modules"]["http"])
_SQL = frozenset(_TABLE["modules"]["sql"])
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_RUN = frozenset({"run", "call", "check_call", "check_output", "Popen", "create_subprocess_exec", "spawn", "getoutput",
                  "getstatusoutput"})  # fmt: skip
_SHELL_CALLS = frozenset(_TABLE["shell"]["calls"])
_SHELL_METHODS = ("execute_command", "execute_shell_command", "shell", "run_cli", "run_curl")
# What boto3's collections have in common, and what loads one of their objects.
_OF_COLLECTIONS = frozenset({"all", "filter", "limit", "page_size", "pages", "load", "reload"})
_MAPPED = frozenset({"add", "add_all", "delete", "merge", "bulk_save_objects", "bulk_insert_mappings", "create_all",
                     "bulk_update_mappings", "drop_all"})  # fmt: skip
_OF_KEYWORDS = frozenset({
    "import", "parse", "perform", "build", "calculate", "convert", "extract", "generate", "summarize", "transform",
    "format", "compare", "match", "pop", "log", "should", "wait", "most", "largest",
})  # fmt: skip
_REMOVES = frozenset({"shutil.rmtree", "os.remove", "os.unlink", "os.rmdir", "os.removedirs"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Done(NamedTuple):
    """What a call does: verdicts, commands that it runs as words, and texts that it runs in a shell."""

    verdicts: tuple[tuple[Verdict, str | None], ...] = ()
    words: tuple[tuple[Text, ...], ...] = ()
    shells: tuple[Texts, ...] = ()
    sql: tuple[Texts, ...] = ()
    runs: tuple[Inner, ...] = ()


NOTHING = Done()


def decide(what: Outside, arguments: Sequence[Known], options: Mapping[str, Known]) -> Done:
    """Return what a call into a package does that is not read.

    Args:
        what: What is called.
        arguments: Its positional arguments.
        options: Its named ones.
    """
    root, *path = what.path.split(".")
    last = path[-1] if path else root
    first = arguments[0] if arguments else None
    if what.path in _SHELL_CALLS or (root == "RW" and last in _SHELL_METHODS):
        command = options.get("cmd", options.get("command", first))
        return Done(shells=(texts_of(command),)) if command is not None else NOTHING
    runs = last in _RUN and (last != "run" or root not in ("asyncio", "trio"))
    if (root in ("subprocess", "asyncio", "pexpect", "sh", "invoke", "trio") and runs) or what.path in (
        "os.execvp",
        "os.spawnvp",
    ):
        return _process(last, arguments, options)
    if root == "sh" and len(path) == 1:
        # The package's functions are the programs of their names.
        return _process("run", [Many([(Text(last.replace("_", "-")),), *arguments])], {})
    if root == "plumbum" and "local" in path:
        return Done(verdicts=((Verdict("unclear", "runs commands by the package plumbum"), None),))
    if what.path in _REMOVES and first is not None:
        return Done(verdicts=((judge(["rm", "-rf", plain(first)]), None),))
    if root in ("fabric", "paramiko") and last in ("run", "sudo", "exec_command", "local"):
        return Done(shells=(texts_of(options.get("command", first)),))
    if root in _HTTP:
        return _http(what, last, arguments, options)
    if root in ("boto3", "botocore", "aioboto3", "aiobotocore"):
        return _aws(what, path, last, arguments)
    if root == "kubernetes" or root == "kubernetes_asyncio":
        return _kubernetes(path, last, arguments, options)
    if root in _SQL and last in (
        "execute",
        "executemany",
        "executescript",
        "execute_async",
        "read_sql",
        "query",
        "run",
        "sql",
    ):
        statement = options.get("sql", options.get("query", options.get("statement", first)))
        return Done(sql=(texts_of(statement),)) if statement is not None else NOTHING
    if root in _SQL:
        # What is left connects and commits, but for what maps objects to rows.
        changes = root == "sqlalchemy" and last in _MAPPED
        return Done(verdicts=((Verdict("changes"), None),)) if changes else NOTHING
    if root in ("redis", "rediscluster", "aioredis") and len(path) > 1:
        words = texts_of(first)[0].text.split() if last == "execute_command" and first is not None else [last.upper()]
        return Done(verdicts=((judge(["redis-cli", *words]), None),))
    if root in _QUIET or (root in sys.stdlib_module_names and root not in ("smtplib", "ftplib", "http", "urllib")):
        return NOTHING
    return _by_verb(root, path, last)


def _process(name: str, arguments: Sequence[Known], options: Mapping[str, Known]) -> Done:
    command = options.get("args", arguments[0] if arguments else None)
    if command is None:
        return NOTHING
    if name in ("create_subprocess_exec", "spawn") and len(arguments) > 1:
        command = Many(list(arguments))
    if isinstance(command, OneOf):
        several = [_process(name, [one], {k: v for k, v in options.items() if k != "args"}) for one in command.values]
        return Done(
            words=tuple(w for d in several for w in d.words), shells=tuple(s for d in several for s in d.shells)
        )
    if isinstance(command, Many):
        words: list[Text] = []
        for item in command.items:
            texts = texts_of(item)
            words.append(texts[0] if len(texts) == 1 else Text(UNKNOWN, names_of(texts)))
        return Done(words=(tuple(words),)) if words else NOTHING
    # A text is a command's text where it is given to a shell; elsewhere it is divided by shlex or is a program.
    return Done(shells=(texts_of(command),))


def _http(what: Outside, last: str, arguments: Sequence[Known], options: Mapping[str, Known]) -> Done:
    names = [plain(one) for one in arguments]
    body = options.get("data", options.get("json", options.get("body", options.get("content"))))
    url = plain(options["url"]) if "url" in options else None
    method = None
    if last.lower() in _METHODS:
        method, url = last.upper(), url if url is not None else (names[0] if names else "")
        if body is None and len(arguments) > 1 and last in ("post", "put", "patch"):
            body = arguments[1]
    elif last in ("request", "stream", "send_request"):
        method = plain(options["method"]) if "method" in options else (names[0] if names else UNKNOWN)
        url = url if url is not None else (names[1] if len(names) > 1 else "")
        if body is None and len(arguments) > 2:
            body = arguments[2]
    elif last == "send" and "Request" in what.path:
        method, url = (what.given[0] if what.given else UNKNOWN), ""
    elif last in ("urlopen", "urlretrieve") and arguments:
        first = arguments[0]
        body = body if body is not None else (arguments[1] if len(arguments) > 1 else None)
        url, method = names[0], "POST" if body is not None else "GET"
        if isinstance(first, Outside):
            given = dict(pair.split("=", 1) for pair in first.given if "=" in pair)
            url, method = given.get("url", ""), given.get("method", "POST" if "data" in given else method)
            body = body if body is not None else ((Text(given["data"]),) if "data" in given else None)
    if method is None:
        return NOTHING
    verdict = judge_http(method, url or "", plain(body) if body is not None else None)
    return Done(verdicts=((verdict, None),))


def _aws(what: Outside, path: Sequence[str], last: str, arguments: Sequence[Known]) -> Done:
    """Return what a call of boto3 does: a client's method is an operation, a resource's is judged by its verb."""
    if "client" in path[:-1]:
        service = what.given[0] if what.given else UNKNOWN
        if last in ("get_paginator", "get_waiter", "can_paginate", "generate_presigned_url"):
            operation = plain(arguments[0]) if arguments else ""
            if last == "get_waiter":
                # The command line has the same waiters.
                return Done(verdicts=((judge(["aws", service, "wait", operation.replace("_", "")]), None),))
            return Done(verdicts=((judge_aws(service, operation), None),)) if operation else NOTHING
        if (
            last in ("close", "paginate", "wait", "exceptions", "meta")
            or "get_paginator" in path[:-1]
            or "get_waiter" in path[:-1]
            or path.index("client") < len(path) - 2
        ):
            return NOTHING
        if last in ("upload_file", "upload_fileobj"):
            last = "put_object"
        elif last in ("download_file", "download_fileobj"):
            last = "get_object"
        return Done(verdicts=((judge_aws(service, last), None),))
    if "resource" in path[:-1] and len(path) > 1:
        done = _by_verb("boto3", path, last)
        needs = _of_resource(what.given[0] if what.given else UNKNOWN, path[path.index("resource") + 1 :])
        return done._replace(verdicts=tuple((one._replace(needs=needs), shown) for one, shown in done.verdicts))
    return NOTHING


def _of_resource(service: str, path: Sequence[str]) -> tuple[Needed, ...]:
    """Return the permissions of a call of boto3's objects: `instances.filter`, `Table.put_item`, `objects.all`."""
    *way, last = path
    noun = next((one for one in reversed(way) if one not in _OF_COLLECTIONS), "")
    plural = _CAMEL.sub("_", noun).lower().removesuffix("_set")
    plural += "" if plural.endswith("s") else "s"
    if last in _OF_COLLECTIONS:
        operations = [f"describe_{plural}", f"list_{plural}", f"list_{plural}_v2"]
    else:
        operations = [last, f"{last}_{plural}", f"{last}_{plural[:-1]}"]
    return next((needs for one in operations if (needs := judge_aws(service, one).needs)), ())


def _kubernetes(path: Sequence[str], last: str, arguments: Sequence[Known], options: Mapping[str, Known]) -> Done:
    if last == "stream" and arguments and isinstance(arguments[0], Outside):
        method = arguments[0].path.rsplit(".", 1)[-1]
        if "exec" in method:
            command = options.get("command")
            needs = (Needed("Kubernetes", "create pods/exec", "namespaced"),)
            done = _process("run", [command], {}) if command is not None else NOTHING
            return done._replace(verdicts=((Verdict("reads", needs=needs), None),))
        return Done(verdicts=((judge_kubernetes_method(method), None),))
    if path[:1] in (["config"], ["watch"]) or last[:1].isupper():
        return NOTHING
    if path[:1] == ["utils"]:
        return Done(verdicts=((Verdict("changes"), None),)) if last.startswith("create_from") else NOTHING
    if path[:1] in (["client"], ["dynamic"]) and len(path) > 2:
        if last in (
            "select_header_accept",
            "sanitize_for_serialization",
            "close",
            "set_default",
            "get_default_copy",
            "to_dict",
        ):
            return NOTHING
        if path[:1] == ["dynamic"]:
            return _by_verb("kubernetes", path, last)
        return Done(verdicts=((judge_kubernetes_method(last), None),))
    return NOTHING


def _by_verb(root: str, path: Sequence[str], last: str) -> Done:
    """Return what a package's method does, by the first word of its name."""
    words = [word.lower() for part in _CAMEL.sub("_", last).split("_") if (word := part)]
    if last == "execute" and len(path) > 1:
        # The request that discovery's clients build before.
        words = [word.lower() for word in _CAMEL.sub("_", path[-2]).split("_")]
    if not words or last[:1].isupper() or last.startswith("__"):
        return NOTHING
    if words[0] in ("begin", "async", "try", "bulk", "batch", "safe") and len(words) > 1:
        words = words[1:]
    if words[0] in _READS:
        return Done(verdicts=((Verdict("reads"), None),)) if root in _SDKS else NOTHING
    if any(word in _CHANGES for word in words[:1]) or (root in _SDKS and words[-1] in _CHANGES):
        known = root in _SDKS
        return Done(
            verdicts=(
                (
                    Verdict("changes")
                    if known
                    else Verdict("unclear", f"calls {last} of the package {root}, which no table knows"),
                    None,
                ),
            )
        )
    return NOTHING


def changes_by_verb(written: str) -> Verdict:
    """Return the verdict on a keyword, by the first word of its name."""
    words = _CAMEL.sub(" ", written.replace("_", " ")).lower().split()
    # Keywords import what a run is given.
    if words and words[0] in _CHANGES and words[0] != "import":
        return Verdict("changes")
    known = words and (words[0] in _READS or words[0] in _OF_KEYWORDS)
    return Verdict("reads") if known else Verdict("unclear", f"calls the keyword {written}, which no table knows")


def is_sql_text(what: Outside) -> bool:
    """Return whether a call only marks a text as SQL."""
    return what.path.rsplit(".", 1)[-1] in ("text", "SQL") and what.path.split(".", 1)[0] in _SQL


def result_of(what: Outside, arguments: Sequence[Known], options: Mapping[str, Known]) -> Outside:
    """Return the value of a call into a package; what is taken from it continues its path.

    Args:
        what: What is called.
        arguments: Its positional arguments.
        options: Its named ones.
    """
    given = what.given
    last = what.path.rsplit(".", 1)[-1]
    if last in ("client", "resource"):
        service = options.get("service_name", arguments[0] if arguments else None)
        given = (plain(service),)
    elif last == "Request":
        pairs = [("url", arguments[0])] if arguments else []
        pairs += [("data", arguments[1])] if len(arguments) > 1 else []
        pairs += [(name, options[name]) for name in ("url", "data", "method") if name in options]
        given = tuple(f"{name}={plain(value)[:2000]}" for name, value in pairs)
    elif last == "get_library_instance" and arguments:
        return Outside(plain(arguments[0]))
    names = what.names | names_of(text for one in arguments if is_texts(one) for text in texts_of(one))
    return Outside(what.path if len(what.path) < 300 else what.path[:300], given, names)


def split_words(text: Texts) -> Many:
    """Return the words into which shlex.split divides a text."""
    one = text[0]
    try:
        words = shlex.split(one.text)
    except ValueError:
        words = one.text.split()
    return Many([(Text(word, one.names, one.whole if len(words) == 1 else None),) for word in words])
