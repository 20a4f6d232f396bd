"""What the words of a shell script expand to, by what is known of its variables."""

import re
from collections.abc import Callable, Sequence
from itertools import product

from build.effects.shell_state import State, Value
from build.effects.shell_syntax import Node, parse_shell
from build.effects.text import (
    EMPTY,
    MAX_OPTIONS,
    NOTHING_KNOWN,
    UNKNOWN,
    Text,
    Texts,
    concatenate,
    either,
    fixed,
    names_of,
    unknown,
)

_ESCAPED = re.compile(r"\\(\n|.)", re.DOTALL)
_ESCAPED_IN_STRING = re.compile(r'\\([$`"\\\n])')
_ANSI = re.compile(r"\\(n|t|r|'|\"|\\)")
_ANSI_TEXT = {"n": "\n", "t": "\t", "r": "\r"}
_FIXED = frozenset({"word", "raw_string", "number", "ansi_c_string"})
_DEFAULTS = (":-", "-", ":=", "=")
# Behind these stands text of which a value is made.
_WITH_VALUE = (*_DEFAULTS, ":+", "+")
_BACKQUOTED = re.compile(r"(?<!\\)`((?:[^`\\]|\\.)*)`", re.DOTALL)
_ESCAPED_IN_BACKQUOTES = re.compile(r"\\([$`\\])")
# How scripts pass over what getopts has read.
_BEHIND_OPTIONS = re.compile(r"\$\(\(\s*\$?OPTIND\s*-\s*1\s*\)\)")
_OPTION_BEFORE = re.compile(r"\s--?[\w-]{1,50}[ =]$")
_NAMED = re.compile(r"\$\{(\w+):?-\}")
_KEYED = re.compile(r"\[[^\]\n]{1,200}\]=")
_BLANKS = re.compile(r"[ \t\n]+")
MAX_FIELDS = 200

Fields = tuple[Text, ...]
Substitution = Callable[[Node], Texts]


# A part of a word: what it is ("divided": at blanks, "quoted", "whole" fields), and its fields. There are hundreds of
# thousands: a tuple of its own class would take ten times as long to make.
_Piece = tuple[str, Fields]


