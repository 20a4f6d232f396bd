"""Which tests stay together when several processes share them out."""

from pathlib import PurePosixPath

from xdist.scheduler import LoadScopeScheduling

# All tests of these folders look at one browser, or at one long run.
_TOGETHER = ("tests/browser", "tests/hostile")


class FolderScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Tests of a file in one process, those of some folders too.

    xdist's own marks for groups (`--dist loadgroup`) are lost with pytest 9.2: they are kept in an attribute that it no
    longer reads (pytest-dev/pytest-xdist#1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        path = PurePosixPath(nodeid.partition("::")[0])
        folder = path.parent.as_posix()
        return folder if folder in _TOGETHER else path.as_posix()
