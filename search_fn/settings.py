"""The settings of the function, read from its environment once, when it starts."""

import logging
import os
import re
import sys
from collections import UserDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from search_fn.encoder.remote import RemoteEncoder
from search_fn.provider import Provider, ProviderMisconfiguredError
from search_fn.secrets import SecretUnavailableError, secret

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
PACKAGE = Path(__file__).resolve().parent.parent
GARBAGE = 10_000
"""Objects by which there have to be more before the collector looks for garbage among them. A search has a thousand,
none of which outlives it: with Python's own 700, the collector comes in the midst of most searches.
"""
_REPOSITORY = "[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}"
# Settings that may be references to secrets.
_KEYS = frozenset({"OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_EMBEDDING_API_KEY", "AZURE_OPENAI_AD_TOKEN"})


class SettingsError(ValueError):
    """A variable of the environment cannot be used; the message names it and says what to set."""


@dataclass(frozen=True)
class Settings:
    """The settings of one process.

    `index_uri` is any address that LanceDB reads; `encoder_folder` the folder of the encoder's file; `images_uri` the
    address of the image catalogue, "" where it is beside the index.

    `allowed_origins` may send more than GET from their pages, and `allowed_hosts` are the names by which the function
    may be called; "*" is any. With `tokens`, paths that begin with one of `protected` need one of them as a bearer
    token. `log` says whether requests are logged, `log_queries` whether with their queries. `public_url` is the address
    of the function for its OpenAPI description, and `site_url` that of the pages; "" where only the request says.

    Of the chat: the `provider` that words its answers, the characters of the catalogue that a question may send it, the
    tokens of an answer, and the seconds after which the answer comes without the provider; API Gateway ends a request
    after 29. `embeddings` encode queries for an index whose vectors a provider's model made.

    Of requests for CodeBundles: the repository whose issues they become; the token of the account that makes them, ""
    where nothing is submitted; `issues_off`, why not, if that is a mistake; the address of GitHub's interface; and how
    many are submitted an hour.
    """

    index_uri: str = "index_data"
    encoder_folder: Path = PACKAGE / "index_data"
    allowed_origins: tuple[str, ...] = ("*",)
    allowed_hosts: tuple[str, ...] = ("*",)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    protected: tuple[str, ...] = ("/",)
    log: bool = False
    log_queries: bool = False
    public_url: str = ""
    site_url: str = ""
    provider: Provider | None = None
    embeddings: RemoteEncoder | None = None
    chat_characters: int = 30_000
    chat_tokens: int = 2_000
    chat_seconds: int = 20
    issues_repository: str = "runwhen-contrib/codecollection-registry"
    issues_token: str = field(default="", repr=False)
    issues_off: str = ""
    issues_api: str = "https://api.github.com"
    issues_hourly: int = 10
    images_uri: str = ""

    @property
    def site_address(self) -> str:
        """Return the address of pages, records and the files beside them; "" where no setting names it."""
        return self.site_url or self.public_url

    @classmethod
    def from_environment(cls) -> "Settings":
        """Return the settings of the environment.

        INDEX_URI and IMAGES_URI, addresses; ALLOWED_ORIGINS, ALLOWED_HOSTS, API_TOKENS and PROTECTED_PATHS, lists
        separated by commas; LOG_QUERIES, 1 or nothing; PUBLIC_URL and REGISTRY_SITE_URL; the provider's names;
        CHAT_CHARACTERS, CHAT_TOKENS and CHAT_SECONDS; REGISTRY_REQUESTS_REPOSITORY, GITHUB_TOKEN, GITHUB_API_URL and
        REQUESTS_PER_HOUR, of which an invalid one turns off the submission of requests, and nothing else.

        Raises:
            SettingsError: One of CHAT_… is not a number.
            SecretUnavailableError: API_TOKENS or a provider's key names a secret that cannot be read.
        """
        uri, folder = os.environ.get("INDEX_URI") or cls.index_uri, cls.encoder_folder
        # An index on this machine has its encoder beside it; for one on object storage the package's own is read, never
        # one from there.
        if "://" not in uri:
            folder = PACKAGE / uri
            uri = str(folder)
        return cls(
            uri,
            folder,
            images_uri=_address(os.environ.get("IMAGES_URI", "")),
            # Any origin by default: the catalogue is public, and nothing here acts for the visitor of another page.
            allowed_origins=_listed(os.environ.get("ALLOWED_ORIGINS", "*")),
            allowed_hosts=_listed(os.environ.get("ALLOWED_HOSTS", "*").lower()),
            tokens=_listed(secret("API_TOKENS")),
            protected=_listed(os.environ.get("PROTECTED_PATHS", "/")),
            log=True,
            log_queries=os.environ.get("LOG_QUERIES") == "1",
            public_url=public_address(os.environ.get("PUBLIC_URL", "")),
            site_url=public_address(os.environ.get("REGISTRY_SITE_URL", "")),
            provider=_read_provider(Provider.from_environment),
            embeddings=_read_provider(RemoteEncoder.from_environment),
            chat_characters=_number("CHAT_CHARACTERS", cls.chat_characters),
            chat_tokens=_number("CHAT_TOKENS", cls.chat_tokens),
            chat_seconds=_number("CHAT_SECONDS", cls.chat_seconds),
            **_of_issues(),
        )

    @classmethod
    def at_start(cls) -> "Settings":
        """Return the settings of the environment, or end the process with one sentence on what is wrong there."""
        try:
            return cls.from_environment()
        except (SettingsError, SecretUnavailableError) as error:
            sys.exit(str(error))

    @classmethod
    def of_folder(cls, index: Path, *, chat: bool = False) -> "Settings":
        """Return the settings for an index on this machine, as the build and its commands need them: those of the
        provider of embeddings are read, with `chat` those of the chat's too, and nothing else of the environment. An
        invalid one is logged, and counts as not set.
        """
        return cls(
            str(index),
            index,
            provider=_read_provider(Provider.from_environment, tolerant=True) if chat else None,
            embeddings=_read_provider(RemoteEncoder.from_environment, tolerant=True),
        )


