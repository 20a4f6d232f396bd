"""The verdict on one command: does it read or change, what does it run in turn, what does it need.

Tables of verbs beside this module decide for most programs; a few have a module of their own.
"""

import re
from collections.abc import Callable, Sequence

from build.effects.programs import (
    aws,
    azure,
    custodian,
    database,
    flux,
    gcp,
    http,
    kubernetes,
    local,
    mongo,
    sql,
    text_languages,
    wrappers,
)
from build.effects.programs.tables import TABLES, Table, by_option, verb_of
from build.effects.programs.verdict import (
    PLUMBING,
    UNKNOWN,
    Effect,
    Inner,
    Language,
    Needed,
    Verdict,
    readable,
    unclear,
)
from build.effects.programs.words import Split, split

__all__ = (
    "UNKNOWN", "Effect", "Inner", "Language", "Needed", "Verdict", "judge", "judge_aws", "judge_http",
    "judge_kubernetes_method", "judge_sql",
)  # fmt: skip

# Longer commands are data that went astray, and take time.
_MOST_WORDS = 2000

Special = Callable[[Sequence[str], str | None], Verdict | None]
_SPECIAL: dict[str, Special] = {
    **aws.PROGRAMS, **azure.PROGRAMS, **custodian.PROGRAMS, **database.PROGRAMS, **gcp.PROGRAMS,
    **http.PROGRAMS, **kubernetes.PROGRAMS,
    **local.PROGRAMS, **mongo.PROGRAMS, **text_languages.PROGRAMS, **wrappers.PROGRAMS,
}  # fmt: skip
_NEEDS: dict[str, Callable[[Sequence[str], str | None], tuple[Needed, ...]]] = {
    "kubectl": kubernetes.needs, "oc": kubernetes.needs, "az": azure.needs, "gcloud": gcp.needs, "gsutil": gcp.needs,
    "bq": gcp.needs, "flux": flux.needs,
}  # fmt: skip
_PYTHON = re.compile(r"\s{0,80}(?:import|from)\s")
_OF_KUBECTL = ("--context", "--namespace", "-n", "--kubeconfig", "--all-namespaces", "-A")
_HELP = ("--help", "-help", "--version", "-version")

judge_sql = sql.judge_sql
judge_http = http.judge_http
judge_aws = aws.judge_aws
judge_kubernetes_method = kubernetes.judge_method


def judge(words: Sequence[str], stdin: str | None = None, *, remote: bool = False) -> Verdict:
    """Return the verdict on a command.

    Args:
        words: The program, as a path or a name, and its arguments; UNKNOWN stands for what could not be resolved.
        stdin: The text that it reads, where that is known.
        remote: Whether it runs on another machine or in a pod, whose files and packages are not the run's own.
    """
    if not words or not words[0]:
        return PLUMBING
    words = words[:_MOST_WORDS]
    program = name_of(words[0])
    if UNKNOWN in program:
        return _judge_unknown_program(words, stdin)
    if remote and program in local.WRITERS:
        return local.judge_files(words, stdin, remote=True)
    verdict = _judge(program, words, stdin)
    table = TABLES.get(program)
    if table and table.own and not remote and verdict.effect == "changes":
        verdict = PLUMBING
    return verdict._replace(runs=tuple(_with_stdin(inner, stdin, remote) for inner in verdict.runs))


def _judge(program: str, words: Sequence[str], stdin: str | None) -> Verdict:
    """Return the verdict by the program's own module, or else by its table."""
    special = _SPECIAL.get(program)
    if special:
        verdict = special(words, stdin)
        if verdict:
            return verdict
    table = TABLES.get(program)
    if table is None:
        if len(words) == 2 and words[1] in ("--version", "--help"):
            return PLUMBING
        return unclear(f"runs {readable(program)}, which is in no table")
    verdict = judge_by_table(table, words, stdin)
    if program not in _NEEDS:
        return verdict
    needs = _NEEDS[program](words, stdin)
    if verdict.effect == "changes" and not needs and program in kubernetes.PROGRAMS:
        return verdict._replace(because=kubernetes.unnamed(words))
    return verdict._replace(needs=needs)


def name_of(word: str) -> str:
    """Return the name of the program that a word runs: without its folder, and without `.exe`."""
    name = word.rstrip("/").rsplit("/", 1)[-1].strip()
    return name.removesuffix(".exe") or name


