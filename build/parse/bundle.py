"""Phase 2: the files of a bundle to its facts. `parse_cache` runs it for those that are new."""

import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from robot.model import Tags

from build.model import (
    FILE_OF,
    RESOURCES,
    Access,
    AccessLevel,
    Bundle,
    BundleSource,
    GenerationRule,
    Kind,
    Meta,
    RobotCall,
    RobotImport,
    Skill,
    SourceFile,
    Tool,
    is_script,
)
from build.parse import generation_rules, metadata_files
from build.parse.deprecation import find_deprecation
from build.parse.imports import declared_default
from build.parse.limits import MAX_CODE, MAX_ITEMS, within_limits
from build.parse.manifests import read_manifests
from build.parse.names import normalize
from build.parse.needs import needs
from build.parse.quality import check_quality
from build.parse.readme import readme_of, without_pointers
from build.parse.resources import imported_resources
from build.parse.robot_file import Block, RobotFile, RobotFileError, parse_robot
from build.parse.suite import Suite
from build.parse.variables import Declarations, declarations
from build.platforms import platforms, support_tags
from build.problems import Findings
from build.untrusted import safe_yaml
from build.untrusted.comments import without_comments
from build.untrusted.credentials import REMOVED, names_credential, without_keys
from search_fn.text import CONTROLS, HIDDEN

# Distinct messages of Robot's that are reported of one file.
_MAX_COMPLAINTS = 50
# Files that authors write for agents. The front matter of the last one is parsed too.
_SKILL_FILES = ("SKILL.md", "SKILL-TEMPLATE.md")
# The graver first: where tags name both levels, that one counts.
_LEVELS: tuple[Access, ...] = ("read-write", "read-only")
_DIVIDE = "Divide it into several bundles."


