"""What lists of skills say of a file is true of its bytes."""

import hashlib
import json

import yaml

from build.skills.skill import make_skill


def test_digest_size_and_head_are_those_of_the_file() -> None:
    skill = make_skill("c/a-name", {"name": "a-name", "description": "Ünïcödé “x”", "metadata": {"a": "b"}}, "# ä\n")
    raw = skill.text.encode()
    uri, entry, text = skill.row()
    found = json.loads(entry)
    assert (uri, text) == ("skill://c/a-name/SKILL.md", skill.text)
    (file,) = found["resources"]
    assert file == {"uri": uri, "digest": f"sha256:{hashlib.sha256(raw).hexdigest()}", "size": len(raw)}
    assert found["uri"] == uri
    _, head, body = skill.text.split("---\n")
    assert found["frontmatter"] == yaml.safe_load(head) == dict(skill.head)
    assert body == "\n# ä\n"
