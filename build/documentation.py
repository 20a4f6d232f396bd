"""Pages of documentation as frozen values."""

from build.model import Value

OWN = "registry"
"""The category of the registry's own documentation, beside those of sources.yaml."""


class Section(Value):
    """A part of a documentation page; `anchor` is its place there."""

    heading: str = ""
    anchor: str = ""
    text: str


class DocumentationPage(Value):
    """A page of sources.yaml, or a question with its answer, which has no `url`. A `stale` page could not be read in
    this run.
    """

    category: str
    slug: str
    name: str
    url: str | None
    description: str
    topics: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    stale: bool = False

    @property
    def id(self) -> str:
        return f"{self.category}/{self.slug}"
