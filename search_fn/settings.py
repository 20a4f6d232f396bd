"""What the function reads from its environment, once, when it starts."""

import os
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """`index_uri`: any address that LanceDB reads; `encoder_folder`: where the encoder's file lies."""

    index_uri: str = "index_data"
    encoder_folder: Path = PACKAGE / "index_data"
    allowed_origins: tuple[str, ...] = ("*",)

    @classmethod
    def from_environment(cls) -> "Settings":
        """INDEX_URI and ALLOWED_ORIGINS (separated by commas)."""
        uri = os.environ.get("INDEX_URI") or "index_data"
        if "://" not in uri:
            uri = str(PACKAGE / uri)
        origins = tuple(o.strip() for o in os.environ.get("ALLOWED_ORIGINS", "*").split(",") if o.strip())
        return cls(index_uri=uri, encoder_folder=_encoder_folder(uri), allowed_origins=origins)


def _encoder_folder(uri: str) -> Path:
    # An index on this machine has its encoder beside it; for one elsewhere the package's own is read, never a remote
    # one.
    return PACKAGE / "index_data" if "://" in uri else Path(uri)
