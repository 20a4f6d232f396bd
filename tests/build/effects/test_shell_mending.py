import subprocess

import pytest

from build.effects.shell_mending import dedent_here_documents, here_documents_as_strings, mend

SCRIPTS = {
    "documents beside each other": "cat - /dev/fd/3 <<A 3<<'B'\n1 \"x\" $HOME\nA\n2 'y' $HOME\nB\necho behind\n",
    "a command behind one": "cat <<A; echo behind\n1\n\n2\nA\necho after\n",
    "in the background": "cat <<A & wait\n1\nA\necho after\n",
    "nothing in it": "cat <<A; echo behind\nA\n",
    "with tabs": "cat <<-A; echo behind\n\t1\n\tA\necho after\n",
    "a text that looks like one": "echo 'cat <<A; x'\necho after\n",
    "none": "echo $((1 << 2)); echo after\n",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_the_shell_does_the_same_with_strings_for_documents(script: str) -> None:
    written = here_documents_as_strings(script.encode())
    run = [subprocess.run(["bash"], input=one, capture_output=True, check=True) for one in (script.encode(), written)]
    assert [one.stdout for one in run] == [run[0].stdout] * 2
    assert [one.stderr for one in run] == [b"", b""]
    assert written.count(b"\n") == script.count("\n"), "each command stays on its line"


def test_documents_with_tabs_are_the_same_without() -> None:
    script = b"cat <<-'A'\n\t\t$(x)\n\ty\n\tA\nif true; then\n\techo z\nfi\n"
    written = dedent_here_documents(script)
    assert b"<<'A'\n$(x)\ny\nA\n" in written
    assert b"\techo z" in written
    one, other = (subprocess.run(["bash"], input=text, capture_output=True, check=True) for text in (script, written))
    assert one.stdout == other.stdout == b"$(x)\ny\nz\n"
    assert dedent_here_documents(b"cat <<-A\n\tx\n") == b"cat <<-A\n\tx\n", "without an end it is none"


@pytest.mark.parametrize(
    "script",
    [
        b"exec 3<>file; echo a\n",
        b"for x in a b; { echo $x; }\n",
        b"f() { for x do echo $x; done; }\nf a\n",
        b'c="${repl:$i:1}"; echo a\n',
        b'echo "${a:+ (${b})}"\n',
    ],
)
def test_what_is_mended_is_still_a_script_of_as_many_lines(script: bytes) -> None:
    written = mend(script)
    assert written != script
    assert subprocess.run(["bash", "-n"], input=written, capture_output=True, check=False).stderr == b""
    assert written.count(b"\n") == script.count(b"\n")
