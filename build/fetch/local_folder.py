"""A plain folder as a repository, so that samples and an author's working copy go the same way as a real collection."""

from pathlib import Path

from git import GitError

from build.fetch.git import FetchError, last_word
from build.fetch.git_command import CleanGit

_WHEN = "2026-01-01T00:00:00Z"


def commit_folder(folder: Path, target: Path, prefix: str = "") -> tuple[str, str]:
    """Commit the files of a folder, with a fixed author and date: equal files give the same commit on every machine.

    Args:
        folder: The folder, which is left as it is.
        target: A bare repository, which is made where there is none.
        prefix: The path of the files in the commit.

    Returns:
        The repository's path, and its branch.

    Raises:
        FetchError: Git cannot read the folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # Of a run that was killed: runs take turns at the cache, so nobody holds it now. Git does not check the index.
    for name in ("index", "index.lock"):
        (target / name).unlink(missing_ok=True)
    try:
        target.mkdir(exist_ok=True)
        git = CleanGit(target)
        git.init("--bare")
        git.update_environment(
            GIT_WORK_TREE=str(folder.resolve()),
            GIT_INDEX_FILE=str(target.resolve() / "index"),
            GIT_AUTHOR_NAME="CodeCollection Registry", GIT_AUTHOR_EMAIL="registry@localhost",
            GIT_COMMITTER_NAME="CodeCollection Registry", GIT_COMMITTER_EMAIL="registry@localhost",
            GIT_AUTHOR_DATE=_WHEN, GIT_COMMITTER_DATE=_WHEN,
        )  # fmt: skip
        git.add("--all", "--force", "--", ".")
        tree = git.write_tree()
        if prefix:
            git.read_tree("--empty")
            git.read_tree(f"--prefix={prefix}/", tree)
            tree = git.write_tree()
        commit = git.commit_tree(tree, "-m", "Files of a folder")
        git.update_ref("refs/heads/main", commit)
    except (GitError, OSError, ValueError) as error:
        raise FetchError(last_word(error)) from None
    # Absolute: git would look for a relative one below the mirror that fetches.
    return str(target.resolve()), "main"
