"""Scripts that the grammar of bash does not understand, written so that it does, command by command."""

import re

_EXPANSION = re.compile(
    rb"(\$\{!?\w{1,100}(?:\[[^\]\n]{0,40}\])?)(:?[-=+?]|%%?|##?|//?|\^\^?|,,?)"
    rb"((?:[^{}\"'$`\\\n]|\$\{\w{1,100}\}|\$\w){1,200})\}"
)
_ESCAPED_DOLLAR = re.compile(rb"\\\$\$(?![\w{(])")
_ODD_IN_DEFAULT = re.compile(rb"[|&;()<>]")
_ODD_IN_PATTERN = re.compile(rb"[^\w/*.]")
# `exec 3<>file` opens a file to read and write.
_OPENED_FOR_BOTH = re.compile(rb"(?<=[\s\d])<>(?=\s{0,9}[\"'/$\w.~])")
# `${name:$start:1}`
_PLACE_IN_VARIABLE = re.compile(rb"(\$\{\w{1,100}(?:\[[^\]\n]{0,40}\])?:\s?(?:\w{1,20}:)?)\$(?=\w)")
# `for NAME in …; { …; }` and `for NAME do …; done`
_LOOP_IN_BRACES = re.compile(rb"\b(for\s{1,9}\w{1,100}\s{1,9}in\s[^\n;{}]{0,500};\s{0,99})\{([^{}]{0,2000})\}")
_LOOP_OVER_ARGUMENTS = re.compile(rb"\b(for\s{1,9}[A-Za-z_]\w{0,100})(\s{1,9}|\s{0,9};\s{0,9})(?=do\b)")
_HERE_DOCUMENT = re.compile(
    rb"(?<!<)<<(-?)[ \t]{0,9}(?:'([^'\n]{1,100})'|\"([^\"\n]{1,100})\"|(\\?)([A-Za-z_]\w{0,100}))"
)
_WITHIN = re.compile(rb"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\{[^{}]*\}|\$?\([^()]*\)")
_ENDS = re.compile(rb";|(?<![<>&])&(?![&>])")
_TAKES_FROM_LATER_LINES = 2_000


def mend(source: bytes) -> bytes:
    """Return the script without characters that the grammar mistakes; each command stays on its line.

    Only characters of patterns and texts are left out.
    """
    source = _OPENED_FOR_BOTH.sub(b"< ", source)
    source = _PLACE_IN_VARIABLE.sub(rb"\1_", source)
    source = _LOOP_IN_BRACES.sub(rb"\1do\2done", source)
    source = _LOOP_OVER_ARGUMENTS.sub(rb'\1 in "$@"; ', source)
    return _ESCAPED_DOLLAR.sub(rb"\\$_", _EXPANSION.sub(_mend_expansion, source))


def dedent_here_documents(source: bytes) -> bytes:
    """Return the script with `<<-` as `<<`, and without the tabs in front of its lines.

    The grammar overlooks substitutions behind such tabs.
    """
    lines, word = source.split(b"\n"), None
    for place, line in enumerate(lines):
        if word is not None:
            lines[place] = stripped = line.lstrip(b"\t")
            if stripped == word:
                word = None
            continue
        match = next((one for one in _HERE_DOCUMENT.finditer(line) if one[1]), None)
        if match is not None:
            lines[place] = line[: match.start(1)] + line[match.end(1) :]
            word = match[2] or match[3] or match[5]
    # A document without an end was none.
    return b"\n".join(lines) if word is None else source


def _mend_expansion(match: re.Match[bytes]) -> bytes:
    odd = _ODD_IN_DEFAULT if match[2][-1:] in b"-=+?" else _ODD_IN_PATTERN
    if odd is _ODD_IN_PATTERN and b"$" in match[3]:
        return match[0]
    return match[1] + match[2] + odd.sub(b"_", match[3]) + b"}"


def here_documents_as_strings(source: bytes) -> bytes:
    """Return the script with here-strings for here-documents beside each other or with a command behind them.

    The grammar takes what is behind them on their line for their arguments, and finds no error.
    """
    lines = source.split(b"\n")
    place = 0
    while place < len(lines):
        documents = list(_HERE_DOCUMENT.finditer(lines[place]))
        if documents and (len(documents) > 1 or _ends_statement(lines[place][documents[0].end() :])):
            place = _as_strings(lines, place, documents)
        elif documents:
            # What looks like one inside its text is none.
            place = _end_of(lines, place, documents[0]) or place
        place += 1
    return b"\n".join(lines)


def _ends_statement(behind: bytes) -> bool:
    """Return whether the rest of a here-document's line ends the statement, and another one begins."""
    return bool(_ENDS.search(_WITHIN.sub(b"", behind)))


def _end_of(lines: list[bytes], place: int, document: re.Match[bytes]) -> int | None:
    word = document[2] or document[3] or document[5]
    for at in range(place + 1, min(len(lines), place + _TAKES_FROM_LATER_LINES)):
        if (lines[at].lstrip(b"\t") if document[1] else lines[at]) == word:
            return at
    return None


def _as_strings(lines: list[bytes], place: int, documents: list[re.Match[bytes]]) -> int:
    """Write the documents that begin on a line into it, and return the last line that they took, now empty."""
    strings, at = [], place
    for document in documents:
        end = _end_of(lines, at, document)
        if end is None:
            return place
        body = [line.lstrip(b"\t") if document[1] else line for line in lines[at + 1 : end]]
        is_fixed = bool(document[2] or document[3] or document[4])
        strings.append(_string(body, is_fixed=is_fixed))
        at = end
    line = lines[place]
    for document, string in zip(reversed(documents), reversed(strings), strict=True):
        line = line[: document.start()] + string + line[document.end() :]
    lines[place : at + 1] = [line, *[b""] * (at - place)]
    return at


def _string(body: list[bytes], *, is_fixed: bool) -> bytes:
    """Return the redirection by which a command reads these lines."""
    if not body:
        return b"</dev/null"
    if is_fixed:
        return b"<<< $'" + b"\\n".join(one.replace(b"\\", b"\\\\").replace(b"'", b"\\'") for one in body) + b"'"
    return b"<<< " + b"$'\\n'".join(b'"' + one.replace(b'"', b'\\"') + b'"' for one in body)
