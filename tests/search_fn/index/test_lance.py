"""LanceDB without its client for remote namespaces, and whole where it was there before; each has its interpreter."""

import subprocess
import sys

from search_fn.settings import PACKAGE

# Writes a table and reads it.
USE = """
import sys, tempfile
with tempfile.TemporaryDirectory() as folder:
    table = lancedb.connect(folder).create_table("t", [{"a": 1}, {"a": 2}])
    print(table.to_arrow()["a"].to_pylist(), end=" ")
print(hasattr(sys.modules["lance_namespace"], "__file__"))
"""


def run(code: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=PACKAGE, capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def test_it_works_without_what_nobody_uses() -> None:
    assert run(f"from search_fn.index.lance import lancedb\n{USE}") == "[1, 2] False"


def test_where_it_was_imported_before_it_stays_whole() -> None:
    assert run(f"import lancedb\nfrom search_fn.index.lance import lancedb\n{USE}") == "[1, 2] True"
    code = "import lancedb, sys; before = sys.modules['lance_namespace']; import search_fn.index.lance as ours; "
    assert run(f"{code} print(sys.modules['lance_namespace'] is before, ours.lancedb is lancedb)") == "True True"


def test_a_placeholder_has_classes_and_errors_that_can_be_caught() -> None:
    code = (
        "import search_fn.index.lance, lance_namespace as n\n"
        "print(issubclass(n.AnyError, Exception), isinstance(n.Thing, type), n.Thing is n.Thing, hasattr(n, '__all__'))"
    )
    assert run(code) == "True True True False"
