"""Phase 2: the files of a bundle to its facts. `parse_cache` runs it for those that are new."""

import re
from collections.abc import Mapping, Sequence

from robot.errors import DataError
from robot.model import Tags

from build.model import (
    FILE_OF,
    SCRIPTS,
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
    Tool,
)
from build.parse import generation_rules, metadata_files
from build.parse.limits import MAX_CODE, MAX_ITEMS, within_limits
from build.parse.quality import remark
from build.parse.readme import readme_of, without_pointers
from build.parse.robot_file import Block, RobotFile, parse_robot
from build.parse.variables import Declarations, declarations, declared_default
from build.platforms import platforms, support_tags
from build.problems import Findings
from build.untrusted import safe_yaml
from build.untrusted.credentials import REMOVED, names_credential, without_keys
from search_fn.text import CONTROLS, HIDDEN

_MAX_COMPLAINTS = 50
# The graver one stands.
_LEVELS: tuple[Access, ...] = ("read-write", "read-only")
_DIVIDE = "Divide it into several bundles."


def parse_bundle(collection: str, source: BundleSource) -> Bundle:
    """The facts of one bundle. Whatever is odd becomes a problem of the bundle; nothing is raised, nothing is run."""
    findings = Findings(collection, source)
    texts = {f.path: clean_text(f.path, f.content, findings) for f in source.files if f.content is not None}
    texts = without_pointers(texts, findings)
    files: dict[Kind, RobotFile] = {}
    for kind, path in FILE_OF.items():
        if path in texts:
            parsed = _robot(path, texts[path], findings)
            if parsed is not None:
                files[kind] = parsed

    declared = declarations({kind: file.imports for kind, file in files.items()})
    for name, kind, line in declared.surplus:
        message = f"a second cell follows an option of {name}; Robot refuses that when it runs"
        findings.add("surplus-cell", FILE_OF[kind], message, line)

    display_name = _metadata(files, "display name")
    supports = support_tags(file.supports_cells for file in files.values())
    rules = _rules(texts, findings)
    paths = sorted(file.path for file in source.files)
    templates = tuple(
        metadata_files.read_template(path.removeprefix(metadata_files.TEMPLATES), texts.get(path, ""))
        for path in paths
        if path.startswith(metadata_files.TEMPLATES)
    )
    skill, meta = _skill(texts, findings), _meta(texts, findings)
    scripts = tuple(path for path in paths if path.endswith(SCRIPTS) and not path.startswith("."))
    title = display_name or source.name
    tools = tuple(
        _tool(kind, file, task, declared, title, scripts) for kind, file in files.items() for task in file.tasks
    )
    access, claimed = _access(tools, skill, findings)
    readme_file, readme = readme_of(texts) or (None, None)
    remark(files, tools, templates, texts, paths, source.folder, findings)
    bundle = Bundle(
        name=source.name,
        display_name=display_name,
        author=_metadata(files, "author"),
        doc=next((file.documentation for file in files.values() if file.documentation), None),
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
        sub_metrics=tuple(sorted({metric for file in files.values() for metric in file.sub_metrics})),
        generation_rules=rules,
        templates=templates,
        scripts=scripts,
        skill=skill,
        meta=meta,
        access_level=access,
        access_level_source=None if access == "unknown" else "declared",
        access_level_claimed=claimed,
        imports=tuple(
            RobotImport(kind=kind, setting=setting, name=name, alias=alias)
            for kind, file in files.items()
            for setting, name, alias in file.libraries[: MAX_ITEMS // 2]
        ),
        calls=tuple(
            RobotCall(kind=kind, keyword=keyword, text=text, line=line)
            for kind, file in files.items()
            for name, (keyword, text, line) in file.called.items()
            if name not in file.keywords
        ),
    )
    bundle, cut = within_limits(bundle)
    for message in cut:
        findings.add("too-long", "", message)
    return bundle.model_copy(update={"problems": tuple(findings.problems)})


def clean_text(path: str, content: bytes, findings: Findings) -> str:
    """The text of a file that may be anything, without keys and characters that nobody sees."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.add("not-utf8", path, line=content.count(b"\n", 0, error.start) + 1)
        text = content.decode("utf-8-sig", "replace")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    for pattern, code, done, instead in (
        (CONTROLS, "control-characters", "are read as spaces", " "),
        (HIDDEN, "hidden-characters", "nobody sees and that are left out", ""),
    ):
        found = pattern.search(text)
        if found is not None:
            line = text.count("\n", 0, found.start()) + 1
            what = code.replace("-", " ")
            findings.add(code, path, f"it has {what}, U+{ord(found[0]):04X} first, that {done}", line)
            text = pattern.sub(instead, text)
    text, keys, first = without_keys(text)
    if keys:
        what = "a key" if keys == 1 else f"{keys:,} keys"
        findings.add("key-in-source", path, f"it has what looks like {what}; that is not shown", first)
    if not text.strip():
        findings.add("empty-file", path)
    return text


def _robot(path: str, text: str, findings: Findings) -> RobotFile | None:
    try:
        parsed = parse_robot(text)
    except (DataError, RecursionError, ValueError) as error:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        findings.add("not-parsed", path, f"Robot Framework cannot read it: {what}")
        return None
    lines: dict[str, list[int]] = {}
    for line, message in parsed.errors:
        lines.setdefault(message, []).append(line)
    for message, found in list(lines.items())[:_MAX_COMPLAINTS]:
        times = f", {len(found):,} times" if len(found) > 1 else ""
        findings.add("robot-says", path, f"Robot Framework says{times}: {message}", found[0])
    if len(lines) > _MAX_COMPLAINTS:
        findings.add("robot-says", path, f"Robot Framework says {len(lines) - _MAX_COMPLAINTS:,} more things")
    for what, items in (
        ("tasks", parsed.tasks),
        ("declarations", parsed.imports),
        ("forced tags", parsed.forced_tags),
        ("default tags", parsed.default_tags),
    ):
        if len(items) > MAX_ITEMS:
            message = f"the file has {len(items):,} {what}; those after the first {MAX_ITEMS} are left out"
            findings.add("too-long", path, message, hint=_DIVIDE)
            del items[MAX_ITEMS:]
    if len(parsed.keywords) > MAX_ITEMS:
        message = f"the file has {len(parsed.keywords):,} keywords; those after the first {MAX_ITEMS} are not followed"
        findings.add("too-long", path, message, hint=_DIVIDE)
        parsed.keywords = dict(list(parsed.keywords.items())[:MAX_ITEMS])
    if not parsed.tasks:
        findings.add("no-tasks", path)
    return parsed


def _rules(texts: Mapping[str, str], findings: Findings) -> tuple[GenerationRule, ...]:
    rules: list[GenerationRule] = []
    for path in sorted(texts):
        if path.startswith(generation_rules.FOLDER):
            try:
                found, wrong = generation_rules.read_rules(path, texts[path])
            except safe_yaml.YamlRefused as error:
                findings.add("rules-not-read", path, f"the generation rules cannot be read: {error}", error.line)
                continue
            rules += found
            for message, line in wrong:
                findings.add("rules-odd", path, message, line)
            if not found and not wrong:
                findings.add("rules-empty", path)
    return tuple(rules)


def _skill(texts: Mapping[str, str], findings: Findings) -> Skill | None:
    path = "SKILL-TEMPLATE.md"
    skill, wrong = metadata_files.read_skill(texts.get(path, ""))
    for message, line in wrong:
        findings.add("skill-not-read", path, message, line)
    return skill


def _meta(texts: Mapping[str, str], findings: Findings) -> Meta | None:
    path = next((path for path in ("meta.yaml", "meta.yml") if path in texts), None)
    if path is None:
        return None
    try:
        found, wrong = metadata_files.read_meta(texts[path])
    except safe_yaml.YamlRefused as error:
        findings.add("meta-not-read", path, f"it cannot be read: {error}", error.line)
        return None
    for message, line in wrong:
        findings.add("meta-not-read", path, message, line)
    if found is None:
        findings.add("meta-not-read", path, "it has neither a list of commands nor the kind CodeBundle")
    return found


def _metadata(files: Mapping[Kind, RobotFile], name: str) -> str | None:
    """The last value of the runbook, else of the monitor: of several Robot keeps the last one."""
    for file in files.values():
        for value in reversed(file.metadata.get(name, [])):
            if value.strip():
                return " ".join(value.split())
    return None


def _tool(
    kind: Kind, file: RobotFile, task: Block, declared: Declarations, bundle_title: str, scripts: Sequence[str]
) -> Tool:
    tags = Tags(file.forced_tags)
    if task.tags is None:
        tags.add(file.default_tags)
    else:
        # Only here does `-tag` take one away.
        tags.add(task.tags, remove_negated=True)
    calls, variables, words = file.reach(task)
    assigned = declared.assigned[kind]
    folded = {tag.lower() for tag in tags}
    return Tool(
        kind=kind,
        name=task.name.strip(),
        title=_title(task.name, file, bundle_title),
        documentation=task.documentation,
        tags=tuple(tags),
        access=next((level for level in _LEVELS if f"access:{level}" in folded), None),
        data=tuple(sorted({tag[5:] for tag in folded if tag.startswith("data:") and tag[5:]})),
        line=task.line,
        variables=tuple(sorted({assigned[name] for name in variables if name in assigned})),
        scripts=tuple(script for script in scripts if any(_names(word, script) for word in words)),
        raises_issues=any(call.rsplit(".", 1)[-1] == "addissue" for call in calls),
    )


def _names(word: str, script: str) -> bool:
    """Whether a word of a call, such as `./check.sh` or `${CURDIR}/check.sh`, names the bundle's script."""
    return f"/{word}".endswith(f"/{script}") or script.endswith(f"/{word}")


def _title(name: str, file: RobotFile, bundle_title: str) -> str:
    name = " ".join(name.split())
    alone = re.fullmatch(r"\$\{(\w+)\}", name)
    if alone is None:
        return name
    own = (declared_default(i.options) for i in file.imports if i.kind == "variable" and i.name == alone[1])
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
