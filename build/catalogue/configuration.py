"""The configuration of a bundle: the resources that its collection's own templates write, else those that follow from
the declarations of its robot files, with marks for what a person has to fill in.
"""

import re
from collections.abc import Iterable, Sequence

from build.model import FILE_OF, Bundle, Collection, Kind, LeftOut, Manifest, Secret, Variable
from build.parse.manifests import KNOWN_MARKS, PROVIDED, ROBOT_KINDS
from build.untrusted.yaml_text import comment, gap, quote, string

_VARIABLE = re.compile(r"[$@&%]\{")
_NAME, _OWNER, _PLACE = (
    gap(f"w:{name}", f"<{name}>") for name in ("slx name", "workspace owner email", "default location")
)
CARRIED = "as its CodeCollection's own templates write it"
"""The part of the first line that says that templates were read."""
REF = "ref"
"""The gap of the code's version, in which another may be put."""
_API = "apiVersion: runwhen.com/v1\n"


def configuration(bundle: Bundle, collection: Collection, ref: str) -> str:
    """Return a bundle's configuration as YAML with marks (build/untrusted/yaml_text.py); "" where there is nothing to
    run.

    Args:
        bundle: The bundle, with the resources of its templates.
        collection: Its collection, whose address is that of the code.
        ref: The branch, tag or commit of the code that is run.
    """
    kinds = [kind for kind, there in zip(FILE_OF, (bundle.has_runbook, bundle.has_monitor), strict=True) if there]
    written = {one.kind for one in bundle.manifests}
    lost = {one.kind for one in bundle.left_out}
    declared = [
        kind
        for name, kind in reversed(ROBOT_KINDS.items())
        if kind in kinds and name not in written and (not written or name in lost)
    ]
    documents = [_carried(one) for one in bundle.manifests]
    if declared and not written:
        documents.append(_service_level(bundle))
    documents += [_declared(bundle, kind) for kind in declared]
    if not documents:
        return ""
    missing = [FILE_OF[ROBOT_KINDS[n]] for n in ROBOT_KINDS if ROBOT_KINDS[n] in kinds and n not in {*written, *lost}]
    head = _head(f"{collection.slug}/{bundle.name}", bundle.manifests, bundle.left_out, declared, missing)
    text = "\n".join(head) + "\n" + "---\n".join(documents)
    text = text.replace(gap(KNOWN_MARKS["repo_url"], ""), quote(collection.git_url)[1:-1])
    return text.replace(gap(KNOWN_MARKS["ref"], ""), gap(REF, quote(ref)[1:-1]))


def is_left(variable: Variable) -> bool:
    """Return whether the configuration leaves an optional variable out: it has no default, or one that names variables
    of Robot's, or is a credential, which is not shown.
    """
    default = variable.default
    return not variable.required and (variable.sensitive or default is None or bool(_VARIABLE.search(default)))


def _head(
    name: str, manifests: Sequence[Manifest], left: Sequence[LeftOut], declared: Sequence[Kind], missing: Sequence[str]
) -> list[str]:
    """Return the comment at the top: the origin of the resources, and what is missing.

    Args:
        name: The bundle's id.
        manifests: The resources of templates.
        left: Templates that could not be read.
        declared: The kinds of files whose resources are made from their declarations.
        missing: Files that no template runs.
    """
    lines = []
    if manifests:
        lines.append(f"{name}, {CARRIED} (read as text, not rendered).")
        if any(one.variant for one in manifests):
            lines.append(
                "Each variant is a document of its own: apply the one whose condition holds. repo_url and ref are set, "
                "to the catalogue's."
            )
    if declared:
        files = " and ".join(FILE_OF[kind] for kind in declared)
        why = (
            "No template of its CodeCollection writes them" if not left else "Its templates could not be read for them"
        )
        lines.append(f"{name}: made from the defaults of {files}. {why}.")
    lines.append("What stands in <…> is to be filled in.")
    lines += [f"Left out of {one.template}: {one.reason}." for one in left]
    if manifests:
        lines += [f"No template runs {file}, so nothing here does." for file in missing]
    return [f"# {comment(line)}" for line in lines]


def _carried(manifest: Manifest) -> str:
    origin = f"{manifest.kind} of {manifest.template}{', ' if manifest.variant else ''}{manifest.variant}"
    notes = "".join(f"# {comment(line)}\n" for line in (origin, *manifest.notes))
    return notes + manifest.text


def _service_level(bundle: Bundle) -> str:
    return (
        f'{_API}kind: ServiceLevelX\nmetadata:\n  name: "{_NAME}"\nspec:\n  alias: {quote(bundle.title)}\n'
        f'  asMeasuredBy: "{gap("w:what it is measured by", "<what it is measured by>")}"\n'
        f'  statement: "{gap("w:what should hold", "<what should hold>")}"\n  owners:\n    - "{_OWNER}"\n'
    )


def _declared(bundle: Bundle, kind: Kind) -> str:
    """Return the resource that runs a robot file, made from the file's declarations."""
    resource = next(name for name, own in ROBOT_KINDS.items() if own == kind)
    path = f"codebundles/{bundle.name}/{FILE_OF[kind]}"
    if kind == "monitor":
        run = f'  displayUnitsLong: OK\n  displayUnitsShort: ok\n  locations:\n    - "{_PLACE}"\n'
        run += f"  description: {quote(bundle.title)}\n  intervalStrategy: intermezzo\n"
        run += f"  intervalSeconds: {gap('interval', '300')}\n"
    else:
        run = f'  location: "{_PLACE}"\n'
    return (
        f'{_API}kind: {resource}\nmetadata:\n  name: "{_NAME}"\nspec:\n{run}  codeBundle:\n'
        f'    repoUrl: "{gap(KNOWN_MARKS["repo_url"], "")}"\n    ref: "{gap(KNOWN_MARKS["ref"], "")}"\n'
        f"    pathToRobot: {string(path)}\n"
        + _provided("configProvided", kind, bundle.user_variables)
        + _provided("secretsProvided", kind, bundle.secrets)
    )


def _provided(title: str, kind: Kind, items: Iterable[Variable | Secret]) -> str:
    field, letter = PROVIDED[title]
    lines = []
    for one in items:
        if kind not in one.used_by or not (one.required if isinstance(one, Secret) else not is_left(one)):
            continue
        filled = one.default or "" if isinstance(one, Variable) and not one.required else f"<{one.name}>"
        value = gap(f"{letter}:{one.name}", quote(filled)[1:-1])
        lines.append(f'    - name: {string(one.name)}\n      {field}: "{value}"')
    more = f"+{letter}:{kind}"
    return f"  {title}:\n" + "\n".join(lines) + f"{gap(more, '')}\n" if lines else f"  {title}: {gap(more, '[]')}\n"