def parse_bundle(
    collection: str, source: BundleSource, shared: Sequence[SourceFile] = (), *, old: bool = False
) -> Bundle:
    """Return the facts of one bundle. Whatever is odd becomes a problem of it; nothing is raised, nothing is run.

    Args:
        collection: The collection's slug.
        source: The bundle's files.
        shared: Resource files elsewhere in the collection, by their paths from its root.
        old: Whether it is a state of old, which nobody corrects or configures: then nothing is reported of what it
            lacks, and its templates are not read for a configuration.
    """
    findings = Findings(collection, source)
    contents = {f.path: f.content for f in source.files if f.content is not None}
    texts = {
        path: clean_text(path, content, findings)
        for path, content in contents.items()
        if path in FILE_OF.values() or not path.endswith(RESOURCES)
    }
    texts = without_pointers(texts, findings)
    known = {f.path: f.content for f in shared} | {f"{source.folder}/{path}": one for path, one in contents.items()}
    suites: dict[Kind, Suite] = {}
    for kind, path in FILE_OF.items():
        file = _robot(path, texts[path], findings) if path in texts else None
        if file is not None:
            suites[kind] = _suite(f"{source.folder}/{path}", path, file, known, findings)

    declared = declarations(
        {kind: suite.imports[:MAX_ITEMS] for kind, suite in suites.items()},
        {kind: needs(suite) for kind, suite in suites.items()},
    )
    for name, kind, line in declared.surplus:
        message = f"{name} is declared with more cells than RW.Core takes there; Robot refuses that when it runs"
        findings.add("surplus-cell", FILE_OF[kind], message, line)

    display_name = _metadata(suites, "Display Name")
    supports = support_tags(_supports(suite) for suite in suites.values())
    rules = _rules(texts, findings)
    paths = sorted(file.path for file in source.files)
    templates = tuple(
        metadata_files.read_template(path.removeprefix(metadata_files.TEMPLATES), texts.get(path, ""))
        for path in paths
        if path.startswith(metadata_files.TEMPLATES)
    )
    skill, meta = _skill(texts, findings), _meta(texts, findings)
    scripts = tuple(filter(is_script, paths))
    title = display_name or source.name
    tools = tuple(
        _tool(kind, suite, task, declared, title, scripts)
        for kind, suite in suites.items()
        for task in suite.file.tasks
    )
    access, claimed = _access(tools, skill, findings)
    readme_file, readme = readme_of(texts) or (None, None)
    if not old:
        check_quality(suites, declared, tools, templates, texts, paths, source.folder, findings)
    bundle = Bundle(
        name=source.name,
        display_name=display_name,
        author=_metadata(suites, "Author"),
        doc=next((doc for suite in suites.values() if (doc := _documentation(suite))), None),
        readme=readme,
        readme_file=readme_file,
        code="\n".join(texts[path] for path in FILE_OF.values() if path in texts)[:MAX_CODE],
        support_tags=supports,
        platforms=platforms(source.name, supports, [s.name for s in declared.secrets if s.required], rules),
        has_runbook="runbook.robot" in paths,
        has_monitor="sli.robot" in paths,
        tools=tools,
        user_variables=declared.variables,
        secrets=declared.secrets,
        services=declared.services,
        platform_variables=declared.platform_variables,
        declared_at_run_time=declared.at_run_time,
        sub_metrics=tuple(sorted({metric for suite in suites.values() for metric in suite.sub_metrics})),
        generation_rules=rules,
        templates=templates,
        scripts=scripts,
        skill=skill,
        skill_files={path: without_comments(texts[path]) for path in _SKILL_FILES if path in texts},
        meta=meta,
        deprecated=find_deprecation(_metadata(suites, "Deprecated"), _own_tags(supports, meta, tools), readme),
        access_level=access,
        access_level_source=None if access == "unknown" else "declared",
        access_level_claimed=claimed,
        imports=tuple(
            RobotImport(kind=kind, setting=setting, name=name, alias=alias)
            for kind, suite in suites.items()
            for setting, name, alias in suite.file.libraries[: MAX_ITEMS // 2]
        ),
        calls=tuple(
            RobotCall(kind=kind, **called._asdict()) for kind, suite in suites.items() for called in suite.called()
        ),
    )
    bundle, cut = within_limits(bundle)
    required = {k: [one.name for one in bundle.secrets if one.required and k in one.used_by] for k in FILE_OF}
    manifests, left_out = ((), ()) if old else read_manifests(texts, paths, required, findings)
    for message in cut:
        findings.add("too-long", "", message)
    return bundle.model_copy(
        update={"problems": tuple(findings.problems), "manifests": manifests, "left_out": left_out}
    )


def clean_text(path: str, content: bytes, findings: Findings) -> str:
    """Return a file's bytes as text, with credentials masked and invisible and control characters removed.

    Args:
        path: The file's path in its bundle, for problems.
        content: The bytes, of any encoding.
        findings: Gets a problem for each kind of oddity.
    """
    text, oddities = decode_text(content)
    for code, message, line in oddities:
        findings.add(code, path, message, line)
    return text


# So many texts of one bundle are read more than once: as code, and as what a tool runs.
@lru_cache(64)
def decode_text(content: bytes) -> tuple[str, Sequence[tuple[str, str, int | None]]]:
    """Return the text of a file, as `clean_text` has it, and what was odd: codes of problems, messages and lines."""
    result: list[tuple[str, str, int | None]] = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        result.append(("not-utf8", "", content.count(b"\n", 0, error.start) + 1))
        text = content.decode("utf-8-sig", "replace")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    for pattern, code, treatment, replacement in (
        (CONTROLS, "control-characters", "are read as spaces", " "),
        (HIDDEN, "hidden-characters", "are invisible and are left out", ""),
    ):
        # What is hidden is no ASCII, which most texts are.
        first = None if pattern is HIDDEN and text.isascii() else pattern.search(text)
        if first is not None:
            at = text.count("\n", 0, first.start()) + 1
            what = code.replace("-", " ")
            result.append((code, f"it has {what}, U+{ord(first[0]):04X} first, that {treatment}", at))
            text = pattern.sub(replacement, text)
    text, keys, line = without_keys(text)
    if keys:
        what = "a key" if keys == 1 else f"{keys:,} keys"
        result.append(("key-in-source", f"it has what looks like {what}; that is not shown", line))
    if not text.strip():
        result.append(("empty-file", "", None))
    return text, result


def _robot(path: str, text: str, findings: Findings) -> RobotFile | None:
    try:
        parsed = parse_robot(text)
    except RobotFileError as error:
        findings.add("not-parsed", path, f"Robot Framework cannot read it: {error}", error.line)
        return None
    lines: dict[str, list[int]] = {}
    for line, message in parsed.errors:
        lines.setdefault(message, []).append(line)
    for message, result in list(lines.items())[:_MAX_COMPLAINTS]:
        times = f", {len(result):,} times" if len(result) > 1 else ""
        findings.add("robot-says", path, f"Robot Framework says{times}: {message}", result[0])
    if len(lines) > _MAX_COMPLAINTS:
        findings.add("robot-says", path, f"Robot Framework says {len(lines) - _MAX_COMPLAINTS:,} more things")
    for what, count in parsed.cut:
        _too_many(path, what, count, findings)
    if not parsed.tasks:
        findings.add("no-tasks", path)
    return parsed


def _too_many(path: str, what: str, count: int, findings: Findings) -> None:
    message = f"the file has {count:,} {what}; those after the first {MAX_ITEMS} are left out"
    findings.add("too-long", path, message, hint=_DIVIDE)


def _suite(
    root_path: str, path: str, file: RobotFile, contents: Mapping[str, bytes | None], findings: Findings
) -> Suite:
    """Return the robot file with the resource files that it imports."""

    def read(at: str) -> str | None:
        content = contents.get(at)
        return (
            None
            if content is None
            else clean_text(posixpath.relpath(at, posixpath.dirname(root_path)), content, findings)
        )

    result = imported_resources(root_path, file, read)
    for line, message in result.missing:
        findings.add("resource-not-read", path, message, line)
    suite = Suite(file, result.resources)
    if len(suite.imports) > MAX_ITEMS:
        _too_many(path, "declarations", len(suite.imports), findings)
    return suite


def _rules(texts: Mapping[str, str], findings: Findings) -> tuple[GenerationRule, ...]:
    rules: list[GenerationRule] = []
    for path in sorted(texts):
        if path.startswith(generation_rules.FOLDER):
            try:
                result, wrong = generation_rules.read_rules(path, texts[path])
            except safe_yaml.SafeYamlError as error:
                findings.add("rules-not-read", path, f"the generation rules cannot be read: {error}", error.line)
                continue
            rules += result
            for message, line in wrong:
                findings.add("rules-odd", path, message, line)
            if not result and not wrong:
                findings.add("rules-empty", path)
    return tuple(rules)


def _skill(texts: Mapping[str, str], findings: Findings) -> Skill | None:
    path = _SKILL_FILES[-1]
    skill, wrong = metadata_files.read_skill(texts.get(path, ""))
    for message, line in wrong:
        findings.add("skill-not-read", path, message, line)
    return skill


def _meta(texts: Mapping[str, str], findings: Findings) -> Meta | None:
    path = next((path for path in ("meta.yaml", "meta.yml") if path in texts), None)
    if path is None:
        return None
    try:
        result, wrong = metadata_files.read_meta(texts[path])
    except safe_yaml.SafeYamlError as error:
        findings.add("meta-not-read", path, f"it cannot be read: {error}", error.line)
        return None
    for message, line in wrong:
        findings.add("meta-not-read", path, message, line)
    if result is None:
        findings.add("meta-not-read", path, "it has neither a list of commands nor the kind CodeBundle")
    return result


def _metadata(suites: Mapping[Kind, Suite], name: str) -> str | None:
    """Return a metadata setting of the runbook, else of the monitor; of several values the last, as Robot takes it."""
    for suite in suites.values():
        for value in reversed(suite.file.metadata.get(normalize(name), [])):
            if text := " ".join(suite.settings.text(value).text.split()):
                return text
    return None


def _own_tags(supports: Sequence[str], meta: Meta | None, tools: Sequence[Tool]) -> list[str]:
    """Return the tags of the bundle as a whole."""
    of_all = set(tools[0].tags).intersection(*(tool.tags for tool in tools)) if tools else set[str]()
    return [*supports, *(meta.tags if meta else ()), *sorted(of_all)]


def _documentation(suite: Suite) -> str:
    return suite.settings.text(suite.file.documentation).text


def _supports(suite: Suite) -> tuple[str, ...]:
    """Return the cells of Supports, without those whose value is known only when the file runs."""
    cells = (suite.settings.text(cell) for cell in suite.settings.cells(suite.file.supports_cells))
    return tuple(cell.text for cell in cells if cell.whole)


def _tool(
    kind: Kind, suite: Suite, task: Block, declared: Declarations, bundle_title: str, scripts: Sequence[str]
) -> Tool:
    tags = Tags([suite.constants.text(tag).text for tag in task.tags])
    reach = suite.reach(task)
    assigned = declared.assigned[kind]
    folded = {tag.lower() for tag in tags}
    return Tool(
        kind=kind,
        name=task.name.strip(),
        title=_title(task.name, suite, bundle_title),
        documentation=suite.constants.text(task.documentation).text,
        tags=tuple(tags),
        access=next((level for level in _LEVELS if f"access:{level}" in folded), None),
        data=tuple(sorted({tag.removeprefix("data:") for tag in folded if tag.startswith("data:")} - {""})),
        line=task.line,
        variables=tuple(sorted({assigned[name] for name in reach.variables if name in assigned})),
        scripts=tuple(script for script in scripts if any(_names(word, script) for word in reach.words)),
        raises_issues=reach.raises_issues,
    )


def _names(word: str, script: str) -> bool:
    """Return whether a word of a call, such as `./check.sh` or `${CURDIR}/check.sh`, names the bundle's script."""
    return f"/{word}".endswith(f"/{script}") or script.endswith(f"/{word}")


def _title(name: str, suite: Suite, bundle_title: str) -> str:
    alone = re.fullmatch(r"\$\{(\w+)\}", name.strip())
    resolved = suite.constants.text(name)
    if alone is None or resolved.whole:
        return " ".join(resolved.text.split())
    own = (declared_default(i.options) for i in suite.imports if i.kind == "variable" and i.name == alone[1])
    default = next((d for d in own if d is not None), "").strip().strip("\"'")
    return bundle_title if names_credential(alone[1]) or REMOVED in default else default or bundle_title


def _access(tools: tuple[Tool, ...], skill: Skill | None, findings: Findings) -> tuple[AccessLevel, Access | None]:
    """Return the bundle's access level, which tags declare, and what SKILL-TEMPLATE.md claims where none does."""
    tagged = [tool.access for tool in tools if tool.access]
    claimed = skill.access if skill else None
    if not tagged:
        return "unknown", claimed
    level = next(level for level in _LEVELS if level in tagged)
    if claimed and claimed != level:
        message = f"it says access {claimed}, the tools' tags say {level}; the tags stand"
        findings.add("access-contradicts", "SKILL-TEMPLATE.md", message)
    return level, None