class Words:
    """Expands the words of one script. `substitute` gives what a command substitution prints."""

    def __init__(self, state: State, defaults: dict[str, str], substitute: Substitution) -> None:
        self.state, self._defaults, self._substitute = state, defaults, substitute

    def fields(self, node: Node) -> tuple[Fields, ...]:
        """Return the fields that a word may become, each possibility once."""
        if node.fixed is not None:
            return node.fixed
        inner = node.children[0] if node.type == "command_name" else node
        if inner.type in _FIXED:
            node.fixed = result = (self.literal(inner),)
            return result
        combined = self._combine(node)
        if len(combined) == 1:
            return (_divide(combined[0]),)
        return tuple(dict.fromkeys(_divide(pieces) for pieces in combined))

    def text(self, node: Node | None) -> Texts:
        """Return the text of a word that is not divided at blanks."""
        if node is None:
            return EMPTY
        if node.type in _FIXED:
            return self.fields(node)[0]
        result = []
        for pieces in self._combine(node):
            if len(pieces) == 1 and len(pieces[0][1]) == 1:
                result.append(pieces[0][1][0])
                continue
            parts = [" ".join(field.text for field in fields) for _, fields in pieces]
            result.append(Text("".join(parts), names_of(field for _, fields in pieces for field in fields)))
        return either(tuple(result))

    def commands(self, nodes: Sequence[Node]) -> tuple[Fields, ...]:
        """Return the argument lists that these words may become."""
        several = [node.fixed or self.fields(node) for node in nodes]
        for place, node in enumerate(nodes):
            if place and several[place] == ((),) and _OPTION_BEFORE.search(f" {nodes[place - 1].text[-60:]} "):
                names = frozenset(_NAMED.findall(node.text))
                several[place] = ((Text(UNKNOWN, names),),) if names else several[place]
        if all(len(fields) == 1 for fields in several):
            one = tuple(field for fields in several for field in fields[0])[:MAX_FIELDS]
            return (one,) if one else ()
        if several and len(several[0]) > 1:
            # Where the program is not found, nothing is run.
            several[0] = tuple(fields for fields in several[0] if fields and fields[0].text) or several[0][:1]
        count = 1
        for fields in several:
            count *= len(fields)
        if count > MAX_OPTIONS:
            # The first word, which names the program, decides most; of the others the first possibility.
            several = [fields if place == 0 else (_blur(fields),) for place, fields in enumerate(several)]
        joined = (tuple(field for fields in combination for field in fields) for combination in product(*several))
        return tuple(dict.fromkeys(fields[:MAX_FIELDS] for fields in joined if fields))

    def heredoc(self, body: Node) -> Texts:
        """Return the text of a here-document in which variables are expanded."""
        self._follow_backquoted(body)
        return concatenate(self._parts(body, _unescape))

    def follow(self, node: Node) -> None:
        """Follow the command substitutions of a node whose own value is not needed."""
        if "(" not in node.text and "`" not in node.text:
            return
        todo = [node]
        while todo:
            one = todo.pop()
            if one.type in ("command_substitution", "process_substitution"):
                self._substitute(one)
            elif one.children:
                todo += reversed(one.children)
            elif one.type in ("word", "regex"):
                self._follow_backquoted(one)
                if "$(" in one.text:
                    todo += _substitutions_in(one)

    def _follow_backquoted(self, node: Node) -> None:
        """Follow commands in backquotes where the grammar has text: in defaults of variables and in here-documents."""
        text = node.text
        if "`" not in text:
            return
        for match in _BACKQUOTED.finditer(text):
            line = node.line + text.count("\n", 0, match.start())
            self._substitute(parse_shell("\n" * line + unescape_backquoted(match[1])))

    def variable(self, name: str) -> Value:
        """Return the value of a variable; one that the script does not set is the environment's."""
        known = self.state.variables.get(name)
        if known is not None:
            return known
        if name.isdigit():
            place = int(name) - 1
            if place < 0:
                return fixed(self.state.script)
            if self.state.arguments is None:
                return NOTHING_KNOWN
            return (self.state.arguments[place],) if place < len(self.state.arguments) else EMPTY
        if name in ("BASH_SOURCE", "0"):
            return fixed(self.state.script)
        return unknown(name) if name.isidentifier() else NOTHING_KNOWN

    # The pieces of a word, in every combination of what its parts may be.

    def _combine(self, node: Node) -> list[tuple[_Piece, ...]]:
        parts = self._pieces(node)
        if len(parts) == 1 and len(parts[0]) == 1:
            return parts
        count = 1
        for part in parts:
            count *= len(part)
        if count == 1:
            return [tuple(part[0] for part in parts)]
        if count > MAX_OPTIONS:
            parts = [part if len(part) == 1 else (("quoted", (_blur_piece(part),)),) for part in parts]
        return list(product(*parts))

    def _pieces(self, node: Node) -> list[tuple[_Piece, ...]]:
        kind = node.type
        if kind in ("concatenation", "command_name"):
            pieces, last = [], node.start
            for child in node.children:
                if child.start > last and kind == "concatenation":
                    gap = node.between(last, child.start)
                    pieces.append(_quote(fixed(gap)))
                pieces += self._pieces(child)
                last = child.end
            return pieces
        if kind == "string":
            return self._string(node)
        if kind in ("simple_expansion", "expansion"):
            return [self._expand(node, quoted=False)]
        if kind == "command_substitution":
            return [tuple(("divided", (one,)) for one in self._substitute(node))]
        if kind == "array":
            fields = tuple(field for child in node.children for field in self._elements(child))
            return [(("whole", fields[:MAX_FIELDS]),)]
        return [_quote(self.literal(node))]

    def literal(self, node: Node) -> Texts:
        """Return the text of a word without anything to expand."""
        kind, text = node.type, node.text
        if kind == "raw_string":
            return fixed(text[1:-1])
        if kind == "ansi_c_string":
            return fixed(_ANSI.sub(lambda m: _ANSI_TEXT.get(m[1], m[1]), text[2:-1]))
        if kind in ("arithmetic_expansion", "process_substitution"):
            self.follow(node)
            if kind == "arithmetic_expansion" and _BEHIND_OPTIONS.fullmatch(text[:40]):
                taken = self._scalar(self.variable("OPTIND"), None)
                if all(one.text.isdigit() and len(one.text) < 4 for one in taken):
                    return tuple(Text(str(int(one.text) - 1)) for one in taken)
            return NOTHING_KNOWN
        if kind in ("string", "concatenation", "simple_expansion", "expansion", "command_substitution"):
            return self.text(node)
        if kind == "translated_string":
            return self.text(node.first("string"))
        if "\\" in text:
            text = _ESCAPED.sub(lambda m: "" if m[1] == "\n" else m[1], text)
        return fixed(text)

    def _elements(self, node: Node) -> Fields:
        if node.type in ("(", ")"):
            return ()
        result = self.fields(node)
        if node.text.startswith("["):
            # `[key]=value` of an array by keys
            result = tuple(_without_key(fields) for fields in result)
        return result[0] if len(result) == 1 else (_blur(result)[:1] if result else ())

    def _string(self, node: Node) -> list[tuple[_Piece, ...]]:
        """Return the pieces of a string in double quotes, which is one field but for `"$@"` and its like."""
        if len(node.children) == 3:
            only = node.children[1]
            if only.type in ("simple_expansion", "expansion") and only.end - only.start == node.end - node.start - 2:
                return [self._expand(only, quoted=True)]
        return [_quote(concatenate(self._parts(node, _unescape)))]

    def _parts(self, node: Node, unescape: Callable[[str], str]) -> list[Texts]:
        """Return the parts of a text with expansions in it; what lies between the nodes is text too."""
        quote = 1 if node.type == "string" else 0
        parts: list[Texts] = []
        last, end = node.start + quote, node.end - quote
        for child in node.children:
            if child.type in ("simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"):
                if child.start > last:
                    parts.append(fixed(unescape(node.between(last, child.start))))
                if child.type == "command_substitution":
                    parts.append(self._substitute(child))
                elif child.type == "arithmetic_expansion":
                    self.follow(child)
                    parts.append(NOTHING_KNOWN)
                else:
                    expanded = _join(self._expand(child, quoted=True))
                    # An empty word is no option's value: `--context ${CONTEXT:-}` is for those who set it.
                    if any(not one.text for one in expanded) and _OPTION_BEFORE.search(
                        node.between(max(node.start, child.start - 60), child.start)
                    ):
                        expanded = tuple(_fill(one) for one in expanded)
                    parts.append(expanded)
                last = child.end
        if last < end:
            parts.append(fixed(unescape(node.between(last, end))))
        return parts

    def _expand(self, node: Node, *, quoted: bool) -> tuple[_Piece, ...]:
        """Return the pieces that `$NAME`, `${NAME…}`, `$@` or `${array[@]}` may be."""
        kind, parts = "quoted" if quoted else "divided", node.children
        plain = len(parts) == 2 or (len(parts) == 3 and parts[0].type == "${" and parts[2].type == "}")
        if plain and parts[1].type == "variable_name" and parts[1].text != "_":
            # Without an operator, as most are.
            return tuple([(kind, (one,)) for one in self._scalar(self.variable(parts[1].text), None)])
        name, subscript, operator, rest = _take_apart(node)
        if operator not in _WITH_VALUE:
            for part in node.children:
                self.follow(part)
        elif subscript:
            self.follow(node.children[1])
        if name in ("@", "*") or (name and subscript in ("@", "*") and operator != "#"):
            return self._expand_all(name, quoted, together=quoted and "*" in (name, subscript))
        if not name or operator == "#" or name in ("?", "#", "$", "!", "-", "_"):
            return _quote(NOTHING_KNOWN)
        return tuple((kind, (one,)) for one in self._modify(name, subscript, operator, rest, node))

    def _expand_all(self, name: str, quoted: bool, together: bool) -> tuple[_Piece, ...]:
        if name in ("@", "*"):
            arguments = self.state.arguments
            options: Value = (arguments,) if arguments is not None else NOTHING_KNOWN
        else:
            options = self.variable(name)
        pieces: list[_Piece] = []
        for option in options:
            fields = (option,) if isinstance(option, Text) else option
            if together:
                pieces.append(("quoted", (Text(" ".join(f.text for f in fields), names_of(fields)),)))
            elif quoted:
                pieces.append(("whole", fields))
            else:
                pieces.append(("divided", (Text(" ".join(f.text for f in fields), names_of(fields)),)))
        return tuple(pieces)

    def _modify(self, name: str, subscript: str | None, operator: str, rest: list[Node], node: Node) -> Texts:
        is_set = name in self.state.variables or name.isdigit()
        value = self._scalar(self.variable(name), subscript)
        if operator == "!" and not rest:
            # The value of the variable that this one names.
            return either(*(self._scalar(self.variable(one.text), None) for one in value if UNKNOWN not in one.text))
        if operator in _DEFAULTS:
            for part in rest:
                self._follow_backquoted(part)
            default = concatenate([self.text(part) for part in rest]) if rest else EMPTY
            if not is_set:
                if len(default) == 1 and UNKNOWN not in default[0].text:
                    self._defaults.setdefault(name, default[0].text)
                value = tuple(Text(one.text, one.names | {name}, name) for one in default)
            else:
                filled = [default if one.text == "" else (one,) for one in value]
                value = either(*(_with_default(one, default) for texts in filled for one in texts))
            if operator in (":=", "="):
                self.state.put(name, value)
            return value
        if operator in ("+", ":+"):
            for part in rest:
                self._follow_backquoted(part)
            other = concatenate([self.text(part) for part in rest]) if rest else EMPTY
            if all(one.text == "" for one in value):
                return EMPTY
            return other if all(one.is_fixed for one in value) else either(other, EMPTY)
        if operator in (":?", "?", ""):
            return value
        if operator in ("^", "^^", ",", ",,"):
            change = str.upper if operator.startswith("^") else str.lower
            return tuple(Text(change(one.text), one.names) for one in value)
        if operator in ("#", "##", "%", "%%") and rest:
            return either(*(self._trim(one, operator, rest) for one in value))
        if operator in ("/", "//") and rest:
            return tuple(_replace_pattern(one, operator, rest) for one in value)
        return tuple(Text(one.text if one.text == "" else UNKNOWN, one.names) for one in value)

    def _trim(self, one: Text, operator: str, rest: list[Node]) -> Texts:
        pattern = rest[0].text.strip("\"'")
        if one.text == UNKNOWN or UNKNOWN in one.text:
            return (Text(UNKNOWN, one.names),)
        if operator == "##" and pattern == "*/":
            return (Text(one.text.rsplit("/", 1)[-1], one.names),)
        if operator == "%" and pattern == "/*" and "/" in one.text:
            return (Text(one.text.rsplit("/", 1)[0], one.names),)
        if not set(pattern) & set("*?[$\\"):
            cut = one.text.removeprefix(pattern) if "#" in operator else one.text.removesuffix(pattern)
            return (Text(cut, one.names),)
        return (Text(UNKNOWN, one.names),)

    def _scalar(self, value: Value, subscript: str | None) -> Texts:
        result: list[Text] = []
        for option in value:
            if isinstance(option, Text):
                result.append(option)
            elif subscript is None:
                result += option[:1]
            elif subscript.isdigit():
                result += option[int(subscript) : int(subscript) + 1]
            else:
                result += option
        return either(tuple(result)) if result else EMPTY


