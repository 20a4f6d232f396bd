"""Bundles that mean harm or are broken, by theme: the twenty kinds of them that a catalogue of strangers' files meets.

Whatever of them becomes markup, a program, a line of a log or a key that can be read is seen by its MARK.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from build.untrusted.nesting import MAX_DEPTH, MAX_OPEN_BRACKETS
from tests.support.bundles import SETTINGS, SOUND, task

# In every payload, and nowhere else: as an element, an attribute, an id, a host, a function.
MARK = "xmark"
# What stands in a file of this machine that repositories point at. It is nowhere in what is published.
DISK_WORD = "xdiskword"
MARKUP = (
    f"\"'><{MARK} id={MARK} on{MARK}=a><script>alert('{MARK}')</script><img src=//{MARK}.example/a onerror=alert(1)>"
)
RULES = ".runwhen/generation-rules/"
RULE_HEAD = "spec:\n  generationRules:\n"


class Hostile(NamedTuple):
    """The files of a bundle, and the code of the problem that tells of it; None where all of it is mere text."""

    files: Mapping[str | bytes, str | bytes]
    code: str | None = None


def sound_bundles() -> dict[str, dict[str, str]]:
    """Return three that nothing is wrong with."""
    rule = (
        RULE_HEAD
        + "    - resourceTypes: [deployment]\n      matchRules: [{type: pattern, pattern: oil, properties: [name]}]\n"
        "      slxs: [{baseName: oil, outputItems: [{type: slx}]}]\n"
    )
    monitor = SOUND.replace("Look", "Watch") + "    RW.Core.Push Metric    1    sub_name=beam\n"
    return {
        "sound-one": {
            "runbook.robot": SOUND.replace("A Bundle", "Lantern Oil Level"),
            "sli.robot": monitor,
            "README.md": "# Lantern oil\n\nHow much oil the lantern has left, and who fills it up.\n",
            RULES + "oil.yaml": rule,
            "fill.sh": "echo full\n",
        },
        "sound_two": {"runbook.robot": SOUND.replace("A Bundle", "Fog Horn"), "README.md": "# Fog horn\n"},
        "sound.three": {"sli.robot": monitor, "README.md": "# Tide\n"},
    }


def key(place: str) -> str:
    """Return a made-up key with the shape of a real one, another for each place; no scanner finds one in this file."""
    digest = hashlib.sha256(place.encode()).hexdigest()
    return "gh" + "p_" + (digest + digest.upper())[20:56]


def executed(trap: Path) -> dict[str, Hostile]:
    """Return a bundle that leaves a file in `trap` if any of it runs; the same modules lie there as if checked out."""
    touch = f"open(r'{trap}/executed', 'a')"
    evil: Mapping[str | bytes, str | bytes] = {"evil.py": f"{touch}\n", f"{MARK}_trap.py": f"{touch}\n"}
    body = SOUND
    calls = task(
        f"Evaluate    {touch}",
        f"Run    touch {trap}/executed",
        f"Log    ${{{{ {touch} }}}}",
        f"Import Library    {trap}/evil.py",
        f"Import User Variable    A    default=${{{{ {touch} }}}}",
    )
    libraries = (
        f"Library    {trap}/evil.py\nLibrary    {MARK}_trap\nLibrary    evil.py    WITH NAME    x\n"
        f"Resource    {trap}/secret.robot\nResource    ../../../../../etc/passwd\nResource    http://{MARK}.example/a\n"
        f"Variables    {trap}/evil.py\nVariables    evil.py\nSuite Setup    Evaluate    {touch}\n"
    )
    return {
        "run-language-path": Hostile(
            {
                "runbook.robot": f"Language: {trap}/evil.py\n{body}",
                "sli.robot": f"language:{trap}/evil.py\n{body}",
                **evil,
            },
            "robot-says",
        ),
        "run-language-module": Hostile(
            {
                "runbook.robot": f"Language: {MARK}_trap\n{body}",
                "sli.robot": f"LANGUAGE:   {MARK}_trap   # x\n{body}",
                **evil,
            },
            "robot-says",
        ),
        "run-language-pipes": Hostile(
            {
                "runbook.robot": f"| Language: evil.py |\n{body}",
                "sli.robot": f"Language: evil.py\nLanguage: evil\n{body}",
                **evil,
            },
            "robot-says",
        ),
        "run-libraries": Hostile({"runbook.robot": f"*** Settings ***\n{libraries}{calls}", **evil}, "no-metadata"),
        "run-cycle": Hostile({"runbook.robot": f"*** Settings ***\nResource    runbook.robot\n{body}"}),
        "run-nothing-german": Hostile(
            {"runbook.robot": f"Language: German\n{body.replace('*** Tasks ***', '*** Aufgaben ***')}"}
        ),
        "read-path": Hostile({"runbook.robot": f"{trap}/secret.robot", "sli.robot": "/etc/passwd"}, "no-tasks"),
        "template-language": Hostile(
            {
                "runbook.robot": SETTINGS.replace("A Bundle", "{{ 1237*7919 }}").replace(
                    "What the bundle is for.",
                    "{{ cycler.__init__.__globals__.os.system('touch "
                    + f"{trap}/executed"
                    + "') }} {% include '/etc/passwd' %}",
                )
                + task(
                    "[Documentation]    ${1237*7919} {{ config }} <%= 1237*7919 %> #{1237*7919}", "Log    x"
                ).replace("Look", "{{ 1237*7919 }} {% raw %}"),
                "README.md": '{{ 1237*7919 }}\n\n{% include "/etc/passwd" %}\n\n--8<-- "/etc/passwd"\n\n[TOC]\n',
                RULES + "r.yaml": RULE_HEAD + "{% for x in y %}\n    - resourceTypes: [{{ x }}]\n{% endfor %}\n",
                ".runwhen/templates/t.yaml": "{{ cycler.__init__ }}\n",
                ".runwhen/templates/u.yaml": "apiVersion: runwhen.com/v1\nkind: Runbook\nspec:\n"
                '  location: "{{ 1237*7919 }}"\n'
                "  description: \"{% include '/etc/passwd' %}</pre><script>\\nkind: X\"\n"
                "  codeBundle: {ref: \"{{ cycler.__init__.__globals__.os.system('touch "
                + f"{trap}/executed"
                + "') }}\"}\n",
            },
            "rules-not-read",
        ),
    }


def encodings() -> dict[str, Hostile]:
    """Return bytes that are no text, and text that ends its lines where nobody sees it."""
    separators = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\r"
    injected = "".join(
        f"{mark}*** Tasks ***{mark}Injected by {ord(mark)}{mark}    Log    x{mark}" for mark in separators
    )
    return {
        "encoding-latin": Hostile({"runbook.robot": SOUND.replace("Looks", "Café").encode("latin-1")}, "not-utf8"),
        "encoding-utf16": Hostile(
            {"runbook.robot": SOUND.encode("utf-16"), "README.md": "# x".encode("utf-16")}, "not-utf8"
        ),
        "encoding-nul": Hostile({"runbook.robot": SOUND.replace("Looks", "Lo\0oks\0")}, "control-characters"),
        "encoding-surrogates": Hostile(
            {
                "runbook.robot": SOUND.replace("Looks", "L\ud800oks\udfff").encode("utf-8", "surrogatepass"),
                RULES + "r.yaml": 'spec:\n  generationRules:\n    - resourceTypes: ["\\ud800", "a\\udfffb"]\n',
            },
            "not-utf8",
        ),
        "encoding-overlong": Hostile(
            {"runbook.robot": SOUND, "README.md": b"\xc0\xbcscript\xc0\xbe \xf5\x80\x80\x80"}, "not-utf8"
        ),
        "line-separators": Hostile({"runbook.robot": SOUND.replace("here", f"here{injected}")}, "control-characters"),
    }


def sizes() -> dict[str, Hostile]:
    """Return bundles with too much of everything, in every direction."""
    nested = task(*(f"{'    ' * level}IF    1" for level in range(900)))
    words = "restart pod oil lantern " * 20
    return {
        "size-over-the-limit": Hostile({"runbook.robot": SOUND + "#" * 2_000_000, "sli.robot": SOUND}, "file-refused"),
        "size-just-below-the-limit": Hostile({"runbook.robot": SOUND + "#" * 1_999_000}),
        "size-fields": Hostile(
            {
                "runbook.robot": SETTINGS.replace("A Bundle", "n" * 100_000)
                + task(
                    "[Tags]" + "".join(f"    t{n}" for n in range(20_000)),
                    "Import Secret    a    description=" + "d" * 500_000,
                )
            },
            "too-long",
        ),
        "size-tasks": Hostile(
            {"runbook.robot": "*** Tasks ***\n" + "".join(f"T{n}\n    K\n" for n in range(1_000))}, "too-long"
        ),
        "size-readme": Hostile({"runbook.robot": SOUND, "README.md": "# Words\n\n" + words * 4_000}, "too-long"),
        "size-readme-brackets": Hostile(
            {"runbook.robot": SOUND, "README.md": "[![](" * (MAX_OPEN_BRACKETS + 1)}, "markdown-not-rendered"
        ),
        "size-documentation-quotes": Hostile(
            {"runbook.robot": SOUND.replace("Looks.", "> " * (MAX_DEPTH + 1) + "x")}, "markdown-not-rendered"
        ),
        "nested-blocks": Hostile({"runbook.robot": nested, "sli.robot": SOUND}, "not-parsed"),
        "nested-yaml": Hostile(
            {"runbook.robot": SOUND, RULES + "r.yaml": "[" * 10_000, RULES + "s.yaml": "{a: " * 10_000},
            "rules-not-read",
        ),
        "lie-stuffing": Hostile(
            {
                "runbook.robot": SETTINGS.replace("A Bundle", "Oil " * 70) + task("[Documentation]    " + words),
                "README.md": words * 99,
            }
        ),
    }


def yaml() -> dict[str, Hostile]:
    """Rule files that explode, run, repeat or are of other types than they should."""

    def rules(**files: str) -> dict[str | bytes, str | bytes]:
        return {"runbook.robot": SOUND, **{f"{RULES}{name}.yaml": text for name, text in files.items()}}

    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 3))
    merges = "".join(f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}], k{n}: 1}}\n" for n in range(1, 3))
    system = f"!!python/object/apply:os.system ['touch {MARK}']"
    head = RULE_HEAD
    return {
        "yaml-bomb": Hostile(
            rules(a=f"l0: &l0 [x]\n{levels}", b=f"m0: &m0 {{a: 1}}\n{merges}", c="a: &a [*a]\n"), "rules-not-read"
        ),
        "yaml-tags": Hostile(
            rules(
                a=system,
                b=f"{head}    - resourceTypes: {system}\n",
                c="!!binary x: !!set {a}\n",
                d="!!int ''\n",
                e="!!timestamp x\n",
            ),
            "rules-not-read",
        ),
        "yaml-numbers": Hostile(
            rules(a=f"a: {'9' * 5_000}\n", b="a: 1" + ":30" * 5_000, c="a: .nan\nb: -.inf\nc: 1e999999\n"),
            "rules-not-read",
        ),
        "yaml-types": Hostile(
            rules(
                a=f"{head}    - resourceTypes: pod\n      matchRules: no\n      slxs: 12:30:00\n  platform: [a]\n",
                b=f"{head}    - NO\n    - 2001-01-01\n    - null\n    - [a]\n    - {{[a]: b}}\n",
                c="spec:\n\tgenerationRules: []\n",
                d="a: 1\n---\nb: 2\n",
                e="spec: {generationRules: {a: b}}\n",
                f="- a\n",
                g="",
                h="# no\n",
            ),
            "rules-odd",
        ),
        "yaml-duplicates": Hostile(
            rules(a=f"{head}    - {{resourceTypes: [a], resourceTypes: [b]}}\n"), "rules-not-read"
        ),
        "yaml-names": Hostile(
            {
                "runbook.robot": SOUND,
                RULES + "a b .yaml": head + "    - {resourceTypes: [a]}\n",
                RULES + "none": "{",
                RULES + "d/e.yaml": "{",
            },
            "rules-not-read",
        ),
        "yaml-skill": Hostile(
            {
                "runbook.robot": SOUND,
                "SKILL-TEMPLATE.md": f"---\naccess: read-only\nname: {system}\n---\n",
                "meta.yaml": levels,
            },
            "skill-not-read",
        ),
    }


def markup() -> dict[str, Hostile]:
    """Return text that wants to be part of a page: in every field, in Markdown, in names of files."""
    m = MARKUP
    everywhere = (
        f"*** Settings ***\nDocumentation    {m}\nMetadata    Author    {m}\nMetadata    Display Name    A {m}\n"
        f"Metadata    Supports    {m},Kubernetes\nForce Tags    {m}    data:{m}    access:read-only\n"
        f"*** Tasks ***\n{m} ${{{m}}} `${{A}}`\n    [Documentation]    {m}\n    ...    </div></article>--><!-- {m}\n"
        f"    [Tags]    {m}\n    Import User Variable    A{m}    type={m}    description={m}    pattern={m}\n"
        f"    ...    example={m}    enum=[{m},b]    default={m}\n"
        f"    Import Secret    {m}    description={m}\n    Import Service    {m}\n    Import Platform Variable    {m}\n"
        f"    Log    ${{A{m}}}\n    RW.Core.Push Metric    1    sub_name={m}\n"
    )
    rule = f"""\
