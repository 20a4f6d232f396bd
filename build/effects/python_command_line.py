"""What a script's own command line says: argparse by the arguments that are known, commands of click and typer."""

import ast
import re
from collections.abc import Mapping, Sequence

from build.effects.python_values import Class, Defined, Known, Module, Object, Outside, one_of, texts_of
from build.effects.text import NOTHING_KNOWN, UNKNOWN, Text, fixed

_PARSER = "argparse.ArgumentParser"
_MARKED = re.compile(r"(?:^|\.)(command|group|callback)(?:\(|$)")
_FLAGS = {"store_true": ("True", "False"), "store_false": ("False", "True")}

NAMESPACE = Class(
    ast.ClassDef(name="Namespace", bases=[], keywords=[], body=[], decorator_list=[]), Module("argparse", ""), (), {}
)
"""The class of what `parse_args` gives."""


class CommandLine:
    """The options and subcommands of one script, and what it is called with."""

    def __init__(self, arguments: Sequence[Text]) -> None:
        self._arguments = arguments
        # What stands behind an option is its value, whatever that is.
        before = ("", *(one.text for one in arguments))
        self._is_known = not any(
            one.text.startswith(UNKNOWN) and not last.startswith("-")
            for one, last in zip(arguments, before, strict=False)
        )
        # The names by which an option may be given, what it is then (None: the word behind it), and what it is else.
        self._options: dict[str, tuple[tuple[str, ...], str | None, Known]] = {}
        self._chosen_by: str | None = None
        self._defaults: dict[str, dict[str, Known]] = {"": {}}

    def call(self, what: Outside, arguments: Sequence[Known], options: Mapping[str, Known]) -> Known:
        """Return the value of a call of argparse."""
        name = what.path.rsplit(".", 1)[-1]
        if name in ("parse_args", "parse_known_args", "parse_intermixed_args"):
            return self._namespace()
        if name == "add_subparsers":
            self._chosen_by = texts_of(options["dest"])[0].text if "dest" in options else None
            return Outside(f"{_PARSER}.subparsers")
        if name == "add_parser" and arguments:
            names = tuple(one.text for one in texts_of(arguments[0]))
            for one in names:
                self._defaults.setdefault(one, {})
            return Outside(_PARSER, names)
        if name == "set_defaults":
            for command in what.given or ("",):
                self._defaults.setdefault(command, {}).update(options)
        elif name == "add_argument":
            self._add(arguments, options)
        return Outside(_PARSER, what.given)

    def _add(self, arguments: Sequence[Known], options: Mapping[str, Known]) -> None:
        names = tuple(texts_of(one)[0].text for one in arguments)
        given = [name for name in names if name.startswith("-")]
        if not given:
            return
        long = next((name for name in given if name.startswith("--")), given[0])
        action = texts_of(options["action"])[0].text if "action" in options else ""
        set_, unset = _FLAGS.get(action, (None, None))
        dest = texts_of(options["dest"])[0].text if "dest" in options else long.lstrip("-").replace("-", "_")
        default = options.get("default", fixed(unset) if unset else NOTHING_KNOWN)
        self._options[dest] = tuple(given), set_, default

    def _namespace(self) -> Object:
        instance = Object(NAMESPACE)
        words = [one.text for one in self._arguments]
        for dest, (names, set_, default) in self._options.items():
            instance.attributes[dest] = self._option(names, set_, default)
        commands = [word for word in words if word in self._defaults]
        chosen = commands[:1] if self._is_known and commands else [name for name in self._defaults if name]
        if self._chosen_by and chosen:
            instance.attributes[self._chosen_by] = fixed(chosen[0]) if commands and self._is_known else NOTHING_KNOWN
        for command in ["", *chosen]:
            for name, value in self._defaults[command].items():
                before = instance.attributes.get(name) if command and command != chosen[0] else None
                instance.attributes[name] = value if before is None else one_of(before, value)
        return instance

    def _option(self, names: Sequence[str], set_: str | None, default: Known) -> Known:
        for place, one in enumerate(self._arguments):
            name, equals, value = one.text.partition("=")
            if name not in names:
                continue
            if set_ is not None:
                return fixed(set_)
            if equals:
                return (one._replace(text=value),)
            return (self._arguments[place + 1],) if place + 1 < len(self._arguments) else NOTHING_KNOWN
        return default if self._is_known else NOTHING_KNOWN


def commands_of(module: Module, arguments: Sequence[Text]) -> list[Defined]:
    """Return the functions that click or typer call for a script's arguments; all of them where the arguments do
    not decide.
    """
    result: dict[str, Defined] = {}
    always: list[Defined] = []
    for value in module.values.values():
        if not isinstance(value, Defined) or isinstance(value.node, ast.Lambda):
            continue
        for one in value.node.decorator_list:
            marked = _MARKED.search(ast.unparse(one.func if isinstance(one, ast.Call) else one)[:200])
            if marked is None:
                continue
            if marked[1] == "command":
                first = one.args[0] if isinstance(one, ast.Call) and one.args else None
                named = first.value if isinstance(first, ast.Constant) else value.node.name.replace("_", "-")
                result[str(named)] = value
            else:
                always.append(value)
    words = {one.text for one in arguments}
    chosen = [value for name, value in result.items() if name in words or name.replace("-", "_") in words]
    return [*always, *(chosen or result.values())]
