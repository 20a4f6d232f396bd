"""Compare a site's releases with plain git: `python tests/bench/releases.py SITE SLUG=REPOSITORY …`.

For every tag of each collection: the bundles that came and went, how many files of each changed, and each variable that
came or went. Exit status 1: something differs.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from build.releases.models import Release
from tests.support.versioned import Difference, PlainGit, compare_with_git

_ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull}


def releases_of(site: Path, slug: str) -> list[Release]:
    """Return what the site tells of a collection's tags, and of what is not released."""
    folder = site / "api" / "v1" / "collections" / slug
    listed = json.loads((folder / "releases.json").read_text(encoding="utf-8"))
    files = [folder / "releases" / f"{one['tag']}.json" for one in listed["releases"]]
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return [Release.model_validate({name: one[name] for name in Release.model_fields}) for one in found]


def compare(site: Path, slug: str, repository: Path) -> list[Difference]:
    """Print the figures of a collection and return what differs."""

    def run(*arguments: str) -> str:
        command = ["git", f"--git-dir={repository}", *arguments]
        return subprocess.run(command, env=_ENVIRONMENT, capture_output=True, check=True).stdout.decode(
            "utf-8", "replace"
        )

    git, releases = PlainGit(run), releases_of(site, slug)
    commits = {one.tag: one.commit for one in releases}
    counts, wrong = 0, []
    for one in releases:
        count, differences = compare_with_git(git, one, commits[one.before] if one.before else None)
        counts += count
        wrong += differences
    print(f"{slug}: {len(releases)} tags, {counts} variables came or went, {len(wrong)} differences")
    return wrong


def main(site: Path, collections: list[str]) -> int:
    """Print what differs and return the exit status."""
    wrong = []
    for one in collections:
        slug, _, repository = one.partition("=")
        wrong += compare(site, slug, Path(repository))
    for difference in wrong:
        print(difference)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
