"""Languages of text tools in which a command can be run: awk, sed and perl."""

import re
from collections.abc import Sequence

from build.effects.programs import local
from build.effects.programs.tables import TABLES
from build.effects.programs.verdict import PLUMBING, UNKNOWN, Inner, Verdict, readable, unclear
from build.effects.programs.words import split

# A text, a comment, or a regular expression, which stands where a value may begin.
_TOKEN = re.compile(
    r'"((?:[^"\\\n]|\\.)*)"|#[^\n]*|(?<=[(,~!{;&|\n])[ \t]{0,99}/(?:[^/\\\n]|\\.)+/|^[ \t]{0,99}/(?:[^/\\\n]|\\.)+/'
)
_ESCAPED = re.compile(r"\\(.)")
_ESCAPED_TEXT = {"n": "\n", "t": "\t", "r": "\r"}
_PLACE = re.compile("\x01(\\d{1,6})\x01")
_AWK_SYSTEM = re.compile(r"\bsystem\s{0,5}\(((?:[^()\n]|\([^()\n]{0,300}\)){1,1000})\)")
_AWK_PIPE = re.compile(r"\bprintf?\b[^;{}\n|]{0,1000}\|&?(?!\|)\s{0,20}([^;{}\n|]{1,1000})")
_AWK_GETLINE = re.compile(r"([^;{}\n|]{1,1000})(?<!\|)\|&?\s{0,20}getline\b")
_AWK_ASSIGNED = re.compile(r"\b([A-Za-z_]\w{0,100})\s{0,20}=(?![=~])\s{0,20}([^;{}\n]{1,1000})")
_AWK_NAME = re.compile(r"[A-Za-z_]\w{0,100}")
_AWK_AROUND = re.compile(r"^[\s(]*(?:(?:while|if)\b[\s(]*)?|[\s)]+$")
# `s/…/…/e` runs what the line became, `e COMMAND` the command.
_SED_RUNS_LINE = re.compile(
    r"(?:^|[;{}\n\s\d$/,!])s([^\w\s\\])(?:\\.|(?!\1)[^\\\n])*\1(?:\\.|(?!\1)[^\\\n])*\1[gpIiMm\d]*e"
)
_SED_RUNS = re.compile(r"(?:^|[;{\n])\s{0,20}(?:\d{1,9}|\$|/[^/\n]{0,200}/)?\s{0,20}e\s{1,20}([^\s;}][^\n;]{0,2000})")
_PERL_RUNS = re.compile(
    r"\b(?:system|exec|qx|unlink|rmdir|rename|kill|fork|syscall|require|do\s+[\"'])\b|`|\bopen\b|\bIO::|\bNet::|\bLWP\b|\bHTTP::|\bDBI\b|\bsocket\b"
)
_PERL_SYSTEM = re.compile(
    r"\b(?:system|exec)\s{0,5}\(?\s{0,5}(?:\"((?:[^\"\\\n$@]|\\.)*)\"|'([^'\n]*)')\s{0,5}(?:\)|;|$|\}|\bor\b|\bif\b|&&|\|\|)"
)


def judge_awk(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on awk, with the commands that its program runs: by `system`, and at either end of a pipe."""
    parts = split(words[1:], ("-F", "-v", "-f", "-e", "-E", "-i", "--source", "--file", "--assign"))
    programs = parts.values("-e", "--source") or (
        [] if parts.has("-f", "-E", "--file") else list(parts.positionals[:1])
    )
    runs = [Inner("shell", text) for program in programs for text in _commands_of(program)]
    return PLUMBING._replace(runs=tuple(dict.fromkeys(runs)))


def _commands_of(program: str) -> list[str]:
    """Return the commands that a program of awk gives to a shell; UNKNOWN is what only a run knows of them."""
    texts: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if match[1] is None:
            return " "
        texts.append(_ESCAPED.sub(lambda one: _ESCAPED_TEXT.get(one[1], one[1]), match[1]))
        return f"\x01{len(texts) - 1}\x01"

    bare = _TOKEN.sub(keep, program)
    assigned: dict[str, list[str]] = {}
    for match in _AWK_ASSIGNED.finditer(bare):
        assigned.setdefault(match[1], []).append(match[2])
    commands = []
    for kind in (_AWK_SYSTEM, _AWK_PIPE, _AWK_GETLINE):
        for match in kind.finditer(bare):
            one = _AWK_AROUND.sub("", match[1])
            named = assigned.get(one, [one]) if _AWK_NAME.fullmatch(one) else [one]
            commands += [_text_of(expression, texts) for expression in named]
    return [command for command in commands if command.strip()]


def judge_sed(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `sed`: what it changes in place, and the commands that its script runs."""
    parts = split(words[1:], TABLES["sed"].values)
    scripts = parts.values("-e", "--expression") or ([] if parts.has("-f", "--file") else list(parts.positionals[:1]))
    verdict = local.judge_in_place(words, stdin)
    if any(_SED_RUNS_LINE.search(script) for script in scripts):
        return unclear("runs the lines that sed makes")
    runs = tuple(Inner("shell", match[1]) for script in scripts for match in _SED_RUNS.finditer(script))
    return verdict._replace(runs=runs)


def judge_perl(words: Sequence[str], stdin: str | None = None) -> Verdict:
    """Return the verdict on `perl -e`, whose statements may only handle text."""
    parts = split(words[1:], ("-e", "-E", "-I", "-M", "-m", "-F"))
    texts = parts.values("-e", "-E")
    if parts.has("-v", "-V", "-h", "-c", "--version"):
        return PLUMBING
    if not texts:
        name = f"the script {readable(parts.positionals[0])}" if parts.positionals else "Perl with statements"
        return unclear(f"runs {name}, which is not read here")
    text = "\n".join(texts)
    inner = tuple(
        Inner("shell", match[1] if match[1] is not None else match[2]) for match in _PERL_SYSTEM.finditer(text)
    )
    if _PERL_RUNS.search(_PERL_SYSTEM.sub("", text)):
        return unclear("runs Perl that does more than handle text")._replace(runs=inner)
    return local.judge_in_place(words, stdin)._replace(runs=inner)


def _text_of(expression: str, texts: Sequence[str]) -> str:
    """Return the value of an expression of awk: its texts, and UNKNOWN for every other part."""
    pieces = _PLACE.split(expression)
    return "".join(
        texts[int(piece)] if place % 2 else UNKNOWN if piece.strip() else "" for place, piece in enumerate(pieces)
    )


PROGRAMS = {
    **dict.fromkeys(("awk", "gawk", "mawk", "nawk"), judge_awk),
    **dict.fromkeys(("sed", "gsed"), judge_sed),
    "perl": judge_perl,
}  # fmt: skip
