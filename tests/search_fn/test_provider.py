"""Which client the environment makes, and where it sends its requests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from search_fn.provider import Provider, ProviderMisconfiguredError
from search_fn.settings import Settings
from tests.support.fake_provider import FakeProvider, fake_provider

AZURE = {
    "AI_SERVICE_PROVIDER": "azure-openai",
    "AZURE_OPENAI_API_KEY": "k",
    "AZURE_OPENAI_DEPLOYMENT_NAME": "our-deployment",
}


@pytest.fixture(scope="module")
def fake():
    with fake_provider() as found:
        yield found


def ask(provider: Provider | None) -> Any:
    assert provider
    request: dict[str, Any] = {"model": provider.model, "messages": [{"role": "user", "content": '{"sources": []}'}]}
    with provider.client(max_retries=0) as client:
        return client.chat.completions.create(**request)


def test_without_a_key_there_is_no_provider() -> None:
    assert Provider.from_environment({}) is None
    assert Provider.from_environment({"AI_SERVICE_PROVIDER": "openai", "AI_MODEL": "m", "OPENAI_API_KEY": ""}) is None
    assert Provider.from_environment({"AI_SERVICE_PROVIDER": "azure-openai", "AZURE_OPENAI_ENDPOINT": "x"}) is None


def test_half_a_provider_is_told_what_is_missing() -> None:
    for environment, missing in (
        ({"AI_SERVICE_PROVIDER": "gemini"}, "AI_SERVICE_PROVIDER"),
        (AZURE, "AZURE_OPENAI_ENDPOINT"),
        ({**AZURE, "AZURE_OPENAI_ENDPOINT": "x", "AZURE_OPENAI_DEPLOYMENT_NAME": ""}, "AZURE_OPENAI_DEPLOYMENT_NAME"),
    ):
        with pytest.raises(ProviderMisconfiguredError, match=missing):
            Provider.from_environment(environment)


def test_half_a_provider_is_logged_and_leaves_the_search_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in AZURE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT", raising=False)
    assert Settings.from_environment().provider is None
    assert "AZURE_OPENAI_ENDPOINT" in caplog.text


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT_SECONDS", "7")
    assert Settings.from_environment().chat_seconds == 7
    monkeypatch.setenv("CHAT_SECONDS", "soon")
    with pytest.raises(ValueError, match="CHAT_SECONDS is not a whole number"):
        Settings.from_environment()


def test_openai_and_what_speaks_like_it(fake: FakeProvider) -> None:
    fake.begin("not answered")
    environment = {"OPENAI_API_KEY": "k1", "OPENAI_BASE_URL": fake.address, "AI_MODEL": "m1"}
    ask(Provider.from_environment(environment))
    assert fake.paths == ["/canary-path/v1/chat/completions"]
    assert fake.headers[0]["authorization"] == "Bearer k1"
    assert fake.requests[0]["model"] == "m1"


def test_azures_classic_deployments(fake: FakeProvider) -> None:
    fake.begin("not answered")
    root = fake.address.removesuffix("/canary-path/v1")
    ask(Provider.from_environment({**AZURE, "AZURE_OPENAI_ENDPOINT": f"{root}/"}))
    ask(Provider.from_environment({**AZURE, "AZURE_OPENAI_ENDPOINT": root, "AZURE_OPENAI_API_VERSION": "2030-01-01"}))
    path = "/openai/deployments/our-deployment/chat/completions?api-version="
    assert fake.paths == [f"{path}2024-10-21", f"{path}2030-01-01"]
    assert fake.headers[0]["api-key"] == "k"


@pytest.mark.parametrize("ending", ["/openai/v1", "/openai/v1/"])
def test_azures_v1_address(fake: FakeProvider, ending: str) -> None:
    fake.begin("not answered")
    root = fake.address.removesuffix("/canary-path/v1")
    provider = Provider.from_environment({**AZURE, "AZURE_OPENAI_ENDPOINT": root + ending})
    ask(provider)
    assert provider
    assert (provider.name, fake.requests[0]["model"]) == ("azure-openai", "our-deployment")
    assert fake.paths == ["/openai/v1/chat/completions"]


def test_both_clients_are_of_one_provider(fake: FakeProvider) -> None:
    fake.begin("not answered")

    async def asked() -> None:
        async with Provider("openai", "m", "k", fake.address).async_client() as client:
            message: Any = {"role": "user", "content": '{"sources": []}'}
            await client.chat.completions.create(model="m", messages=[message])

    # In a thread of its own: it would take away the event loop that other tests leave in this one.
    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, asked()).result()
    ask(Provider("openai", "m", "k", fake.address))
    assert len(set(fake.paths)) == 1
    assert len(fake.paths) == 2


def test_a_key_is_not_shown() -> None:
    assert "secret-key" not in repr(Settings(provider=Provider("openai", "m", "secret-key")))
