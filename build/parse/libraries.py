"""The keyword libraries of a collection: what Robot Framework would find if it imported their files, worked out from
names by parsing alone. Nothing of them is imported or run. `parse_cache` runs it.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from robot.model import Tags
from robot.running.docstringparser import parse_docstring
from robot.utils import printable_name, unescape

from build.keyword_libraries import (
    Keyword,
    Libraries,
    Library,
)
from build.model import (
    LIBRARIES,
    SourceFile,
)
from build.parse.bundle import clean_text
from build.parse.limits import within_limits
from build.parse.names import normalize
from build.parse.newer_python import HERE, NewerSyntaxError, parse_python
from build.parse.robot_file import RobotFileError, parse_robot
from build.problems import Findings
from build.untrusted.credentials import sanitize
from build.untrusted.names import address_key, is_name, is_reserved

MAX_LIBRARIES = 100
_SETTINGS = frozenset({"ROBOT_LIBRARY_SCOPE", "ROBOT_AUTO_KEYWORDS", "ROBOT_LIBRARY_VERSION"})
_NO_METHODS = frozenset({"property", "cached_property", "setter", "deleter", "getter", "not_keyword"})
_TAGS = re.compile(r"^[*_]*tags[*_]*::?[*_]*(?:\s|$)", re.IGNORECASE | re.MULTILINE)
_COMPOUND = (ast.If, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.Match)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, RobotFileError)
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class _Found(NamedTuple):
    """What a name stands for: a module, class or function, or the constant that a setting has."""

    path: str
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Constant


def read_libraries(collection: str, sources: Iterable[SourceFile], imported: Iterable[str]) -> Libraries:
    """Parse the keyword libraries and resource files of a collection.

    Args:
        collection: The collection's slug.
        sources: Files that may define keywords, with their contents.
        imported: Names by which bundles import libraries. A module is a library if it has such a name, or says so
            itself.

    Returns:
        The libraries, sorted, and a problem for each file that cannot be read.
    """
    findings = Findings(collection)
    trees: dict[str, ast.Module] = {}
    result: list[Library] = []
    for source in sources:
        # An empty file makes a package.
        content = source.content or b""
        text = clean_text(source.path, content, findings) if content.strip() else ""
        try:
            if source.path.endswith(".py"):
                trees[source.path], newer = parse_python(text)
                if newer:
                    message = f"line {newer} has syntax that {HERE}, with which this registry reads it, does not know"
                    findings.add("library-newer", source.path, f"{message}; the rest is read", newer)
            else:
                result += _resource(collection, source.path, text)
        except NewerSyntaxError as error:
            findings.add("library-newer", source.path, f"{error}; nothing of the file is shown", error.line)
        except _UNREADABLE as error:
            _unreadable(findings, source.path, error)
    result = [*_python(collection, trees, set(imported), findings), *result]
    by_name: dict[str, Library] = {}
    for library in result[:MAX_LIBRARIES]:
        other = by_name.get(address_key(library.name))
        if not is_name(library.name) or is_reserved(library.name) or other:
            why = f"in an address it is {other.name}" if other else "it has a name that cannot be used in addresses"
            findings.add("library-refused", library.path, f"{library.import_name} is left out: {why}")
        else:
            by_name[address_key(library.name)], cut = within_limits(library)
            for message in cut:
                findings.add("too-long", library.path, message)
    if len(result) > MAX_LIBRARIES:
        findings.add(
            "too-long", LIBRARIES, f"of {len(result)} libraries those after the first {MAX_LIBRARIES} are left out"
        )
    return Libraries(
        libraries=tuple(sorted(by_name.values(), key=lambda library: library.name)), problems=tuple(findings.problems)
    )


def _unreadable(findings: Findings, path: str, error: Exception) -> None:
    deep = isinstance(error, RecursionError | MemoryError)
    reason = "it is nested too deeply" if deep else getattr(error, "msg", "") or str(error).split("\n")[0]
    findings.add("library-not-read", path, f"the library cannot be parsed: {reason}", getattr(error, "lineno", None))


def _resource(collection: str, path: str, text: str) -> Iterator[Library]:
    file, name = parse_robot(text, resource=True), path.removeprefix(f"{LIBRARIES}/")
    keywords = [
        Keyword(
            name=" ".join(keyword.name.split()),
            arguments=keyword.arguments,
            documentation=_without_tags(sanitize(unescape(keyword.documentation))),
            tags=keyword.tags,
            path=path,
            line=keyword.line,
        )
        for keyword in file.keywords
        if not keyword.private
    ]
    if keywords:
        yield Library(
            collection=collection,
            name=name.replace("/", "."),
            setting="Resource",
            import_name=name,
            path=path,
            documentation=file.documentation or "",
            keywords=_sorted(keywords),
        )


def _python(collection: str, trees: dict[str, ast.Module], wanted: set[str], findings: Findings) -> Iterator[Library]:
    names = _Names(trees)
    shown: set[tuple[str, int]] = set()
    others = sorted(names.candidates() - wanted, key=lambda name: (name.count("."), name))
    for name in (*sorted(wanted), *others):
        result = names.library(name)
        members = names.members(result) if result else {}
        decorated = {member for member, one in members.items() if "keyword" in _decorators(one.node)}
        if result is None or (name not in wanted and not decorated and not _SETTINGS & members.keys()):
            continue
        if "get_keyword_names" in members:
            findings.add("library-dynamic", result.path, f"the keywords of {name} are only known when it runs")
            continue
        auto = _constant(members, "ROBOT_AUTO_KEYWORDS") in (None, "True")
        keywords: dict[str, Keyword] = {}
        try:
            for member, one in list(members.items()):
                marked = member in decorated or (auto and not member.startswith("_"))
                if marked and isinstance(one.node, _Function) and not _NO_METHODS & _decorators(one.node).keys():
                    keyword = _keyword(member, one.path, one.node, isinstance(result.node, ast.ClassDef))
                    if not Tags(keyword.tags).robot("private"):
                        keywords.setdefault(normalize(keyword.name), keyword)
        except _UNREADABLE as error:
            _unreadable(findings, result.path, error)
        places = {(keyword.path, keyword.line) for keyword in keywords.values()}
        if not keywords or (name not in wanted and places <= shown):
            continue
        shown |= places
        # A package that only hands names on has its documentation where they are from.
        texts = (result.node, trees[result.path], *(trees[keyword.path] for keyword in keywords.values()))
        yield Library(
            collection=collection,
            name=name,
            setting="Library",
            import_name=name,
            path=result.path,
            line=result.node.lineno if isinstance(result.node, ast.ClassDef) else None,
            documentation=next(filter(None, map(_documentation, texts)), ""),
            scope=_constant(members, "ROBOT_LIBRARY_SCOPE"),
            keywords=_sorted(keywords.values()),
        )


def _sorted(keywords: Iterable[Keyword]) -> tuple[Keyword, ...]:
    return tuple(sorted(keywords, key=lambda keyword: (keyword.name.casefold(), keyword.line)))


class _Names:
    """What names stand for in the Python modules of one collection. Names of other packages stand for nothing."""

    def __init__(self, trees: dict[str, ast.Module]) -> None:
        # A package after a module of its name, as Python prefers it.
        self._modules = {_module(path): _Found(path, tree) for path, tree in sorted(trees.items())}
        self._known: dict[tuple[str, ast.AST], dict[str, _Found]] = {}

    def candidates(self) -> set[str]:
        """Return the names that may be libraries: modules, and what can be imported from each of them."""
        return {*self._modules, *(f"{n}.{member}" for n, one in self._modules.items() for member in self.members(one))}

    def library(self, name: str) -> _Found | None:
        """Return the class or module that Robot takes for the library of this name, None where there is none."""
        parent, _, last = name.rpartition(".")
        result = self._attribute(parent, last)
        if not result or not isinstance(result.node, ast.Module):
            return result if result and isinstance(result.node, ast.ClassDef) else None
        same = self.members(result).get(last)
        if same and isinstance(same.node, ast.ClassDef):
            return same
        classes = [one for one in _statements(result.node.body) if isinstance(one, ast.ClassDef)]
        decorated = [one for one in classes if "library" in _decorators(one)]
        return _Found(result.path, decorated[0]) if len(decorated) == 1 else result

    def members(self, result: _Found) -> dict[str, _Found]:
        """Return what each name stands for in a module, or in a class and the classes that it extends."""
        path, node = result
        if not isinstance(node, ast.Module | ast.ClassDef):
            return {}
        # As Python does it: a package comes before its modules, whoever imports one of them first.
        package = self._modules.get(_module(path).rpartition(".")[0])
        if package and isinstance(node, ast.Module) and (path, node) not in self._known:
            self.members(package)
        if (path, node) not in self._known:
            # The entry comes before its members: modules import each other in circles, and a class may extend itself.
            members = self._known[path, node] = {}
            for inherited in self._imports(path, node) if isinstance(node, ast.Module) else self._bases(path, node):
                members |= inherited
            members |= _own(path, node)
        return self._known[path, node]

    def _bases(self, path: str, node: ast.ClassDef) -> Iterator[dict[str, _Found]]:
        for base in reversed(node.bases):
            module, _, name = ast.unparse(base).rpartition(".")
            at = self._attribute(_module(path), module) if module else None
            result = self._attribute(_module(at.path if at else path), name)
            if result and isinstance(result.node, ast.ClassDef):
                yield self.members(result)

    def _imports(self, path: str, node: ast.Module) -> Iterator[dict[str, _Found]]:
        package = _module(path).split(".")[: None if path.endswith("/__init__.py") else -1]
        for one in _statements(node.body):
            if isinstance(one, ast.ImportFrom):
                parts = package[: len(package) - one.level + 1] if one.level else []
                origin = ".".join(filter(None, (*parts, one.module)))
                for alias in one.names:
                    if alias.name == "*" and origin in self._modules:
                        yield self._exported(self._modules[origin])
                    elif result := self._attribute(origin, alias.name):
                        yield {alias.asname or alias.name: result}

    def _exported(self, module: _Found) -> dict[str, _Found]:
        """Return the members that `from module import *` imports."""
        members = self.members(module)
        for one in ast.iter_child_nodes(module.node):
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "__all__" and hasattr(one.value, "elts"):
                listed = [item.value for item in one.value.elts if isinstance(item, ast.Constant)]
                return {name: members[name] for name in listed if name in members}
        return {name: result for name, result in members.items() if not name.startswith("_")}

    def _attribute(self, module: str, name: str) -> _Found | None:
        result = self.members(self._modules[module]).get(name) if module in self._modules else None
        return result or self._modules.get(f"{module}.{name}" if module else name)


def _module(path: str) -> str:
    """Return the name of a module: RW.CLI for `libraries/RW/CLI/__init__.py`."""
    return path.removeprefix(f"{LIBRARIES}/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module or class, also those within `if`, `try`, `with` and loops.

    The handlers of a `try` come before its body: of equal names the later definition, that of the body, is the one that
    counts.
    """
    for node in body:
        within = [*getattr(node, "handlers", ()), *getattr(node, "cases", ())]
        blocks = [one.body for one in within] + [getattr(node, name, ()) for name in ("body", "orelse", "finalbody")]
        if isinstance(node, _COMPOUND):
            for block in blocks:
                yield from _statements(block)
        else:
            yield node