class _WithSecrets(UserDict[str, str]):
    """The environment, with references to secrets resolved when a key is read."""

    def __getitem__(self, name: str) -> str:
        return secret(name) if name in _KEYS else super().__getitem__(name)


def _read_provider(read: Callable[[Mapping[str, str]], _T | None], *, tolerant: bool = False) -> _T | None:
    try:
        return read(_WithSecrets(os.environ))
    except (ProviderMisconfiguredError, SecretUnavailableError) as error:
        if isinstance(error, SecretUnavailableError) and not tolerant:
            raise
        # The search by words works without a provider.
        _log.warning("Answers come without a model: %s", error)
        return None


def _of_issues() -> dict[str, Any]:
    """Return the fields of requests; an invalid variable turns off their submission, and is logged."""
    fields: dict[str, Any] = {}
    try:
        repository = os.environ.get("REGISTRY_REQUESTS_REPOSITORY")
        if repository and not re.fullmatch(_REPOSITORY, repository):
            raise SettingsError("REGISTRY_REQUESTS_REPOSITORY is not a repository of GitHub: set OWNER/NAME.")
        fields["issues_repository"] = repository or Settings.issues_repository
        api = (os.environ.get("GITHUB_API_URL") or Settings.issues_api).rstrip("/")
        if not api.startswith(("https://", "http://")):
            raise SettingsError(f"GITHUB_API_URL is not an address: set one such as {Settings.issues_api}.")
        fields["issues_api"] = api
        fields["issues_hourly"] = _number("REQUESTS_PER_HOUR", Settings.issues_hourly, least=0)
        fields["issues_token"] = secret("GITHUB_TOKEN")
    except (SettingsError, SecretUnavailableError) as error:
        _log.warning("Requests for CodeBundles are not submitted: %s", error)
        fields["issues_off"] = f"This registry cannot submit requests now: {error}"
    return fields


def _address(uri: str) -> str:
    return uri if not uri or "://" in uri else str(PACKAGE / uri)


def public_address(text: str) -> str:
    """Return an address without slashes at its end, "" for a text that is not an absolute one, such as "/"."""
    return text.rstrip("/") if text.startswith(("https://", "http://")) else ""


def _number(name: str, default: int, least: int = 1) -> int:
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise SettingsError(f"{name} is not a whole number from {least} on: set one, such as {default}.")
    return int(text)


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part for text in value.split(",") if (part := text.strip()))