def _substitutions_in(node: Node) -> list[Node]:
    """Return the command substitutions of a pattern, in which the grammar sees none."""
    result, todo = [], [parse_shell("\n" * node.line + f": {node.text}")]
    while todo:
        one = todo.pop()
        if one.type == "command_substitution":
            result.append(one)
        else:
            todo += one.children
    return result


def unescape_backquoted(text: str) -> str:
    """Return the script that stands between two backquotes."""
    return _ESCAPED_IN_BACKQUOTES.sub(r"\1", text)


def _unescape(text: str) -> str:
    """Return the text between double quotes without its escapes."""
    return _ESCAPED_IN_STRING.sub(lambda m: "" if m[1] == "\n" else m[1], text) if "\\" in text else text


def _take_apart(node: Node) -> tuple[str, str | None, str, list[Node]]:
    """Return the name, subscript and operator of an expansion, and the words behind the operator."""
    name, subscript, operator, rest = "", None, "", []
    for child in node.children:
        kind = child.type
        if kind in ("$", "${", "}"):
            continue
        if kind in ("variable_name", "special_variable_name") and not name:
            name = child.text
        elif kind == "subscript" and not name:
            inner = child.first("variable_name")
            name = inner.text if inner else ""
            subscript = child.between((inner.end if inner else child.start), child.end)[1:-1]
        elif child.type == child.text and not operator and not (name and kind == "word"):
            operator = kind if name or kind in ("#", "!") else operator
            if not name and kind in ("@", "*"):
                name = kind
        elif name:
            rest.append(child)
        else:
            name = child.text
    return name, subscript, operator, rest