def _own(path: str, node: ast.Module | ast.ClassDef) -> dict[str, _Found]:
    """Return the classes, functions and settings that a module or class itself defines, by name."""
    result = {}
    for one in _statements(node.body):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            result[one.name] = _Found(path, one)
        elif isinstance(one, ast.Assign):
            names = {target.id for target in one.targets if isinstance(target, ast.Name)}
            if isinstance(one.value, ast.Constant):
                result |= {name: _Found(path, one.value) for name in names & _SETTINGS}
            elif isinstance(one.value, ast.Lambda):
                result |= {name: _Found(path, one.value) for name in names}
            elif isinstance(one.value, ast.Name) and one.value.id in result:
                result |= dict.fromkeys(names, result[one.value.id])
    given = _decorators(node).get("library")
    if given is not None:
        settings = {
            "ROBOT_AUTO_KEYWORDS": given.get("auto_keywords", "False"),
            "ROBOT_LIBRARY_SCOPE": given.get("scope"),
        }
        result |= {name: _Found(path, ast.Constant(value)) for name, value in settings.items() if value}
    return result


def _constant(members: dict[str, _Found], name: str) -> str | None:
    result = members.get(name)
    return sanitize(str(result.node.value)) if result and isinstance(result.node, ast.Constant) else None


def _decorators(node: ast.AST) -> dict[str, dict[str, str]]:
    """Return the constant arguments of each decorator, by the last part of its name and then by the argument's name.

    The first argument without a name is called "name", as in `@keyword("Get Pods")`.
    """
    decorators = {}
    for decorator in getattr(node, "decorator_list", ()):
        call = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
        constants = [*(("name", value) for value in call.args[:1]), *((word.arg, word.value) for word in call.keywords)]
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        decorators[name] = {key: str(v.value) for key, v in constants if key and isinstance(v, ast.Constant)}
    return decorators


