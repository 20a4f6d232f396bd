"""SQL: do the statements of a text read or change."""

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from build.effects.programs.verdict import UNKNOWN, Verdict, readable, unclear

_SQL = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
# A longer text is data, not statements that somebody wrote.
_MOST_CHARACTERS = 200_000
_WITHIN = re.compile(rf"(?<![\w.])(?:{'|'.join(_SQL['within'])})", re.IGNORECASE)
_FUNCTIONS = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, _SQL['functions']))})\s{{0,20}}\(", re.IGNORECASE)
_INTO = re.compile(r"^SELECT\b[^;]*?\sINTO\s+(?!@|:)(?:TEMP\s|TABLE\s)?[\w.#\[\]\x00]", re.IGNORECASE | re.DOTALL)
_TABLES = re.compile(r"\b(?:from|join)\s+[`\"\[]?([\w.\-\x00]+[\w`.\-\x00]*)", re.IGNORECASE)
_QUOTES = {"'": "'", '"': '"', "`": "`"}

# From the most exact to the least.
_ROWS = sorted(
    ((verb.split(), effect) for effect in ("reads", "changes", "unclear") for verb in _SQL[effect]),
    key=lambda row: -len(row[0]),
)


def judge_sql(text: str) -> Verdict:
    """Return the worst verdict on the statements of a text; a client's own commands (`.tables`) count as statements."""
    if len(text) > _MOST_CHARACTERS:
        return unclear(f"runs SQL of more than {_MOST_CHARACTERS} characters")
    worst = Verdict("reads")
    for statement in _statements(text):
        verdict = _judge_statement(statement)
        if verdict.effect == "changes":
            return verdict
        if verdict.effect == "unclear":
            worst = verdict
    return worst


def tables_of(text: str) -> list[str]:
    """Return the tables that a text reads from, in lower case."""
    return [name.replace("`", "").casefold() for name in _TABLES.findall(text[:_MOST_CHARACTERS])]


def _statements(text: str) -> Iterator[str]:
    """Yield each statement without its comments, and with empty strings for its strings."""
    part: list[str] = []
    index, size = 0, len(text)
    # What was sought once and is not there is not sought again, so that the time grows with the length alone.
    missing: set[str] = set()

    def end(of: str, start: int) -> int:
        result = -1 if of in missing else text.find(of, start)
        if result < 0:
            missing.add(of)
            return size
        return result

    while index < size:
        character = text[index]
        if text.startswith("--", index) or (character == "#" and not text[index + 1 : index + 2].isalnum()):
            index = end("\n", index)
        elif text.startswith("/*", index):
            index = end("*/", index + 2) + 2
            part.append(" ")
        elif character in "'\"`":
            close = end(_QUOTES[character], index + 1)
            inside = text[index + 1 : close]
            # An identifier stays, a string does not.
            part.append(inside if character != "'" and re.fullmatch(r"[\w.\-\x00]*", inside) else "''")
            index = close + 1
        elif character == ";" or (character == "\n" and _client_line(part)):
            yield "".join(part).strip()
            part = []
            index += 1
        else:
            part.append(character)
            index += 1
    yield "".join(part).strip()


def _client_line(part: list[str]) -> bool:
    """Return whether a statement so far is a command of the client, which ends with the line."""
    start = "".join(part[:40]).lstrip()
    return start.startswith(("\\", ".")) or start.upper() == "GO"


def _judge_statement(statement: str) -> Verdict:
    statement = statement.lstrip("( \t\r\n")
    if not statement:
        return Verdict("reads")
    if statement[0] in "\\.":
        return _judge_client_command(statement)
    words = [word.upper() for word in re.findall(r"[\w@*\x00]+", statement[:400])[:6]]
    if not words:
        return Verdict("reads")
    if UNKNOWN in words[0]:
        return unclear("runs SQL that is not known")
    change = _WITHIN.search(statement) or _FUNCTIONS.search(statement)
    if change:
        return Verdict("changes")
    effect = next((effect for verb, effect in _ROWS if _begins(words, verb)), None)
    if words[0] == "EXPLAIN" and "ANALYZE" in words[1:4]:
        rest = words[words.index("ANALYZE") + 1 :]
        effect = next((effect for verb, effect in _ROWS if _begins(rest, verb)), "reads")
    if "\\gexec" in statement:
        return unclear("runs what a query returns with \\gexec")
    if words[0] == "SELECT" and _INTO.match(statement):
        return Verdict("changes")
    if words[0] == "COPY":
        return Verdict(
            "reads" if re.search(r"\bTO\b", statement, re.IGNORECASE) and "FROM" not in words[:4] else "changes"
        )
    if words[0] == "PRAGMA" and "=" in statement:
        return Verdict("changes")
    if words[0] == "MATCH" and re.search(r"\b(?:SET|CREATE|DELETE|MERGE|REMOVE)\b", statement, re.IGNORECASE):
        return Verdict("changes")
    if effect == "reads":
        return Verdict("reads")
    if effect == "changes":
        return Verdict("changes")
    first = readable(" ".join(words[:2]).lower())
    return unclear(
        f"runs SQL that calls what is not read here: {first}" if effect else f"runs SQL that no table knows: {first}"
    )


def _begins(words: list[str], verb: list[str]) -> bool:
    return len(words) >= len(verb) and all(
        fnmatchcase(word, part) and UNKNOWN not in word for word, part in zip(words, verb, strict=False)
    )


def _judge_client_command(statement: str) -> Verdict:
    """Return the verdict on a command of psql or sqlite3 itself."""
    name = statement.split()[0]
    if name in ("\\!", ".shell", ".system", "\\i", "\\ir", ".read", "\\gexec", "\\include"):
        return unclear(f"runs {readable(name)} of the database's client, which is not read here")
    if name == "\\copy":
        return Verdict("changes" if re.search(r"\bfrom\b", statement, re.IGNORECASE) else "reads")
    return Verdict("changes" if name in (".import", ".restore", ".recover", "\\password") else "reads")
