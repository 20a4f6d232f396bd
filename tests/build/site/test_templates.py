"""What templates are rendered with: everything is escaped, nothing is undefined."""

import re

from build.site.templates import environment


def test_all_of_a_hundred_percent_is_there() -> None:
    percent = vars(environment().get_template("_parts.html").module)["percent"]
    assert [re.sub("<.*?>", "", percent(part, 1_159)) for part in (0, 1_158, 1_159)] == ["0 %", "99 %", "100 %"]
    assert percent(0, 0) == "–"