def _keyword(member: str, path: str, node: _Function, is_method: bool) -> Keyword:
    decorators = _decorators(node)
    declared = sanitize(" ".join(decorators.get("keyword", {}).get("name", "").split()))
    arguments = _arguments(node.args)
    if is_method and "staticmethod" not in decorators:
        # `self` or `cls` is not an argument of the keyword.
        arguments = arguments[1:]
    documentation = _documentation(node)
    tags = Tags(_listed_tags(node))
    if _TAGS.search(documentation):
        tags.add(parse_docstring(documentation).tags)
    return Keyword(
        # It is known by the name under which the library has it, which need not be the one that it was defined by.
        name=declared or printable_name(member, code_style=True),
        # The first ones stand in such a name, as in "${count} lamps".
        arguments=tuple(arguments[declared.count("${") :]),
        documentation=_without_tags(documentation),
        tags=tuple(map(sanitize, tags)),
        path=path,
        line=node.lineno,
    )


def _listed_tags(node: ast.AST) -> list[str]:
    """Return the tags of `@keyword(tags=[…])`."""
    tags: list[str] = []
    for decorator in getattr(node, "decorator_list", ()):
        for word in getattr(decorator, "keywords", ()):
            if word.arg == "tags" and isinstance(word.value, ast.List | ast.Tuple | ast.Set):
                items = [item.value for item in word.value.elts if isinstance(item, ast.Constant)]
                tags += [item for item in items if isinstance(item, str)]
    return tags


