"""States of a bundle that are read one after the other say what each says alone."""

from collections.abc import Mapping, Sequence

import pytest

from build.effects.read import read_bundle
from build.effects.states import read_states
from build.fetch.history import utc
from build.model import Bundle, BundleSource, SourceFile
from build.parse.bundle import parse_bundle
from build.releases.facts import facts_of
from build.releases.reading import read_facts_of_states
from tests.support.versioned import suite

SCRIPT = "check() { kubectl $1 pods -n $NAMESPACE; }\nsource helper.sh\ncheck get\npython3 own.py\n"
RUNS = "Look\n    RW.CLI.Run Bash File    bash_file=check.sh"
BASE = {
    "runbook.robot": suite(RUNS),
    "sli.robot": suite(RUNS.replace("Look", "Measure")),
    "check.sh": SCRIPT,
    "helper.sh": "az vm list\n",
    "own.py": "import own_library\nown_library.look()\n",
}
LIBRARIES = {
    "libraries/own_library.py": "import deeper\ndef look():\n    deeper.run('get')\n",
    "libraries/deeper.py": "import subprocess\ndef run(verb):\n    subprocess.run(['kubectl', verb, 'pods'])\n",
}
DELETES = {**LIBRARIES, "libraries/deeper.py": LIBRARIES["libraries/deeper.py"].replace("verb,", "'delete',")}


def source(files: Mapping[str, str]) -> BundleSource:
    found = tuple(SourceFile(path=path, oid=str(hash(text)), content=text.encode()) for path, text in files.items())
    return BundleSource(name="a", tree=str(hash(found)), commit="c" * 40, commit_date=utc(0), files=found)


def library(files: Mapping[str, str]) -> list[SourceFile]:
    return [SourceFile(path=path, oid=str(hash(text)), content=text.encode()) for path, text in files.items()]


STATES = [
    (BASE, LIBRARIES),
    ({**BASE, "README.md": "# A"}, LIBRARIES),
    ({**BASE, "runbook.robot": suite(RUNS, "More")}, LIBRARIES),
    # What a script calls is another, and what is not called by any.
    ({**BASE, "helper.sh": "az vm delete --name x\n"}, LIBRARIES),
    ({**BASE, "other.sh": "rm -rf /var\n"}, LIBRARIES),
    # A module that a module of the library imports.
    (BASE, DELETES),
    ({**BASE, "check.sh": SCRIPT.replace("get", "delete")}, LIBRARIES),
    # A file that was missing, or is.
    ({path: text for path, text in BASE.items() if path != "helper.sh"}, LIBRARIES),
    ({path: text for path, text in BASE.items() if path != "own.py"}, LIBRARIES),
    (BASE, {}),
    ({**BASE, "own_library.py": "import os\nos.system('kubectl delete ns x')\n"}, LIBRARIES),
    (BASE, LIBRARIES),
]


def alone(files: Mapping[str, str], libraries: Mapping[str, str]) -> Bundle:
    return read_bundle(parse_bundle, "c", source(files), library(libraries))


@pytest.mark.parametrize("step", [1, -1, 5])
def test_together_they_are_what_they_are_alone(step: int) -> None:
    order = [STATES[place * step % len(STATES)] for place in range(len(STATES))]
    together = read_states(parse_bundle, "c", [(source(files), library(own), []) for files, own in order])
    assert together == [alone(*state) for state in order]
    # They are not all the same.
    assert len({str(bundle.permissions) for bundle in together}) >= 4


def test_what_the_parser_is_given_is_parsed_once() -> None:
    parsed: list[BundleSource] = []

    def parse(collection: str, one: BundleSource, shared: Sequence[SourceFile] = ()) -> Bundle:
        parsed.append(one)
        return parse_bundle(collection, one, shared)

    def read(*several: Mapping[str, str]) -> int:
        parsed.clear()
        read_states(parse, "c", [(source(files), library(LIBRARIES), []) for files in several])
        return len(parsed)

    script = {**BASE, "helper.sh": "az vm delete --name x\n"}
    assert read(BASE, script, BASE) == 1
    # A text that it reads, the name of a file, and what a robot file may import.
    assert read(BASE, {**BASE, "README.md": "# A"}, {**BASE, "README.md": "# B"}, {**BASE, "other.sh": "true"}) == 4
    assert read({**BASE, "a.resource": "*** Keywords ***"}, {**BASE, "a.resource": "*** Variables ***"}) == 2


def test_facts_come_in_the_order_asked_for() -> None:
    sources = [source(files) for files, _ in STATES[:3]]
    read = read_facts_of_states("c", sources, [library(LIBRARIES)] * 3, [[]] * 3, [("RW.CLI",)] * 3)
    assert read.facts[0] == facts_of(alone(*STATES[0]), ("RW.CLI",))
    assert [len(facts.tools) for facts in read.facts] == [2, 2, 3]
