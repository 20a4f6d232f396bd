"""Merge a bundle's record with a model's answer and people's overrides: the source wins over the model, people over
both.

A model's guesses of access level and permissions stay in `ai`, since agents act on levels, and people on permissions.
"""

from build.catalogue.models import AiPermission, AiText, AiTool, CodeBundleRecord
from build.config.overrides import Override
from build.enhance.answer import Answer, Enhancement
from build.model import Deprecation
from build.platforms import main_platform

# Fields of `ai` that people may write, also where there is no model.
_LISTS = ("questions", "symptoms", "aliases", "alerts", "errors")
_EMPTY = Answer(
    description="", use_cases=(), questions=(), symptoms=(), aliases=(), alerts=(), errors=(),
    access_level="unknown", access_reason="", iam_requirements=(), tools=(), limitations="",
)  # fmt: skip


def enrich(record: CodeBundleRecord, stored: Enhancement | None, override: Override | None) -> CodeBundleRecord:
    """Return a record with a model's answer and an override applied.

    Args:
        record: The record as the source has it.
        stored: The model's answer.
        override: What people decided; the fields that they wrote are in `overridden`.
    """
    override = override or Override()
    own = override.model_dump(exclude_none=True)
    ai = _ai_text(stored, override)
    changes: dict[str, object] = {
        "ai": ai,
        "ai_enhanced_description": override.description or (ai.description if ai else None) or None,
        "overridden": tuple(sorted(own)),
    }
    if override.description is not None:
        changes["description"] = override.description
    if override.platforms is not None:
        platforms = tuple(override.platforms)
        changes |= {"platforms": platforms, "platform": main_platform("", platforms, platforms)}
    if override.iam_requirements is not None:
        changes["minimum_iam_requirements"] = tuple(override.iam_requirements)
    if override.access_level is not None:
        changes |= {
            "access_level": override.access_level,
            "access_level_source": "override",
            "access_level_claimed": None,
        }
    if override.deprecated is not None:
        note = override.deprecated
        changes["deprecated"] = Deprecation(**dict(note), source="override") if note else None
    return record.model_copy(update=changes)


def _ai_text(stored: Enhancement | None, override: Override) -> AiText | None:
    own = override.model_dump(exclude_none=True)
    if not stored and not own.keys() & {*_LISTS, "iam_requirements"}:
        return None
    answer = stored.answer if stored else _EMPTY
    permissions = tuple(
        AiPermission(platform=need.platform, requirement=need.requirement, evidence=need.evidence)
        for need in answer.iam_requirements
    )
    if override.iam_requirements is not None:
        permissions = tuple(
            AiPermission(platform=None, requirement=requirement, evidence=None)
            for requirement in override.iam_requirements
        )
    return AiText(
        model=stored.model if stored else None,
        date=stored.date if stored else None,
        description=own.get("description", answer.description),
        use_cases=answer.use_cases,
        questions=tuple(own.get("questions", answer.questions)),
        symptoms=tuple(own.get("symptoms", answer.symptoms)),
        aliases=tuple(own.get("aliases", answer.aliases)),
        alerts=tuple(own.get("alerts", answer.alerts)),
        errors=tuple(own.get("errors", answer.errors)),
        access_level=answer.access_level,
        access_reason=answer.access_reason,
        iam_requirements=permissions,
        tools={
            tool.name: AiTool(purpose=tool.purpose, function=tool.function, requirements=tool.requirements)
            for tool in answer.tools
        },
        limitations=answer.limitations,
    )
