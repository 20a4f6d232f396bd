"""LanceDB without its REST client, which nothing here uses: import it through this module, first.

More than half of `import lancedb` is a generated REST client (lance_namespace_urllib3_client, some 500 models) for
remote namespaces. Empty modules in its place bring a cold start from 0.9 s to 0.4 s. Below Python 3.12, a seventh of
the rest is `overrides`, which compares the signatures of lancedb's methods; above, lancedb does without, as here.
Where lancedb was imported before this module, it stays whole; the tests run both ways. Should an upgrade of lancedb use
what is left out, the first import or call fails with an AttributeError or TypeError at a class of `lance_namespace`:
remove the finder below to see whether it is the cause.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType


class _Placeholder(ModuleType):
    """A module whose every name is a new class: enough for annotations and `except` clauses."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        base: type = Exception if name.endswith("Error") else object
        placeholder = type(name, (base,), {"__module__": self.__name__})
        setattr(self, name, placeholder)
        return placeholder


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """An importer that answers for the generated client's packages with placeholders."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] not in ("lance_namespace", "lance_namespace_urllib3_client"):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _Placeholder(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


if "lancedb" not in sys.modules:
    sys.meta_path.insert(0, _Finder())
    # The two names of `overrides` that lancedb uses, without the comparison of signatures that costs the time.
    unchecked = ModuleType("overrides")
    vars(unchecked).update(EnforceOverrides=object, override=lambda method: method)
    sys.modules.setdefault("overrides", unchecked)

# The finder has to be in place before lancedb is imported.
import lancedb  # noqa: E402

__all__ = ["lancedb"]
