"""Display names of the codes in bundles and rules."""

import tomllib
from pathlib import Path

LABELS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
