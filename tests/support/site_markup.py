"""Whether pages are valid HTML: the Nu checker, which needs Java."""

import json
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

JAR = "build/dist/vnu.jar"
# Two of the theme's own elements, which no template of ours can change: autocomplete on the checkboxes that open its
# menu, and an empty tabindex on labels of the documentation's navigation.
_THEME = (("Attribute “autocomplete” is only allowed when the input type is", 'class="md-toggle"'),
          ("Bad value “” for attribute “tabindex” on element “label”", 'class="md-nav__link'))  # fmt: skip


def invalid(jar: Path, places: Iterable[Path]) -> list[str]:
    """Return what the checker in `jar` says of these files and folders, each complaint once with how often it is
    made.
    """
    if not shutil.which("java"):
        pytest.skip("needs Java")
    command = ["java", "-Xss8m", "-jar", str(jar), "--format", "json", "--errors-only", "--skip-non-html"]
    command += ["--stdout", "--exit-zero-always"]
    done = subprocess.run([*command, *map(str, places)], capture_output=True, encoding="utf-8", check=True)
    told = [
        one for one in json.loads(done.stdout)["messages"] if not _is_themes(one["message"], one.get("extract", ""))
    ]
    counts = Counter(one["message"] for one in told)
    first = {one["message"]: one for one in reversed(told)}
    return [
        f"{one['url']}:{one.get('lastLine')}: {message} ({counts[message]} times)" for message, one in first.items()
    ]


def _is_themes(message: str, extract: str) -> bool:
    return any(message.startswith(start) and mark in extract for start, mark in _THEME)