def _divide(pieces: Sequence[_Piece]) -> Fields:
    """Return the fields that adjacent pieces make."""
    if len(pieces) == 1 and pieces[0][0] != "divided":
        return pieces[0][1]
    fields: list[Text] = []
    open_ = False

    def add(piece: Text) -> None:
        if open_ and fields:
            last = fields[-1]
            fields[-1] = Text(last.text + piece.text, last.names | piece.names)
        else:
            fields.append(piece)

    for kind, parts in pieces:
        if kind == "quoted":
            add(parts[0])
            open_ = True
        elif kind == "divided":
            one = parts[0]
            if not one.text:
                continue
            words = _BLANKS.split(one.text)
            if len(words) == 1:
                add(one)
                open_ = True
                continue
            for place, word in enumerate(words):
                if place:
                    open_ = False
                if word:
                    add(Text(word, one.names, one.whole))
                    open_ = True
        else:
            for place, one in enumerate(parts):
                if place:
                    open_ = False
                add(one)
                open_ = True
    return tuple(fields)


def _with_default(one: Text, default: Texts) -> Texts:
    """Return the default of a variable whose value only a run can tell; a known value stays."""
    if one.text == UNKNOWN and one.names:
        return tuple(Text(d.text, d.names | one.names, one.whole) for d in default)
    return (one,)


