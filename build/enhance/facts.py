"""What of a model's answer the code contradicts: it is left out wherever the answer is shown, the rest stands."""

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
# Roles by which more than reading is allowed.
_WRITING_ROLE = re.compile(r"(?:owner|contributor|editor|admin|administrator|operator|writer)\b", re.IGNORECASE)
# A sentence that says of a tool, or of all, that nothing is changed; of a file system or a replica it says nothing.
_ONLY_READS = re.compile(
    r"\bread[- ]only\b(?! (?:file ?systems?|replicas?|roots?|volumes?|mounts?|databases?|disks?|instances?|nodes?)\b)"
    r"|\bonly (?:reads|looks|observes)\b|\bno changes (?:are|is|to)\b|\bmakes? no changes?\b"
    r"|\b(?:does not|doesn't|do not|don't|never|without) (?:modif(?:y|ies|ying)|chang(?:e|es|ing)|alter(?:s|ing)?) "
    r"(?:any|anything|resources|(?:the )?(?:cluster|environment|account|system|state|target|resources?))\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9`])")
_SHOWN, _MOST = 120, 12


def agreeing(answer: Answer, bundle: Bundle) -> tuple[Answer, list[str]]:
    """Return what of an answer the code does not contradict, and a sentence for each part that is left out."""
    dropped: dict[str, None] = {}

    def stands(wrong: bool, said: str) -> bool:
        if wrong:
            dropped[f"left out: {said}"] = None
        return not wrong

    level, known = answer.access_level, bundle.access_level
    agrees = stands("unknown" not in (level, known) and level != known, f"the source says {known}, not {level}")
    effects = {tool.name: tool.effect for tool in bundle.tools}

    def text(value: str, effect: Effect) -> str:
        if effect != "changes" or not _ONLY_READS.search(value):
            return value
        sentences = _SENTENCE.split(value)
        what = "its code changes things, and the model says that it does not: {!r}"
        return " ".join(one for one in sentences if stands(bool(_ONLY_READS.search(one)), what.format(one[:_SHOWN])))

    def texts(values: Iterable[str]) -> tuple[str, ...]:
        return tuple(filter(None, (text(value, bundle.effect) for value in values)))

    def tool(said: ToolText) -> ToolText:
        effect = effects.get(said.name, bundle.effect)
        return said.model_copy(update={"purpose": text(said.purpose, effect), "function": text(said.function, effect)})

    needs = _contradicted(bundle)
    kept = answer.model_copy(
        update={
            "description": text(answer.description, bundle.effect),
            "use_cases": texts(answer.use_cases),
            "limitations": text(answer.limitations, bundle.effect),
            "access_level": level if agrees else "unknown",
            "access_reason": text(answer.access_reason, bundle.effect) if agrees else "",
            "iam_requirements": tuple(
                need
                for need in answer.iam_requirements
                if stands(needs(need), f"its code shows no need of {need.requirement!r}")
            ),
            "tools": tuple(map(tool, answer.tools)),
        }
    )
    return kept, list(dropped)[:_MOST]


def _contradicted(bundle: Bundle) -> Callable[[Permission], bool]:
    """Return whether the code contradicts a permission: one that allows changes, and that no command needs. Where a
    tool's code cannot be decided any may be needed; and of reading the code does not show everything.
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
