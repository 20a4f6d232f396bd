"""Files of keyword libraries that mean harm or are broken, beside one that is sound."""

from collections.abc import Mapping
from pathlib import Path

from tests.support.hostile_bundles import MARKUP


def libraries(trap: Path) -> Mapping[str | bytes, str | bytes]:
    """Return libraries that leave a file in `trap` if any of them runs."""
    touch = f"open(r'{trap}/executed', 'a')"
    texts = f"{MARKUP} {{{{ 1237*7919 }}}} \\u202e \\x1b[31m"
    return {
        "Sound.py": "class Sound:\n    ROBOT_LIBRARY_SCOPE = 'TEST'\n    def ring_bell(self, times: int = 1): 'R'\n",
        "Markup.py": (
            f'"""{texts}"""\nfrom robot.api.deco import keyword\n@keyword("""{texts}""")\ndef a(x="""{texts}"""):\n'
            f'    """{texts}\n    ``` ~~~ --> </pre></article>"""\n'
        ),
        "Runs.py": f"{touch}\n@{touch}.write\ndef a(x={touch}): {touch}\nROBOT_LIBRARY_SCOPE = 1\n",
        "Markup.resource": (
            f"Language: {trap}/evil.py\n*** Keywords ***\n{MARKUP}\n    [Documentation]    {MARKUP}\n    No\n"
        ),
        "Brackets.py": "x = " + "(" * 200_000,
        "Sums.py": f"ROBOT_LIBRARY_SCOPE = 1\ndef a(x={'1+' * 200_000}1): pass\n",
        "Odd.py": b"\xff\x00def a(): pass\n",
        "con.py": "ROBOT_LIBRARY_SCOPE = 1\ndef a(): pass\n",
        b"\x1b[31m.py": "ROBOT_LIBRARY_SCOPE = 1\ndef a(): pass\n",
        "Circle/__init__.py": "from .a import *\n",
        "Circle/a.py": "from . import *\nfrom .a import *\nROBOT_LIBRARY_SCOPE = 1\nclass A(A): pass\ndef go(): pass\n",
    }