def _without_tags(documentation: str) -> str:
    """Return a keyword's documentation without its part `Tags:`, which Robot takes for the keyword's tags."""
    lines, within = [], False
    for line in documentation.split("\n"):
        within = _TAGS.match(line) is not None or (within and (not line or line[:2].isspace()))
        if not within:
            lines.append(line)
    return "\n".join(lines).strip() if len(lines) < documentation.count("\n") + 1 else documentation


def _arguments(spec: ast.arguments) -> list[str]:
    """Return the arguments of a function as Robot's own documentation writes them."""
    positional = [*spec.posonlyargs, *spec.args]
    defaults = [*[None] * (len(positional) - len(spec.defaults)), *spec.defaults]
    arguments = [_argument(*pair) for pair in zip(positional, defaults, strict=True)]
    if spec.posonlyargs:
        arguments.insert(len(spec.posonlyargs), "/")
    if spec.vararg or spec.kwonlyargs:
        arguments.append("*" + (_argument(spec.vararg) if spec.vararg else ""))
    arguments += [_argument(*pair) for pair in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    return [*arguments, f"**{_argument(spec.kwarg)}"] if spec.kwarg else arguments


def _argument(argument: ast.arg, default: ast.expr | None = None) -> str:
    text = argument.arg + (f": {ast.unparse(argument.annotation)}" if argument.annotation else "")
    if default is not None:
        text += (" = " if argument.annotation else "=") + ast.unparse(default)
    return sanitize(text)


def _documentation(node: ast.AST) -> str:
    documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
    return sanitize(ast.get_docstring(node) or "") if isinstance(node, documented) else ""