def _replace_pattern(one: Text, operator: str, rest: list[Node]) -> Text:
    words = [part.text.strip("\"'") for part in rest if part.type != "/"]
    plain = words and not set(words[0]) & set("*?[$\\#%") and (len(words) < 2 or "$" not in words[1])
    if UNKNOWN in one.text or not plain:
        return Text(UNKNOWN, one.names)
    other = words[1] if len(words) > 1 else ""
    return Text(one.text.replace(words[0], other, -1 if operator == "//" else 1), one.names)


def _quote(texts: Texts) -> tuple[_Piece, ...]:
    return (("quoted", texts),) if len(texts) == 1 else tuple(("quoted", (one,)) for one in texts)


def _join(pieces: Sequence[_Piece]) -> Texts:
    return either(
        tuple(
            fields[0] if len(fields) == 1 else Text(" ".join(field.text for field in fields), names_of(fields))
            for _, fields in pieces
        )
    )


def _fill(one: Text) -> Text:
    return Text(UNKNOWN, one.names) if not one.text and one.names else one


def _without_key(fields: Fields) -> Fields:
    if not fields:
        return fields
    key = _KEYED.match(fields[0].text)
    return (fields[0]._replace(text=fields[0].text[key.end() :]), *fields[1:]) if key else fields


def _blur(several: Sequence[Fields]) -> Fields:
    """Return one possibility that stands for all: where they differ it is unknown."""
    if len(several) == 1:
        return several[0]
    return (Text(UNKNOWN, names_of(field for fields in several for field in fields)),)


def _blur_piece(pieces: Sequence[_Piece]) -> Text:
    return Text(UNKNOWN, names_of(field for _, fields in pieces for field in fields))
