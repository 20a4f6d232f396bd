"""What the function reads from its environment, once, when it starts."""

import os
from dataclasses import dataclass
from pathlib import Path

from search_fn.secret import secret

PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """`index_uri`: any address that LanceDB reads; `encoder_folder`: where the encoder's file lies.

    `allowed_origins` may send more than GET from their pages, and `allowed_hosts` are the names that this may be
    called by; "*" is any. With `tokens`, paths that begin with one of `protected` want one of them as a bearer. `log`
    says whether requests are logged, `log_queries` whether with what they ask.
    """

    index_uri: str = "index_data"
    encoder_folder: Path = PACKAGE / "index_data"
    allowed_origins: tuple[str, ...] = ("*",)
    allowed_hosts: tuple[str, ...] = ("*",)
    tokens: tuple[str, ...] = ()
    protected: tuple[str, ...] = ("/",)
    log: bool = False
    log_queries: bool = False

    @classmethod
    def from_environment(cls) -> "Settings":
        """INDEX_URI, ALLOWED_ORIGINS, ALLOWED_HOSTS, API_TOKENS (or a reference to them), PROTECTED_PATHS (lists,
        separated by commas) and LOG_QUERIES (1 or nothing).

        Raises:
            SecretUnavailable: API_TOKENS names a secret that cannot be read.
        """
        uri = os.environ.get("INDEX_URI") or "index_data"
        if "://" not in uri:
            uri = str(PACKAGE / uri)
        return cls(
            index_uri=uri,
            encoder_folder=_encoder_folder(uri),
            # A public catalogue: nothing here is secret or acts for the visitor whose browser asks.
            allowed_origins=_listed(os.environ.get("ALLOWED_ORIGINS", "*")),
            allowed_hosts=_listed(os.environ.get("ALLOWED_HOSTS", "*").lower()),
            tokens=_listed(secret("API_TOKENS")),
            protected=_listed(os.environ.get("PROTECTED_PATHS", "/")),
            log=True,
            log_queries=os.environ.get("LOG_QUERIES") == "1",
        )


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part for text in value.split(",") if (part := text.strip()))


def _encoder_folder(uri: str) -> Path:
    # An index on this machine has its encoder beside it; for one elsewhere the package's own is read, never a remote
    # one.
    return PACKAGE / "index_data" if "://" in uri else Path(uri)
