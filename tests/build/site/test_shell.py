"""That a page in its shell is what the theme's template makes of it alone."""

from pathlib import Path
from typing import Any

import pytest
from mkdocs.commands.build import get_context
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.structure.pages import Page

from build.site.mkdocs import CONFIGURATION
from build.site.shell import Shell

PAGES: dict[str, dict[str, Any]] = {
    "codebundles/harbor/pod-bearing/index.md": {
        "title": "A &lt;b&gt; \\1 {{ it }}", "description": "Two  words", "script": "bundle highlight",
        "data": "api/v1/collections/harbor/codebundles/pod-bearing.json", "feed": "feeds/harbor/pod-bearing",
        "connect": "https://function.example",
    },
    "codebundles/harbor/other/index.md": {"title": "B", "description": "C", "data": "codebundles/d.json"},
    "codebundles/page/2/index.md": {"title": "B", "description": "C"},
    "collections/harbor/index.md": {"title": "H", "description": "C", "feed": "feeds/collections/harbor"},
    "collections/quay/index.md": {"title": "Q &amp; A", "description": "C", "feed": "feeds/collections/quay"},
    "tags/a tag/index.md": {"title": "T", "description": "C", "script": "list"},
}  # fmt: skip


@pytest.mark.parametrize("site_url", ["", "https://registry.example/sub/", "https://registry.example"])
def test_a_page_in_its_shell_is_what_the_template_makes_of_it(tmp_path: Path, site_url: str) -> None:
    (tmp_path / "docs").mkdir()
    config = load_config(
        str(CONFIGURATION),
        docs_dir=str(tmp_path / "docs"),
        site_dir=str(tmp_path / "site"),
        site_url=site_url,
        plugins=[],
    )
    config.nav = [{"Skill Templates": "codebundles/index.md"}, {"Docs": "docs/index.md"}]
    files = Files(
        [File(path, str(tmp_path), str(tmp_path), True) for path in ("codebundles/index.md", "docs/index.md")]
    )
    nav = get_navigation(files, config)
    env = config.theme.get_env()
    env.filters["split"] = str.split
    shell = Shell(env, config, nav)
    for path, meta in PAGES.items():
        file = File(path, None, str(tmp_path), use_directory_urls=True)
        content = f"<article>\n{path} \\2 {{{{ it }}}}</article>"
        made = shell.around(file, meta, content)
        assert made == rendered(config, nav, file, meta, content), path
        assert content in made


def rendered(config: MkDocsConfig, nav: Navigation, file: File, meta: dict[str, Any], content: str) -> str:
    page = Page(None, file, config)
    page.meta, page.content = meta, content
    env = config.theme.get_env()
    env.filters["split"] = str.split
    context: Any = get_context(nav, [], config, page)
    return env.get_template("page.html").render(context)