def judge_by_table(table: Table, words: Sequence[str], stdin: str | None) -> Verdict:
    """Return the verdict of a table on a command.

    Args:
        table: The program's table.
        words: The command.
        stdin: The text that it reads, where that is known.
    """
    program = name_of(words[0])
    texts = [name for rule in table.runs for name in rule.option]
    parts = split(words[1:], (*table.values, *texts), style=table.style, positionals=table.positionals)
    if any(option.name in _HELP for option in parts.options):
        return PLUMBING
    verb = verb_of(table, _verb_words(table, words[1:], parts))
    rule, condition = by_option(table, parts)
    if rule is not None and (verb is None or verb.effect != "plumbing" or rule.effect == "changes"):
        effect = rule.effect
        because = None
    elif verb is not None:
        effect, because = verb.effect, verb.because
    elif not parts.positionals:
        effect, because = table.bare, f"runs {program} without a subcommand"
    else:
        return unclear(_no_row(program, parts.positionals))
    # What only says what it would do runs nothing.
    prints = rule is not None and effect == "reads"
    runs = () if prints else _inner(table, words, parts, stdin, verb.pattern if verb else "")
    script = next((inner.text for inner in runs if inner.language == "shell" and inner.text.startswith("@")), None)
    runs_what = next((rule for rule in table.runs if verb and verb.pattern in rule.verbs), None)
    if runs_what and not runs and not prints and effect != "changes":
        return unclear(f"runs {program} {verb.pattern if verb else ''} with what is not known")
    if script:
        return unclear(f"runs the script {readable(script[1:])}, which is not read here")._replace(runs=runs)
    if effect == "unclear":
        return Verdict(
            "unclear",
            because or f"what {readable(' '.join((program, *parts.positionals[:3])))} does depends on its arguments",
            runs=runs,
        )
    if effect == "plumbing":
        return Verdict("reads", runs=runs, listed=False)
    return Verdict(effect, condition=condition if effect == "changes" or runs else None, runs=runs)


def _verb_words(table: Table, words: Sequence[str], parts: Split) -> Sequence[str]:
    """Return the words among which the verb is looked for."""
    if not table.verb_first:
        return parts.positionals
    before = []
    for word in words:
        name = word.partition("=")[0]
        if word.startswith("-") and name not in table.values and name not in table.flags:
            break
        before.append(word)
    return split(before, table.values, style=table.style).positionals


def _no_row(program: str, positionals: Sequence[str]) -> str:
    if any(UNKNOWN in word for word in positionals[:2]):
        return f"runs {program} with a subcommand that is not known"
    return f"runs {readable(' '.join((program, *positionals[:3])))}, which no table knows"


def _inner(table: Table, line: Sequence[str], parts: Split, stdin: str | None, verb: str) -> tuple[Inner, ...]:
    """Return what a command runs in turn by its table.

    Args:
        table: The program's table.
        line: The command.
        parts: The same, split.
        stdin: The text that it reads, where that is known.
        verb: The table's pattern that matched.
    """
    result: list[Inner] = []
    for rule in table.runs:
        if rule.verbs and verb not in rule.verbs:
            continue
        words: Sequence[str] = ()
        if rule.rest and parts.rest:
            words = parts.rest
        elif rule.after is not None:
            count = rule.after + len(verb.split())
            # The options of a program that is run are its own: docker exec NAME sh -c …
            own = (
                split(line[1:], table.values, style=table.style, positionals=count)
                if rule.language == "words"
                else parts
            )
            words = own.rest or own.positionals[count:]
        texts = _texts(line, rule.option) if rule.many else parts.values(*rule.option)
        if rule.stdin and stdin is not None:
            texts.append(stdin)
        if words and rule.language == "words":
            result.append(Inner("words", "", tuple(words), rule.remote))
        elif words:
            texts.append(" ".join(words))
        result += [Inner(rule.language, text, remote=rule.remote) for text in texts]
    return tuple(result)


def _texts(line: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return all words behind an option up to the next option, each as a line: `--scripts 'df -h' 'free -m' --name
    x`.
    """
    texts = []
    for index, word in enumerate(line):
        name, equals, value = word.partition("=")
        if name in names:
            end = next((at for at in range(index + 1, len(line)) if line[at].startswith("-")), len(line))
            own = [value] if equals else []
            texts.append("\n".join([*own, *line[index + 1 : end]]))
    return texts


def _with_stdin(inner: Inner, stdin: str | None, remote: bool) -> Inner:
    """Pass stdin on to an inner command that runs it: `kubectl exec -i … -- sh`."""
    if remote:
        inner = inner._replace(remote=True)
    if stdin is None or inner.language != "words":
        return inner
    handed = judge(inner.words, stdin).runs
    return handed[0]._replace(remote=inner.remote) if handed and handed[0].text == stdin else inner


def _judge_unknown_program(words: Sequence[str], stdin: str | None) -> Verdict:
    """Return the verdict on a program in an unresolved variable: kubectl's or Python's where the arguments fit only
    these.
    """
    if words[0] == UNKNOWN and len(words) > 2:
        if words[1] == "-c" and _PYTHON.match(words[2]):
            return judge(("python3", *words[1:]), stdin)
        guess = judge(("kubectl", *words[1:]), stdin)
        of_kubectl = guess.needs or any(word.partition("=")[0] in _OF_KUBECTL for word in words[1:])
        if guess.effect != "unclear" and of_kubectl:
            return guess
    return unclear("runs a program whose name is not known")
