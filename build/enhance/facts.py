"""Drop the parts of a model's answer that the bundle's code contradicts, wherever the answer is shown."""

import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from build.enhance.answer import Answer, Permission, ToolText
from build.model import Bundle, Effect

_READING = {"get", "list", "watch"}
_AWS_READING = re.compile(
    r"(?:Batch)?(?:Describe|Get|List|Head|Lookup|Query|Scan|Search|Select|View|Check|Filter|Simulate|Estimate|Validate"
    r"|Detect|Preview|Receive)|Assume|StartQuery"
)
# Names of roles that allow more than reading.
_WRITING_ROLE = re.compile(r"(?:owner|contributor|editor|admin|administrator|operator|writer)\b", re.IGNORECASE)
# Phrases by which a sentence claims that nothing is changed. "read-only file system" and the like are no such claim.
_ONLY_READS = re.compile(
    r"\bread[- ]only\b(?! (?:file ?systems?|replicas?|roots?|volumes?|mounts?|databases?|disks?|instances?|nodes?)\b)"
    r"|\bonly (?:reads|looks|observes)\b|\bno changes (?:are|is|to)\b|\bmakes? no changes?\b"
    r"|\b(?:does not|doesn't|do not|don't|never|without) (?:modif(?:y|ies|ying)|chang(?:e|es|ing)|alter(?:s|ing)?) "
    r"(?:any|anything|resources|(?:the )?(?:cluster|environment|account|system|state|target|resources?))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9`])")
# Characters of a dropped sentence that are shown, and reasons at most.
_SHOWN, _MOST = 120, 12


def drop_contradicted(answer: Answer, bundle: Bundle) -> tuple[Answer, list[str]]:
    """Return the parts of an answer that the code does not contradict, and a reason for each part that is dropped."""
    dropped: dict[str, None] = {}

    def accept_unless(wrong: bool, reason: str) -> bool:
        """Return whether a part is accepted; record the reason where it is not."""
        if wrong:
            dropped[f"left out: {reason}"] = None
        return not wrong

    level, known = answer.access_level, bundle.access_level
    agrees = accept_unless("unknown" not in (level, known) and level != known, f"the source says {known}, not {level}")
    effects = {tool.name: tool.effect for tool in bundle.tools}

    def text(value: str, effect: Effect) -> str:
        if effect != "changes" or not _ONLY_READS.search(value):
            return value
        sentences = _SENTENCE.split(value)
        what = "its code changes things, and the model says that it does not: {!r}"
        return " ".join(
            one for one in sentences if accept_unless(bool(_ONLY_READS.search(one)), what.format(one[:_SHOWN]))
        )

    def texts(values: Iterable[str]) -> tuple[str, ...]:
        return tuple(filter(None, (text(value, bundle.effect) for value in values)))

    def tool(claim: ToolText) -> ToolText:
        effect = effects.get(claim.name, bundle.effect)
        return claim.model_copy(
            update={"purpose": text(claim.purpose, effect), "function": text(claim.function, effect)}
        )

    is_contradicted = _permission_check(bundle)
    accepted = answer.model_copy(
        update={
            "description": text(answer.description, bundle.effect),
            "use_cases": texts(answer.use_cases),
            "limitations": text(answer.limitations, bundle.effect),
            "access_level": level if agrees else "unknown",
            "access_reason": text(answer.access_reason, bundle.effect) if agrees else "",
            "iam_requirements": tuple(
                need
                for need in answer.iam_requirements
                if accept_unless(is_contradicted(need), f"its code shows no need of {need.requirement!r}")
            ),
            "tools": tuple(map(tool, answer.tools)),
        }
    )
    return accepted, list(dropped)[:_MOST]


def _permission_check(bundle: Bundle) -> Callable[[Permission], bool]:
    """Return a function that returns whether the code contradicts a permission: one that allows changes and that no
    command needs. Where a tool's effect is unclear, any permission may be needed; permissions to read are never
    contradicted, since the code does not show all reads.
    """
    if not bundle.tools or any(tool.effect == "unclear" for tool in bundle.tools):
        return lambda need: False
    known: dict[str, list[str]] = {}
    for permission in bundle.permissions:
        known.setdefault(permission.platform, []).append(permission.permission)

    def contradicted(need: Permission) -> bool:
        if need.platform == "Kubernetes":
            resource, _, verb = need.requirement.rpartition(":")
            plain = resource.partition(".")[0]
            needed = any(
                one.partition(" ")[0] == verb or verb == "*"
                for one in known.get("Kubernetes", ())
                if one.partition(" ")[0] not in _READING
                and plain in ("*", re.sub(r"\.[^/]*", "", one.partition(" ")[2]))
            )
            return verb not in _READING and not needed
        if need.platform == "AWS":
            service, _, action = need.requirement.partition(":")
            needed = any(
                fnmatchcase(one, f"{service}:{action}") and not _AWS_READING.match(one.partition(":")[2])
                for one in known.get("AWS", ())
            )
            return not _AWS_READING.match(action) and not needed
        return bundle.effect == "reads" and bool(_WRITING_ROLE.search(need.requirement))

    return contradicted
