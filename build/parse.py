"""Phase 2: the files of a bundle to its facts. Pure; `parse_cache` runs it for those that are new."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from robot.errors import DataError
from robot.model import Tags

from build import generation_rules, safe_yaml
from build.credentials import holds_key, names_credential
from build.declarations import Declarations, declarations
from build.limits import MAX_ITEMS, within_limits
from build.model import Access, AccessLevel, Bundle, BundleSource, GenerationRule, Kind, Problem, Severity, Tool
from build.platforms import platforms, support_tags
from build.robot_file import Block, RobotFile, parse_robot
from build.robot_imports import declared_default

_FILES: dict[str, Kind] = {"runbook.robot": "runbook", "sli.robot": "monitor"}
_SCRIPTS = frozenset({".sh", ".bash", ".py", ".ps1", ".js", ".sql", ".jq"})
# They act on a terminal, or on where a line ends; a space in their place keeps words apart.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)")
# Nobody sees them, but they reorder letters or make two names of one; a joiner between symbols makes one of two emoji.
_HIDDEN = re.compile(
    r"[\xad\u034f\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]"
    r"|[\U000e0000-\U000e007f]|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
    r"|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)
_MAX_COMPLAINTS = 50
_MAX_MESSAGE = 500


class _Findings:
    """Collects one bundle's problems."""

    def __init__(self, collection: str, source: BundleSource) -> None:
        self.collection, self.source = collection, source
        self.problems: list[Problem] = []

    def add(
        self, severity: Severity, code: str, path: str, message: str, hint: str = "", line: int | None = None
    ) -> None:
        # A message may quote a stranger's name.
        message = message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]}…"
        self.problems.append(
            Problem(
                collection=self.collection,
                bundle=self.source.name,
                path=f"{self.source.folder}/{path}".rstrip("/"),
                line=line,
                code=code,
                severity=severity,
                message=message,
                hint=hint,
            )
        )


def parse_bundle(collection: str, source: BundleSource) -> Bundle:
    """The facts of one bundle. Whatever is odd becomes a problem of the bundle; nothing is raised, nothing is run."""
    findings = _Findings(collection, source)
    texts = {f.path: _text(f.path, f.content, findings) for f in source.files if f.content is not None}
    files: dict[Kind, RobotFile] = {}
    for path, kind in _FILES.items():
        if path in texts:
            parsed = _robot(path, texts[path], findings)
            if parsed is not None:
                files[kind] = parsed

    declared = declarations(files)
    for name, kind, line in declared.surplus:
        path = next(p for p, k in _FILES.items() if k == kind)
        message = f"a second cell follows an option of {name}; Robot refuses that when it runs"
        findings.add("warning", "surplus-cell", path, message, "Join the cells into one.", line)
    for name, kind, line in declared.exposed:
        path = next(p for p, k in _FILES.items() if k == kind)
        message = f"the declaration of {name} holds what looks like a key; it is not shown"
        findings.add("warning", "key-in-source", path, message, "Revoke the key, then remove it: git keeps it.", line)

    display_name = _metadata(files, "display name")
    supports = support_tags(file.supports_cells for file in files.values())
    rules = _rules(texts, findings)
    tools = tuple(tool for kind, file in files.items() for tool in _tools(kind, file, declared, display_name, source))
    access, access_source = _access(tools, texts.get("SKILL-TEMPLATE.md"), findings)
    _remark(files, tools, texts, findings)
    bundle = Bundle(
        name=source.name,
        display_name=display_name,
        author=_metadata(files, "author"),
        doc=next((file.documentation for file in files.values() if file.documentation), None),
        readme=texts.get("README.md"),
        support_tags=supports,
        platforms=platforms(
            source.name, supports, (r.platform for r in rules), (t for r in rules for t in r.resource_types)
        ),
        has_runbook="runbook.robot" in texts,
        has_monitor="sli.robot" in texts,
        tools=tools,
        user_variables=declared.variables,
        secrets=declared.secrets,
        services=declared.services,
        platform_variables=declared.platform_variables,
        sub_metrics=tuple(sorted({metric for file in files.values() for metric in file.sub_metrics})),
        generation_rules=rules,
        templates=tuple(
            sorted(f.path.removeprefix(".runwhen/templates/") for f in source.files
                   if f.path.startswith(".runwhen/templates/"))
        ),
        scripts=tuple(
            sorted(f.path for f in source.files
                   if PurePosixPath(f.path).suffix in _SCRIPTS and not f.path.startswith("."))
        ),
        access_level=access,
        access_level_source=access_source,
    )  # fmt: skip
    bundle, cut = within_limits(bundle)
    for message in cut:
        findings.add("warning", "too-long", "", message, "Shorten it.")
    return bundle.model_copy(update={"problems": tuple(findings.problems)})


