"""What templates are rendered with: everything is escaped, nothing is undefined."""

import json
import re

import pytest
from jinja2 import UndefinedError

from build.site.templates import data_block, environment, usable


def test_all_of_a_hundred_percent_is_there() -> None:
    percent = vars(environment().get_template("_parts.html").module)["percent"]
    assert [re.sub("<.*?>", "", percent(part, 1_159)) for part in (0, 1_158, 1_159)] == ["0 %", "99 %", "100 %"]
    assert percent(0, 0) == "–"


def rendered(template: str, **values: object) -> str:
    return environment().from_string(template).render(**values)


def test_what_a_template_shows_is_escaped() -> None:
    assert rendered("<p title='{{ x }}'>{{ x }}</p>", x="<b>'&\"") == (
        "<p title='&lt;b&gt;&#39;&amp;&#34;'>&lt;b&gt;&#39;&amp;&#34;</p>"
    )


def test_a_value_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'titel' is undefined"):
        rendered("{{ titel }}")
    with pytest.raises(UndefinedError):
        rendered("{{ record.titel }}", record={"title": "x"})


@pytest.mark.parametrize("text", ["</script>", "<!-- -->", "&amp;", "`~`", "it's", "\u2028 é", "---"])
def test_a_data_block_holds_any_text_without_a_sign_of_markup(text: str) -> None:
    block = str(data_block({"text": [text]}))
    assert json.loads(block) == {"text": [text]}
    assert set(block) & set("<>&'`~-") == set()


def test_signs_that_no_file_can_hold_are_replaced_and_others_kept() -> None:
    assert usable("a\x00b\x1bc\ud800d\uffff") == "a\ufffdb\ufffdc\ufffdd\ufffd"
    assert usable("tab\t line\n return\r é 🙂") == "tab\t line\n return\r é 🙂"
