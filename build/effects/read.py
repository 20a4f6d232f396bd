"""Phase 2 for one bundle: its facts by the parser, and then what its tools do. `parse_cache` runs it."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence

from robot.api import parsing
from robot.errors import DataError

from build.effects.bundle import Effects, Memory, effects_of, permissions_of
from build.effects.levels import access_of, contradiction, effect_of
from build.effects.scene import Files
from build.effects.shell_builtins import handles_text
from build.effects.shell_syntax import is_broken, parse_shell
from build.fetch.tree import is_read, is_resource
from build.model import FILE_OF, Bundle, BundleSource, Kind, Problem, SourceFile, Tool
from build.parse.bundle import decode_text
from build.parse.generation_rules import read_rules
from build.parse.metadata_files import read_meta
from build.parse.names import normalize
from build.parse.robot_file import parse_robot, parsed_file
from build.problems import Findings

_UNREADABLE = (DataError, RecursionError, ValueError)


Parse = Callable[[str, BundleSource, Sequence[SourceFile]], Bundle]


def read_bundle(
    parse: Parse,
    collection: str,
    source: BundleSource,
    libraries: Sequence[SourceFile],
    resources: Sequence[SourceFile] = (),
) -> Bundle:
    """Return the facts of one bundle with the effects of its tools. It raises nothing and runs nothing.

    Args:
        parse: The parser of facts.
        collection: The bundle's collection.
        source: The bundle with the content of its files.
        libraries: The collection's keyword libraries with theirs.
        resources: Resource files elsewhere in the collection, by their paths from its root.
    """
    # Many short-lived trees are made here: looking for circles among them takes a quarter of the time.
    gc.disable()
    try:
        bundle = read_facts(parse, collection, source, resources)
        return with_effects(collection, source, bundle, follow_code(source, libraries))
    finally:
        # They are let go of before anything looks for circles among what is left.
        forget()
        gc.enable()


def forget() -> None:
    """Clear the caches of one bundle's files: the next bundle has others."""
    for kept in (
        *(parsed_file, parse_robot, decode_text, normalize, read_rules, read_meta),
        *(parse_shell, is_broken, handles_text),
    ):
        kept.cache_clear()


def follow_code(
    source: BundleSource, libraries: Sequence[SourceFile], memory: Memory | None = None
) -> Mapping[tuple[Kind, int], Effects]:
    """Return the effects of each tool, by the kind of its file and its line.

    Args:
        source: The bundle with the content of its files.
        libraries: The collection's keyword libraries with theirs.
        memory: Results of other states of the bundle.
    """
    models: dict[Kind, parsing.File] = {}
    contents = {file.path: file.content for file in source.files if file.content is not None}
    for kind, path in FILE_OF.items():
        if path in contents:
            try:
                # As the parser reads it, so that it is parsed once.
                models[kind] = parsed_file(decode_text(contents[path])[0]).model
            except _UNREADABLE:
                # The parser has told it.
                continue
    shared = {file.path: file.content for file in libraries if file.content is not None}
    files = Files(source.folder, contents, frozenset(file.path for file in source.files), shared)
    return effects_of(files, models, memory)


def read_facts(parse: Parse, collection: str, source: BundleSource, resources: Sequence[SourceFile] = ()) -> Bundle:
    """Return the facts of one bundle without effects; the parser is not given the content of scripts.

    Args:
        parse: The parser of facts.
        collection: The bundle's collection.
        source: The bundle with the content of its files.
        resources: Resource files elsewhere in the collection.
    """
    files = tuple(file if is_parsed(file) else file.model_copy(update={"content": None}) for file in source.files)
    return parse(collection, source.model_copy(update={"files": files}), resources)


def is_parsed(file: SourceFile) -> bool:
    """Return whether the parser gets the content of a bundle's file, and not its name alone."""
    return file.content is not None and (is_read(file.path) or is_resource(file.path))