def _text(path: str, content: bytes, findings: _Findings) -> str:
    """The text of a file that may be anything."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.add(
            "error", "not-utf8", path, "it is not UTF-8; the odd bytes are replaced", "Save it as UTF-8.", line
        )
        text = content.decode("utf-8-sig", "replace")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    for pattern, code, done, instead in (
        (_CONTROLS, "control-characters", "are read as spaces", " "),
        (_HIDDEN, "hidden-characters", "nobody sees and that are left out", ""),
    ):
        found = pattern.search(text)
        if found is not None:
            line = text.count("\n", 0, found.start()) + 1
            what = code.replace("-", " ")
            message = f"it has {what}, U+{ord(found[0]):04X} first, that {done}"
            findings.add("warning", code, path, message, "Remove them.", line)
            text = pattern.sub(instead, text)
    if not text.strip():
        findings.add("warning", "empty-file", path, "the file is empty", "Fill it or remove it.")
    return text


def _robot(path: str, text: str, findings: _Findings) -> RobotFile | None:
    try:
        parsed = parse_robot(text)
    except (DataError, RecursionError, ValueError) as error:
        what = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        findings.add(
            "error", "not-parsed", path, f"Robot Framework cannot read it: {what}", "Run robot --dryrun on it."
        )
        return None
    for line, message in parsed.errors[:_MAX_COMPLAINTS]:
        findings.add("note", "robot-says", path, f"Robot Framework says: {message}", line=line)
    more = len(parsed.errors) - _MAX_COMPLAINTS
    if more > 0:
        findings.add("note", "robot-says", path, f"Robot Framework says {more:,} more such things")
    for what, items in (
        ("tasks", parsed.tasks),
        ("declarations", parsed.imports),
        ("forced tags", parsed.forced_tags),
        ("default tags", parsed.default_tags),
    ):
        if len(items) > MAX_ITEMS:
            message = f"the file has {len(items):,} {what}; those after the first {MAX_ITEMS} are left out"
            findings.add("warning", "too-long", path, message, "Divide it into several bundles.")
            del items[MAX_ITEMS:]
    if len(parsed.keywords) > MAX_ITEMS:
        message = f"the file has {len(parsed.keywords):,} keywords; those after the first {MAX_ITEMS} are not followed"
        findings.add("warning", "too-long", path, message, "Divide it into several bundles.")
        parsed.keywords = dict(list(parsed.keywords.items())[:MAX_ITEMS])
    if not parsed.tasks:
        findings.add("warning", "no-tasks", path, "the file has no tasks", "Add a section *** Tasks ***.")
    return parsed


def _rules(texts: Mapping[str, str], findings: _Findings) -> tuple[GenerationRule, ...]:
    rules: list[GenerationRule] = []
    for path in sorted(texts):
        if path.startswith(generation_rules.FOLDER):
            try:
                found, wrong = generation_rules.read_rules(path, texts[path])
            except safe_yaml.YamlRefused as error:
                hint = "Correct the YAML; until then the bundle counts as configured by hand."
                findings.add(
                    "warning", "rules-not-read", path, f"the generation rules cannot be read: {error}", hint, error.line
                )
                continue
            rules += found
            for message in wrong:
                findings.add("warning", "rules-odd", path, message, "See RunWhen's generation rule format.")
            if not found and not wrong:
                findings.add("note", "rules-empty", path, "the file holds no rule", "Remove it, or write the rule.")
    return tuple(rules)


def _metadata(files: Mapping[Kind, RobotFile], name: str) -> str | None:
    """The last value of the runbook, else of the monitor: of several Robot keeps the last one."""
    for file in files.values():
        for value in reversed(file.metadata.get(name, [])):
            if value.strip():
                return " ".join(value.split())
    return None


def _tools(
    kind: Kind, file: RobotFile, declared: Declarations, display_name: str | None, source: BundleSource
) -> list[Tool]:
    return [_tool(kind, file, task, declared, display_name or source.name) for task in file.tasks]


def _tool(kind: Kind, file: RobotFile, task: Block, declared: Declarations, bundle_title: str) -> Tool:
    tags = Tags(file.forced_tags)
    if task.tags is None:
        tags.add(file.default_tags)
    else:
        # Only here does `-tag` take one away.
        tags.add(task.tags, remove_negated=True)
    calls, variables = file.reach(task)
    assigned = declared.assigned[kind]
    folded = {tag.lower() for tag in tags}
    access: Access | None = None
    if "access:read-write" in folded:
        access = "read-write"
    elif "access:read-only" in folded:
        access = "read-only"
    return Tool(
        kind=kind,
        name=task.name.strip(),
        title=_title(task.name, file, bundle_title),
        documentation=task.documentation,
        tags=tuple(tags),
        access=access,
        data=tuple(sorted({tag[5:] for tag in folded if tag.startswith("data:") and tag[5:]})),
        line=task.line,
        variables=tuple(sorted({assigned[name] for name in variables if name in assigned})),
        raises_issues=any(call.rsplit(".", 1)[-1] == "addissue" for call in calls),
    )


def _title(name: str, file: RobotFile, bundle_title: str) -> str:
    name = " ".join(name.split())
    alone = re.fullmatch(r"\$\{(\w+)\}", name)
    if alone is None:
        return name
    own = (declared_default(i.options) for i in file.imports if i.kind == "variable" and i.name == alone[1])
    default = next((d for d in own if d is not None), "").strip().strip("\"'")
    return bundle_title if names_credential(alone[1]) or holds_key(default) else default or bundle_title


def _access(tools: tuple[Tool, ...], skill: str | None, findings: _Findings) -> tuple[AccessLevel, str | None]:
    """The bundle's access level and where it is from: tags are facts, SKILL-TEMPLATE.md is a claim."""
    tagged = [tool.access for tool in tools if tool.access]
    claimed = _claimed_access(skill, findings) if skill is not None else None
    if not tagged:
        return (claimed, "SKILL-TEMPLATE") if claimed else ("unknown", None)
    level: Access = "read-write" if "read-write" in tagged else "read-only"
    if claimed and claimed != level:
        message = f"it says access {claimed}, the tools' tags say {level}; the tags stand"
        findings.add("note", "access-contradicts", "SKILL-TEMPLATE.md", message, "Correct the access there.")
    return level, f"tags ({len(tagged)} of {len(tools)} tools)"