spec:
  platform: {m!r}
  generationRules:
    - resourceTypes: [{m!r}]
      matchRules:
        - {{type: pattern, pattern: {m!r}, properties: [{m!r}], mode: {m!r}, resourceType: {m!r}}}
        - {{type: {m!r}}}
      slxs:
        - {{baseName: {m!r}, qualifiers: [{m!r}], levelOfDetail: {m!r}, outputItems: [{{type: {m!r}}}]}}
"""
    rule = rule.replace(repr(m), '"' + m.replace('"', '\\"') + '"')
    markdown = f"""\
# {m} {{: onclick=alert(1) id={MARK} }}

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,<script>alert(1)</script>) [d](vbscript:x "{m}")
[e](//{MARK}.example/x) [f](\\\\{MARK}.example) [g](&#106;avascript:alert(1))
[h](java\tscript:alert(1)) [i](<javascript:alert(1)>)
[j]: javascript:alert(1) "{m}"
[j] ![x](https://{MARK}.example/pixel.png) ![y](javascript:alert(1)) ![z](data:image/svg+xml,<svg/onload=alert(1)>)
<javascript:alert(1)> <https://{MARK}.example/"onclick=alert(1)> [up](../../../../../../etc/passwd) [abs](/etc/passwd)

<{MARK}>raw</{MARK}><iframe src=//{MARK}.example></iframe><style>*{{display:none}}</style>
<base href=//{MARK}.example><meta http-equiv=refresh content=0>
<svg><script>alert(1)</script></svg><math><a xlink:href=javascript:alert(1)>x</a></math><details open ontoggle=alert(1)>

```{m}
</code></pre>{m}
```
```js {{ onclick=alert(1) .{MARK} #{MARK} hl_lines="1" }}
x
```
| {m} | b |
|---|:-:|
| {m}\\| | `a|b` |

<!-- {m} --> <![CDATA[ {m} ]]> <?php {m} ?> <!DOCTYPE {MARK}>

## runbook
## tools
## __drawer
[to tools](#tools) ~~{m}~~ [^1]: {m}

=== "{m}"
!!! danger "{m}"
    {m}
??? note
&lt;{MARK}&gt; &#60;script&#62;alert(1)&#60;/script&#62;
"""
    # Tags that stay, with all that must not; and ends of what stands around them.
    kept = f"""\
<p align="center" id={MARK} class={MARK} style="x" on{MARK}="a" onclick=alert(1)>{m}</p>

</p></div></section></article></main></body></html> </div></article>

<details open ontoggle=alert(1) name={MARK}><summary id="{MARK}" onfocus=alert(1) tabindex=1 autofocus>x</summary>

<a href="javascript:alert(1)" name="{MARK}">a</a> <a href=" java
script:alert(1)">b</a> <a href="&#106;avascript:alert(1)">c</a> <a href='//{MARK}.example'>d</a>
<a href="https://{MARK}.example/&quot;onclick=alert(1)" target=_blank ping=//{MARK}.example>e</a> <b onclick=alert(1)>f

<img src="https://{MARK}.example/pixel.png" onerror=alert(1)> <img src=javascript:alert(1)>
<img srcset="//{MARK}.example/a 1x"> <picture><source srcset="https://{MARK}.example/a">
<img src="data:image/svg+xml,<svg/onload=alert(1)>" alt="{MARK}"></picture>
<input type=image src=//{MARK}.example onerror=alert(1)> <form action=//{MARK}.example>
<button formaction=javascript:alert(1)>

<table background=//{MARK}.example><tr><td colspan=99999999 style=x>y</table></table>
<ol start=99999999999><li value=1>z</ol>
<!-- <{MARK}> --> <!--> <{MARK}> --> <!-- -- > <pre>{m}</pre> <kbd {m}> <q cite=javascript:alert(1)>

- [ ] {m}
- [x] <input class=task-list-item-checkbox type=text> [^1]

[^1]: {m} <section class="footnotes"><div class="markdown-alert">

> [!WARNING]
> {m} :{MARK}: :+1: www.{MARK}.example/<{MARK}> https://{MARK}.example/"onclick=alert(1)
"""
    hidden = "entityescape&#x202e;abc&#x200b;&ZeroWidthSpace;&#8232;&shy;&#xFEFF;&lrm;"
    return {
        "markup-everywhere": Hostile(
            {"runbook.robot": everywhere, "sli.robot": everywhere, "README.md": m, RULES + "r.yaml": rule}
        ),
        "markup-readme": Hostile({"runbook.robot": SOUND, "README.md": markdown}),
        "markup-html": Hostile({"runbook.robot": SOUND, "README.md": kept}),
        "markup-documentation": Hostile(
            {"runbook.robot": task("[Documentation]", *(f"...    {row}" for row in markdown.splitlines()), "Log    x")}
        ),
        "markup-entities": Hostile(
            {"runbook.robot": task(f"[Documentation]    {hidden}", "Log    x"), "README.md": hidden}
        ),
        "markup-front-matter": Hostile(
            {
                "runbook.robot": SETTINGS.replace("What", "---\n...    template: x.html\n...    ---\n...    # What")
                .replace("A Bundle", "--- title: [x]")
                + task("Log    x"),
                "README.md": f"---\ntitle: {MARK}\ntemplate: {MARK}.html\n---\n# x\n\n---\ntemplate: page.html\n---\n",
            }
        ),
        "markup-file-names": Hostile(
            {
                "runbook.robot": SOUND,
                f"<{MARK} onload=alert(1)>.sh": "", '"onclick=alert(1) x=".sh': "", "javascript:alert(1).sh": "",
                "a b?c#d%2e.sh": "",
                ".runwhen/templates/<script>alert(1)<script>.yaml": "", "::error::x.sh": "",
                "x/'><img src=x onerror=alert(1)>.py": "",
            }
        ),
        "markup-key-names": Hostile(
            {
                "runbook.robot": task(
                    "[Tags]    __proto__    constructor    data:__proto__    data:constructor",
                    *(f"Import User Variable    {name}    default=x" for name in ("__proto__", "__drawer")),
                )
            }
        ),
    }  # fmt: skip
