"""Which model provider a run has."""

import pytest

from build.enhance.provider import provider_of
from build.errors import UsageError


def test_a_key_names_a_provider_and_a_switch_turns_it_off() -> None:
    assert provider_of({}) is None
    found = provider_of({"OPENAI_API_KEY": "made-up", "AI_MODEL": "small"})
    assert found is not None
    assert (found.name, found.model) == ("openai", "small")
    for off in ("false", "0", " No "):
        assert provider_of({"OPENAI_API_KEY": "made-up", "AI_ENHANCEMENT_ENABLED": off}) is None


def test_half_a_provider_is_refused() -> None:
    with pytest.raises(UsageError, match="AZURE_OPENAI_ENDPOINT"):
        provider_of({"AI_SERVICE_PROVIDER": "azure-openai", "AZURE_OPENAI_API_KEY": "made-up"})