def _claimed_access(skill: str, findings: _Findings) -> Access | None:
    front_matter = re.match(r"---\r?\n(.*?)\n---", skill, re.DOTALL)
    if front_matter is None:
        return None
    try:
        data = safe_yaml.load(front_matter[1])
    except safe_yaml.YamlRefused as error:
        message = f"its front matter cannot be read: {error}"
        # The front matter begins on the second line.
        line = error.line + 1 if error.line else None
        findings.add("note", "skill-not-read", "SKILL-TEMPLATE.md", message, "Quote values that hold a colon.", line)
        return None
    access = data.get("access") if isinstance(data, dict) else None
    return access if access in ("read-only", "read-write") else None


def _remark(
    files: Mapping[Kind, RobotFile], tools: tuple[Tool, ...], texts: Mapping[str, str], findings: _Findings
) -> None:
    """What a reader of the catalogue will miss in this bundle."""
    for path, kind in _FILES.items():
        file = files.get(kind)
        if file is None:
            continue
        for name in ("display name", "author", "supports"):
            values = file.metadata.get(name, [])
            if not any(value.strip() for value in values):
                findings.add(
                    "warning",
                    "no-metadata",
                    path,
                    f"the metadata {name.title()!r} is missing",
                    f"Add: Metadata    {name.title()}    …",
                )
            elif len(values) > 1:
                findings.add(
                    "warning",
                    "repeated-metadata",
                    path,
                    f"the metadata {name.title()!r} stands {len(values)} times; the last one counts",
                    "Keep one.",
                )
        if not file.documentation:
            findings.add(
                "warning", "no-documentation", path, "the file has no Documentation", "Add one to its Settings."
            )
        if all(item.dynamic for item in file.imports) and file.imports:
            findings.add(
                "note", "dynamic-import", path, "what it needs is only known when it runs", line=file.imports[0].line
            )
        for block in file.unreached()[:_MAX_COMPLAINTS]:
            message = f"nothing calls {block.name!r}, so what it declares is never imported"
            findings.add("note", "unreached-import", path, message, "Call it, in Suite Setup for example.", block.line)
    undocumented = [tool for tool in tools if not tool.documentation]
    if undocumented:
        first = undocumented[0]
        path = next(p for p, k in _FILES.items() if k == first.kind)
        findings.add(
            "note",
            "undocumented-tools",
            path,
            f"{len(undocumented)} of {len(tools)} tools have no documentation, {first.name!r} first",
            "Add [Documentation] to each task.",
            first.line,
        )
    if "README.md" not in texts:
        findings.add(
            "note",
            "no-readme",
            "README.md",
            "the bundle has no README.md",
            "Say there what it is for and how to set it up.",
        )
