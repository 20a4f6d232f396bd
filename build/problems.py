"""Every kind of problem that the build can tell of: its code, how grave it is, what it means, what to do.

docs/problems.md is made from this table (`nox -s docs`). A code is never renamed: authors' own checks name it.
"""

from typing import NamedTuple

from build.credentials import without_keys
from build.model import Problem, Severity

_MAX_MESSAGE = 500


class Code(NamedTuple):
    """`remedy` is the hint of a problem that brings none of its own."""

    severity: Severity
    meaning: str
    remedy: str


_GROUPS: dict[str, dict[str, Code]] = {
    "The collection": {
        "unknown-key": Code(
            "warning", "A key of collections.yaml that nothing reads.", "Remove it, or correct its spelling."
        ),
        "not-fetched": Code(
            "error",
            "Git could not fetch the collection; its last good state is kept, marked stale, or it is left out.",
            "Check that the repository exists, is public and has the ref; then run again.",
        ),
        "never-fetched": Code(
            "error",
            "A run without network, or for other collections, on a machine that has no copy of this one.",
            "Run once without --offline and --only.",
        ),
        "mirror-broken": Code(
            "error",
            "The copy of the repository under the cache cannot be read.",
            "Remove it; the next run makes it anew.",
        ),
        "shrunk": Code(
            "error",
            "Over a fifth of the bundles is gone or cannot be read; the published state is kept, marked stale.",
            "If that is right, run again with --accept-shrink.",
        ),
        "no-bundles": Code(
            "error", "There is no folder codebundles with bundles in it.", "Put each bundle into codebundles/NAME."
        ),
    },
    "The bundle's folder": {
        "bad-name": Code(
            "error",
            "The folder's name cannot be used in addresses and paths; the bundle is left out.",
            "Use letters, digits, '.', '_' and '-', at most 128, a letter or digit first.",
        ),
        "reserved-name": Code(
            "error",
            "The folder's name is that of a page of the site or of a system's device; the bundle is left out.",
            "Rename the folder.",
        ),
        "same-name": Code(
            "error",
            "In an address the folder's name is the same as another one's; the first in byte order is published.",
            "Rename one: case, '_' and '-' make no difference.",
        ),
        "no-folder": Code("error", "The bundle is a submodule or a link; it is left out.", "Put its files there."),
        "no-robot-file": Code(
            "warning",
            "The folder has neither runbook.robot nor sli.robot; it is left out.",
            "Add one of them, or move the folder away.",
        ),
        "hidden-folder": Code("note", "A folder whose name begins with a dot is no bundle.", ""),
        "too-many-files": Code(
            "error", "The folder has over 2,000 files and folders, or cannot be listed; it is left out.", "Divide it."
        ),
        "file-refused": Code(
            "error",
            "A file that should be read is a link, a submodule or too large.",
            "Make it a plain file of at most 2 MB.",
        ),
        "file-left-out": Code(
            "note", "A file that is only listed is a link, a submodule or too large to be listed.", ""
        ),
    },
    "Reading a file": {
        "not-utf8": Code("error", "The file is not UTF-8; the odd bytes are replaced.", "Save it as UTF-8."),
        "control-characters": Code(
            "warning", "The file has control characters, which are read as spaces.", "Remove them."
        ),
        "hidden-characters": Code(
            "warning",
            "The file has characters that nobody sees or that reorder others; they are left out.",
            "Remove them.",
        ),
        "empty-file": Code("warning", "The file is empty.", "Fill it or remove it."),
        "not-parsed": Code(
            "error", "Robot Framework cannot read the file; nothing of it is shown.", "Run robot --dryrun on it."
        ),
        "not-read": Code(
            "error",
            "Reading the bundle took too much time or memory, or failed; it is shown by its name alone.",
            "Divide it into smaller files.",
        ),
        "robot-says": Code("note", "What Robot Framework's parser complains of; the rest of the file is read.", ""),
        "too-long": Code("warning", "A text or list is longer than one page can hold and is cut.", "Shorten it."),
    },
    "What the robot files say": {
        "no-tasks": Code("warning", "The file has no tasks.", "Add a section *** Tasks ***."),
        "repeated-task": Code(
            "warning",
            "Two tasks have one name but for case and blanks; a result cannot tell them apart.",
            "Rename one.",
        ),
        "no-metadata": Code("warning", "Display Name, Author or Supports is missing.", "Add it to the Settings."),
        "repeated-metadata": Code("warning", "A metadata stands several times; Robot keeps the last.", "Keep one."),
        "no-documentation": Code("warning", "The file has no Documentation.", "Add one to its Settings."),
        "undocumented-tools": Code("note", "Tasks without documentation.", "Add [Documentation] to each task."),
        "no-readme": Code("note", "The bundle has no README.md.", "Say there what it is for and how to set it up."),
        "surplus-cell": Code(
            "warning",
            "A second cell follows an option of a declaration; Robot refuses that when it runs.",
            "Join the cells into one.",
        ),
        "key-in-source": Code(
            "warning",
            "The file has what looks like a key; it is not shown.",
            "Revoke the key, then remove it: git keeps it.",
        ),
        "dynamic-import": Code("note", "What the bundle needs is only known when it runs.", ""),
        "unreached-import": Code(
            "note",
            "A declaration stands in a keyword that nothing calls; it is shown all the same.",
            "Call the keyword, in Suite Setup for example.",
        ),
    },
    "Beside the robot files": {
        "rules-not-read": Code(
            "warning",
            "The generation rules are not YAML that is read.",
            "Correct the YAML; until then the bundle counts as configured by hand.",
        ),
        "rules-odd": Code(
            "warning",
            "Something in the generation rules is not as RunWhen's format has it.",
            "See RunWhen's generation rule format.",
        ),
        "rules-empty": Code("note", "The file holds no rule.", "Remove it, or write the rule."),
        "template-astray": Code(
            "note",
            "A template runs a robot file that the bundle does not have.",
            "Add the file, or remove the template.",
        ),
        "skill-not-read": Code(
            "note", "The front matter of SKILL-TEMPLATE.md is not YAML that is read.", "Quote values that hold a colon."
        ),
        "meta-not-read": Code("note", "meta.yaml is not YAML that is read, or of no known form.", "Correct it."),
        "access-contradicts": Code(
            "note",
            "SKILL-TEMPLATE.md and the tools' tags disagree on access; the tags stand.",
            "Correct the access there.",
        ),
    },
}
CODES: dict[str, Code] = {code: facts for group in _GROUPS.values() for code, facts in group.items()}


