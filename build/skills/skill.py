"""A skill as it is published: its file, and what lists of skills say of it."""

from typing import NamedTuple

from build.skills.front_matter import FrontMatter, front_matter
from build.storage import canonical, digest_of
from search_fn.index.facts import SkillRow

FILE = "SKILL.md"


class Skill(NamedTuple):
    """A skill in a folder of its own. `path` is the folder's below `skill://`, whose last part is the name."""

    path: str
    head: FrontMatter
    text: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def uri(self) -> str:
        """Return the address of the skill's file in the Model Context Protocol."""
        return f"skill://{self.path}/{FILE}"

    @property
    def digest(self) -> str:
        """Return the sha256 of the file's bytes, as the site and the function write it."""
        return f"sha256:{digest_of(self.text)}"

    def row(self) -> SkillRow:
        """Return what the index has of it: https://modelcontextprotocol.io/extensions/skills."""
        file = {"uri": self.uri, "digest": self.digest, "size": len(self.text.encode())}
        entry = {"uri": self.uri, "frontmatter": self.head, "resources": [file]}
        return SkillRow(self.uri, canonical(entry), self.text)


def make_skill(path: str, head: FrontMatter, body: str) -> Skill:
    """Return the skill of this head and body."""
    return Skill(path, head, f"{front_matter(head)}\n{body}")
