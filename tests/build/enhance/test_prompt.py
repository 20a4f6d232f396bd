"""What of a bundle is sent to a model."""

import json
from typing import Any

from build.enhance import prompt
from build.model import CatalogueEntry
from tests.support.bundles import SOUND, parse, source
from tests.support.catalogues import entry

FILES: dict[str, str | bytes] = {"runbook.robot": SOUND, "README.md": "# A\n", "b.sh": "ls\n", "a.py": "print()\n"}


def made(files: dict[str, str | bytes]) -> tuple[CatalogueEntry, dict[str, Any]]:
    given = source(files)
    shown = entry(parse(files), files=given.files)
    material = prompt.material(shown, {file.oid: file.content or b"" for file in given.files})
    return shown, json.loads(material.message.removeprefix("<data>\n").removesuffix("\n</data>"))


def test_robot_files_come_first_and_files_that_start_with_a_dot_not_at_all() -> None:
    shown, sent = made({**FILES, ".test/x.sh": "rm\n", "data.json": "{}", "SKILL-TEMPLATE.md": "---\n---\n"})
    assert [file["path"] for file in sent["files"]] == [
        "runbook.robot", "README.md", "SKILL-TEMPLATE.md", "a.py", "b.sh",
    ]  # fmt: skip
    assert (sent["id"], sent["tools"]) == (shown.id, [{"name": "Look", "kind": "runbook"}])


def test_a_long_bundle_is_cut_to_the_budget_and_says_so() -> None:
    scripts = {f"s{number}.sh": "x" * 30_000 for number in range(9)}
    _, sent = made({"runbook.robot": SOUND + "#" * 60_000, "README.md": "r" * 900, **scripts, "short.sh": "ls\n"})
    lengths = {file["path"]: len(file["text"]) for file in sent["files"]}
    budget = prompt.INPUT_TOKENS * prompt.CHARACTERS_PER_TOKEN
    assert budget - 20 <= sum(lengths.values()) <= budget
    assert (lengths["README.md"], lengths["short.sh"]) == (900, 3)
    assert min(lengths[name] for name in scripts) > 2_000
    cut = {file["path"]: file["cut"] for file in sent["files"]}
    assert (cut["README.md"], cut["short.sh"]) == (None, None)
    assert cut["s0.sh"] == f"the first {lengths['s0.sh']} of 30000 characters"


def test_the_key_of_the_content_is_of_the_files_that_are_sent() -> None:
    def key(files: dict[str, str | bytes]) -> str:
        # As git names them: by content.
        given = [f.model_copy(update={"oid": str(hash(f.content))}) for f in source(files).files]
        return prompt.content_of(entry(parse(FILES), files=tuple(given)))

    assert key(FILES) == key({**FILES, "data.json": "1"}) == key(dict(reversed(FILES.items())))
    assert key(FILES) != key({**FILES, "b.sh": "ls -l\n"})
    assert key(FILES) != key({**FILES, "c.sh": "ls\n"})
    assert key(FILES) != key({**{k: v for k, v in FILES.items() if k != "b.sh"}, "c.sh": "ls\n"})


def test_bytes_that_are_no_text_are_sent_as_text() -> None:
    _, sent = made({**FILES, "b.sh": b"\xff\xfe \x1b[31m \xe2\x80\xaels\r\n"})
    assert sent["files"][-1]["text"] == "\ufffd\ufffd  [31m ls\n"