def problem(
    code: str,
    message: str = "",
    *,
    collection: str,
    bundle: str | None = None,
    path: str | None = None,
    line: int | None = None,
    hint: str | None = None,
) -> Problem:
    """A problem of a known code. Without `message` or `hint` it says what the table says.

    Raises:
        KeyError: the code is not in the table.
    """
    known = CODES[code]
    message = without_keys(message or known.meaning).text
    return Problem(
        collection=collection,
        bundle=bundle,
        path=without_keys(path).text if path else path,
        line=line,
        code=code,
        severity=known.severity,
        # It may quote a stranger's name.
        message=message if len(message) <= _MAX_MESSAGE else f"{message[:_MAX_MESSAGE]}…",
        hint=known.remedy if hint is None else hint,
    )


def document() -> str:
    """docs/problems.md."""
    lines = [
        "# Problems",
        "",
        "What the build tells the authors of collections, on the page [Report](../report/index.md), in",
        "`api/v1/report.json`, on the terminal and by `python -m build lint PATH`. Codes are stable.",
        "",
        "An **error** means that something could not be read or was refused, a **warning** that the catalogue lacks",
        "something that it should have. A **note** is good to know and changes no exit status.",
        "",
    ]
    for group, codes in _GROUPS.items():
        lines += [f"## {group}", ""]
        for code, (severity, meaning, remedy) in codes.items():
            lines += [f"### {code}", "", f"*{severity}* · {meaning} {remedy}".rstrip(), ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    print(document(), end="")