def with_effects(
    collection: str, source: BundleSource, bundle: Bundle, result: Mapping[tuple[Kind, int], Effects]
) -> Bundle:
    """Return the bundle with the effects of its tools, and with a problem for each statement that the code
    contradicts.

    Args:
        collection: The bundle's collection.
        source: The bundle's files.
        bundle: Its facts.
        result: The effects, by the kind of a tool's file and its line.
    """
    findings = Findings(collection, source)
    tools = tuple(_tool(tool, result.get((tool.kind, tool.line))) for tool in bundle.tools)
    for tool in tools:
        one = result.get((tool.kind, tool.line))
        if one is not None and one.wrong:
            message = f"the code of {tool.name!r} was not followed to its end: {one.wrong}"
            findings.add("effects-not-read", FILE_OF[tool.kind], message, tool.line)
    problems = (*bundle.problems, *findings.problems, *_contradictions(collection, source, bundle, tools))
    return bundle.model_copy(
        update={
            **_access(bundle, tools),
            "effect": effect_of(tool.effect for tool in tools),
            "permissions": permissions_of(one for tool in tools if (one := result.get((tool.kind, tool.line)))),
            "problems": problems,
        }
    )


def without_effects(collection: str, source: BundleSource, bundle: Bundle, why: str) -> Bundle:
    """Return the bundle with a problem that says why its code could not be followed.

    Args:
        collection: The bundle's collection.
        source: The bundle's files.
        bundle: Its facts.
        why: The reason, as the end of a sentence.
    """
    findings = Findings(collection, source)
    findings.add("effects-not-read", "", f"what its code does could not be told: {why}")
    sentence = (f"its code could not be followed: {why}",)
    tools = tuple(tool.model_copy(update={"unclear_because": sentence}) for tool in bundle.tools)
    return bundle.model_copy(update={**_access(bundle, tools), "problems": (*bundle.problems, *findings.problems)})


def _access(bundle: Bundle, tools: tuple[Tool, ...]) -> dict[str, object]:
    """Return the fields of tools and access level. A claim that equals the level is dropped."""
    level, origin = access_of(tools)
    claimed = bundle.access_level_claimed
    return {
        "tools": tools,
        "access_level": level,
        "access_level_source": origin,
        "access_level_claimed": None if claimed == level else claimed,
    }


def _tool(tool: Tool, result: Effects | None) -> Tool:
    if result is None:
        return tool.model_copy(update={"unclear_because": ("its code cannot be read",)})
    return tool.model_copy(
        update={"effect": result.effect, "commands": result.commands, "unclear_because": result.because}
    )


def _contradictions(collection: str, source: BundleSource, bundle: Bundle, tools: Sequence[Tool]) -> Iterator[Problem]:
    """Yield a problem for each tag, and for the claim of SKILL-TEMPLATE.md, that the code contradicts."""
    findings = Findings(collection, source)
    for tool in tools:
        wrong = contradiction(tool.effect, tool.access)
        if wrong is not None:
            first = next((command for command in tool.commands if command.effect == tool.effect), None)
            at = f" ({first.path.rsplit('/', 1)[-1]}:{first.line}: {first.command[:120]})" if first else ""
            message = f"{tool.name!r} is tagged access:{tool.access}, but {wrong}{at}"
            findings.add("access-contradicts", FILE_OF[tool.kind], message, tool.line)
    claimed = bundle.skill.access if bundle.skill else None
    effect = effect_of(tool.effect for tool in tools)
    wrong = contradiction(effect, claimed) if bundle.access_level_claimed else None
    if wrong is not None:
        first = next((c for tool in tools for c in tool.commands if c.effect == effect), None)
        at = f" ({first.path.rsplit('/', 1)[-1]}:{first.line}: {first.command[:120]})" if first else ""
        findings.add("access-contradicts", "SKILL-TEMPLATE.md", f"it says access {claimed}, but {wrong}{at}")
    yield from findings.problems
