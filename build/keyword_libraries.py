"""Keyword libraries as frozen values: a library, its keywords, and examples of calls."""

from build.model import Problem, Setting, Value

# In the place of a collection: of libraries and keywords that no collection defines, and only calls show.
CALLED = "called"


class Example(Value):
    """A call of a keyword in a bundle, on one line. `bundle` is the bundle's id."""

    bundle: str
    path: str
    line: int
    source_url: str
    call: str


class Keyword(Value):
    """A keyword of a library. `used_by` counts the catalogue's bundles that call it."""

    name: str
    arguments: tuple[str, ...] = ()
    documentation: str = ""
    tags: tuple[str, ...] = ()
    path: str
    line: int
    used_by: int = 0
    examples: tuple[Example, ...] = ()


class Library(Value):
    """Keywords that robot files import together, by `setting` and `import_name`; `name` is that as an address has it.
    `used_by` counts the catalogue's bundles that import it.
    """

    collection: str
    name: str
    setting: Setting
    import_name: str
    path: str
    line: int | None = None
    documentation: str = ""
    scope: str | None = None
    keywords: tuple[Keyword, ...]
    used_by: int = 0

    @property
    def id(self) -> str:
        return f"{self.collection}/{self.name}"


class CalledKeyword(Value):
    """A keyword that the catalogue knows by its calls alone: the names of arguments that these give, the most frequent
    first, how many there are, and in how many bundles. `documentation` is the registry's own, of RunWhen's keywords.
    """

    name: str
    documentation: str = ""
    arguments: tuple[str, ...] = ()
    calls: int
    used_by: int
    examples: tuple[Example, ...] = ()


class CalledLibrary(Value):
    """Keywords of a library that bundles import and no collection defines. `used_by` counts the bundles that do."""

    id: str
    import_name: str
    keywords: tuple[CalledKeyword, ...]
    used_by: int


class Libraries(Value):
    """The libraries of one collection, sorted by name, and the problems of their files."""

    libraries: tuple[Library, ...] = ()
    problems: tuple[Problem, ...] = ()
