"""The site's pages with Zensical, the theme's successor, in MkDocs' place: `nox -s zensical` runs this where only that
is installed. docs/decisions/0010-site.md says what differs.

Usage: python tests/zensical_alone.py PAGES (the folder that the build leaves in its cache)
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> str:
    """Build the folder and look for each page with its article; a sentence on what was found."""
    if len(arguments) != 1 or not (Path(arguments[0]) / "shell" / "index.md").is_file():
        sys.exit("Name the folder of generated pages, such as .demo/cache/docs, which `nox -s demo` makes.")
    with tempfile.TemporaryDirectory(prefix="registry-zensical-") as name:
        work = Path(name)
        # It takes its folders from the configuration alone.
        shutil.copy(ROOT / "mkdocs.yml", work)
        shutil.copytree(ROOT / "site_templates" / "theme", work / "site_templates" / "theme")
        pages = work / ".cache" / "docs"
        for part in ("shell", "pages"):
            shutil.copytree(Path(arguments[0]) / part, pages, dirs_exist_ok=True)
        built = subprocess.run(["zensical", "build"], cwd=work, check=False)
        sources = sorted(pages.rglob("*.md"))
        missing = [path.relative_to(pages).as_posix() for path in sources if not _is_made(path, pages, work / "site")]
    if built.returncode or missing:
        sys.exit(f"{len(missing)} of {len(sources)} pages did not come out, first: {(missing or ['none'])[0]}")
    return f"{len(sources)} pages, each with its article."


def _is_made(source: Path, pages: Path, site: Path) -> bool:
    """Whether its page is there with all of its article: a generated one as it was written."""
    path = site / source.relative_to(pages).with_suffix("")
    page = path.parent / "index.html" if path.name == "index" else path / "index.html"
    article = source.read_text(encoding="utf-8").partition("\n<!--")[2].removesuffix("-->\n") or "<article"
    return page.is_file() and article in page.read_text(encoding="utf-8")


if __name__ == "__main__":
    print(main(sys.argv[1:]))
