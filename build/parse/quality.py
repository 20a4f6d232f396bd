"""Problems of quality: metadata, documentation or README that a bundle lacks, and declarations that nothing reaches."""

from collections.abc import Mapping, Sequence

from build.model import FILE_OF, Kind, Template, Tool
from build.parse.names import normalize
from build.parse.readme import find_readme
from build.parse.suite import Suite
from build.parse.variables import Declarations
from build.platforms import unseparated
from build.problems import Findings
from build.untrusted.prompt_injection import find_prompt_injections

# Problems of one kind that are reported of one bundle, and characters of a cell that a message quotes.
_MAX_COMPLAINTS = 50
_MAX_CELL = 100


def check_quality(
    suites: Mapping[Kind, Suite],
    declared: Declarations,
    tools: Sequence[Tool],
    templates: Sequence[Template],
    texts: Mapping[str, str],
    paths: Sequence[str],
    folder: str,
    findings: Findings,
) -> None:
    """Report what a bundle lacks or repeats: metadata, documentation, tags, unreachable declarations, missing files.

    Args:
        suites: The bundle's parsed robot files.
        declared: What they declare.
        tools: The bundle's tools.
        templates: The bundle's templates.
        texts: The texts of the files that are read, by path.
        paths: The paths of all files in the bundle's folder.
        folder: The bundle's folder as templates name it.
        findings: Gets the problems.
    """
    for kind, suite in suites.items():
        _metadata(FILE_OF[kind], suite, findings)
        _supports(FILE_OF[kind], suite, texts[FILE_OF[kind]], findings)
        _check_unreachable(FILE_OF[kind], suite, findings)
        _repeated_tasks(FILE_OF[kind], suite, findings)
    for one in declared.at_run_time[:_MAX_COMPLAINTS]:
        what = one.declares.replace("_", " ")
        message = f"the name of a {what}, {one.name}, is only known when it runs, so it is not listed"
        findings.add("dynamic-import", FILE_OF[one.kind], message, one.line)
    for tried in declared.tried[:_MAX_COMPLAINTS]:
        others = f", where {' or '.join(sorted(tried.others))} will do instead" if tried.others else ""
        message = f"the suite goes on without the {tried.what} {tried.name}{others}, so it is not required"
        findings.add("done-without", FILE_OF[tried.kind], message, tried.line)
    undocumented = [tool for tool in tools if not tool.documentation]
    if undocumented:
        first = undocumented[0]
        has = "has" if len(undocumented) == 1 else "have"
        # Names have their variables in backticks, which are Markdown's.
        name = first.name.replace("`", "")
        message = f"{len(undocumented)} of {len(tools)} tools {has} no documentation; the first is {name!r}"
        findings.add("undocumented-tools", FILE_OF[first.kind], message, first.line)
    for path, line, words in find_prompt_injections(texts):
        findings.add("instructs-model", path, f"it says {words!r}", line)
    if find_readme(paths) is None:
        findings.add("no-readme", "README.md")
    for template in templates:
        file_name = (template.robot_file or "").removeprefix(f"{folder}/")
        if file_name in FILE_OF.values() and file_name not in paths:
            message = f"it runs {template.robot_file}, which is not there"
            findings.add("template-astray", f".runwhen/templates/{template.name}", message)


def _metadata(path: str, suite: Suite, findings: Findings) -> None:
    for title in ("Display Name", "Author", "Supports"):
        values = suite.file.metadata.get(normalize(title), [])
        if not any(suite.settings.text(value).text.strip() for value in values):
            hint = f"Add: Metadata    {title}    …"
            findings.add("no-metadata", path, f"the metadata {title!r} is missing", hint=hint)
        elif len(values) > 1:
            message = f"the metadata {title!r} stands {len(values)} times; the last one counts"
            findings.add("repeated-metadata", path, message)
    if not suite.file.documentation:
        findings.add("no-documentation", path)


def _supports(path: str, suite: Suite, text: str, findings: Findings) -> None:
    lines = (line.replace("|", " ").casefold().split()[:2] for line in text.split("\n"))
    line = next((number for number, words in enumerate(lines, 1) if words == ["metadata", "supports"]), None)
    for cell, items in unseparated(suite.file.supports_cells)[:_MAX_COMPLAINTS]:
        read = "one item" if items == 1 else f"{items} items"
        findings.add("supports-unseparated", path, f"{cell[:_MAX_CELL]!r} of Supports is read as {read}", line)


def _check_unreachable(path: str, suite: Suite, findings: Findings) -> None:
    for block in suite.unreached()[:_MAX_COMPLAINTS]:
        message = f"nothing calls {block.name!r}, so what it declares is never imported"
        findings.add("unreached-import", path, message, block.line)


def _repeated_tasks(path: str, suite: Suite, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for task in suite.file.tasks:
        first = seen.setdefault(normalize(task.name), task.line)
        if first != task.line:
            message = f"the task {task.name!r} has the name of the one in line {first}, but for case and blanks"
            findings.add("repeated-task", path, message, task.line)
