"""A bundle's record with what others say of it: the source wins over a model, people over both.

A model's guess of an access level stays in `ai`: agents act on levels.
"""

from build.catalogue.record import Record
from build.config.overrides import Override
from build.enhance.answer import Answer, Enhancement
from build.platforms import main_platform

# Fields of `ai` that people may write; for the lists there is an `ai` without a model, too.
_LISTS = ("questions", "symptoms", "aliases")
_NOTHING = Answer(
    description="", use_cases=(), questions=(), symptoms=(), aliases=(), access_level="unknown", access_reason="",
    iam_requirements=(), tools=(), limitations="",
)  # fmt: skip


def enriched(full: Record, kept: Enhancement | None, override: Override | None) -> Record:
    """The record with `ai` and all that follows from it; `overridden` names the fields that people wrote."""
    own = override.model_dump(exclude_none=True) if override else {}
    ai = None
    if kept:
        ai = _ai(kept.answer, kept.model, kept.date)
    elif own.keys() & {*_LISTS, "iam_requirements"}:
        ai = _ai(_NOTHING, None, None)
    if ai:
        ai |= {name: own[name] for name in ("description", *_LISTS) if name in own}
        if "iam_requirements" in own:
            ai["iam_requirements"] = [
                {"platform": None, "requirement": requirement, "evidence": None}
                for requirement in own["iam_requirements"]
            ]
    found = {
        **full,
        "ai": ai,
        "ai_enhanced_description": own.get("description") or (ai["description"] if ai else None) or None,
        "minimum_iam_requirements": [need["requirement"] for need in ai["iam_requirements"]] if ai else [],
        "overridden": sorted(own),
    }
    if "description" in own:
        found["description"] = own["description"]
    if "platforms" in own:
        main = main_platform("", own["platforms"], tuple(own["platforms"]))
        found |= {"platforms": own["platforms"], "platform": main}
    if "access_level" in own:
        found |= {
            "access_level": own["access_level"],
            "access_level_source": "override",
            "access_level_claimed": None,
        }
    return found


def _ai(answer: Answer, model: str | None, date: str | None) -> Record:
    said = answer.model_dump(mode="json")
    tools = {tool.pop("name"): tool for tool in said["tools"]}
    return {"model": model, "date": date, **said, "tools": tools}
