"""What getopts and loops over arguments are found to leave in a script's variables."""

import pytest

from tests.support.following import changing, script

_BY_LETTER = """act=show
while getopts ":n:a:fv" opt; do
  case "$opt" in
    n) name=$OPTARG ;;
    a) act=$OPTARG ;;
    f) act=delete ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
verb=${1:-$act}
case "$verb" in
  show) kubectl get pod "$name" ;;
  delete) kubectl delete pod "$name" ;;
esac
"""
_BY_HAND = """act=show
while [[ $# -gt 0 ]]; do
  case "$1" in
    --name|-n) name=$2; shift 2 ;;
    --delete) act=delete; shift ;;
    *) shift ;;
  esac
done
if [ "$act" = delete ]; then kubectl delete pod "$name"; else kubectl get pod "$name"; fi
"""


@pytest.mark.parametrize("arguments", ["-n web -f", "-nweb -a delete", "-vf -n web", "-n web -- delete", "-v delete"])
def test_the_options_of_getopts_choose_the_branch(arguments: str) -> None:
    assert changing(script("bash act.sh " + arguments, act__sh=_BY_LETTER)), arguments


@pytest.mark.parametrize("arguments", ["", "-n web", "-n delete", "-v -a show", "-n web -- show"])
def test_what_getopts_does_not_choose_is_not_run(arguments: str) -> None:
    assert not changing(script("bash act.sh " + arguments, act__sh=_BY_LETTER)), arguments


@pytest.mark.parametrize("arguments", ["--delete", "--name web --delete", "x y -n web --delete z", "-n $NAME --delete"])
def test_every_argument_of_a_loop_that_shifts_is_looked_at(arguments: str) -> None:
    assert changing(script("bash act.sh " + arguments, act__sh=_BY_HAND)), arguments


@pytest.mark.parametrize("arguments", ["", "--name web", "x y -n web", "-n --delete"])
def test_a_loop_that_shifts_sets_only_what_its_arguments_say(arguments: str) -> None:
    assert not changing(script("bash act.sh " + arguments, act__sh=_BY_HAND)), arguments
