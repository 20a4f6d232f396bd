"""What a configuration says of its version."""

import yaml

from build.catalogue.pinning import deprecation_comment, release_of, with_warning
from build.catalogue.record import record
from build.model import Bundle, Deprecation
from build.untrusted.yaml_text import strip_marks
from tests.support.catalogues import COMMIT, HOSTILE, entry
from tests.support.releases import releases_of


def test_the_release_that_has_it_is_pinned_else_the_commit() -> None:
    bundle = Bundle(name="a", has_runbook=True)
    assert COMMIT in strip_marks(record(entry(bundle)).configuration)
    assert "v2/1" in strip_marks(record(entry(bundle), release="v2/1").configuration)


def test_the_release_that_has_it_is_the_newest_unless_it_changed_since() -> None:
    own = releases_of("harbor/a")
    assert release_of(None, "harbor/a") is None
    assert release_of(own, "harbor/a") is None
    assert release_of(own, "harbor/b") == "2.0"
    assert release_of(own.model_copy(update={"releases": ()}), "harbor/b") is None


def test_what_is_deprecated_is_said_in_comments_that_no_text_ends() -> None:
    found = record(entry(Bundle(name="a")))
    assert deprecation_comment(found) == ""
    said = Deprecation(since=HOSTILE + "\nkind: X", instead="harbor/new", reason=HOSTILE + "\nkind: X", source="readme")
    text = deprecation_comment(found.model_copy(update={"deprecated": said}))
    assert yaml.safe_load(text) is None
    assert '# Instead of it: "harbor/new"\n' in text
    assert text.startswith("# harbor/a is deprecated since ")


def test_a_configuration_warns_behind_its_first_line() -> None:
    found = record(entry(Bundle(name="a", has_runbook=True, deprecated=Deprecation(source="readme"))))
    first, second, *_ = with_warning(found).configuration.splitlines()
    assert first == found.configuration.splitlines()[0]
    assert second == "# harbor/a is deprecated."
    assert with_warning(record(entry(Bundle(name="a", deprecated=Deprecation(source="readme"))))).configuration == ""
