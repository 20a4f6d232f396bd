"""Bundles for which a model named alerts."""

from collections.abc import Mapping, Sequence

from build.catalogue.models import AiText, CodeBundleRecord
from build.model import Effect
from tests.support.catalogues import sound


def text_with(names: Sequence[str]) -> AiText:
    """Return what a model wrote, with these alerts."""
    return AiText(
        model="made-up", date="2026-03-09", description="", use_cases=(), questions=(), symptoms=(), aliases=(),
        alerts=tuple(names), errors=(), access_level="unknown", access_reason="", iam_requirements=(), tools={},
        limitations="",
    )  # fmt: skip


def records_for(
    names: Mapping[str, Sequence[str]], effects: Mapping[str, Effect] | None = None
) -> list[CodeBundleRecord]:
    """Return records by slug, each with its alerts; `effects` has the effect of those that do not only read."""
    first = sound().records[0]
    return [
        first.model_copy(
            update={
                "id": f"harbor/{slug}",
                "slug": slug,
                "ai": text_with(own),
                "effect": (effects or {}).get(slug, "reads"),
            }
        )
        for slug, own in names.items()
    ]
