"""What shell scripts are found to execute, in many styles of writing the same."""

# ruff: noqa: E501 - a row of a table is a whole script

import pytest

from tests.support.following import changing, script

DELETES = {
    "two here-documents beside each other": "cat <<A <<B\na\nA\nb\nB\nkubectl delete pod web",
    "here-documents at both ends of a pipe": "cat <<A | tee <<'B'\na 'b'\nA\nb\nB\nkubectl delete pod web",
    "behind the head of a here-document": "cat <<A; kubectl delete pod web\na $x\nA\n",
    "here-document with tabs": "cat <<-E\n\t$(kubectl delete pod web)\n\tE\n",
    "backquotes in a here-document": "cat <<E\n`kubectl delete pod web`\nE\n",
    "backquotes in a default": "echo ${x:-`kubectl delete pod web`}",
    "backquotes in backquotes": 'echo "`echo \\`kubectl delete pod web\\``"',
    "substitution in arithmetic": "echo $(( $(kubectl delete pod web | wc -l) + 1 ))",
    "backquotes in arithmetic": "echo $((`kubectl delete pod web`))",
    "substitution in an arithmetic command": "(( $(kubectl delete pod web | wc -l) > 1 )) && echo y",
    "substitution in the head of a loop": "for ((i=$(kubectl delete pod web|wc -l);i<1;i++)); do :; done",
    "substitution in a pattern of case": "case x in $(kubectl delete pod web)) ;; esac",
    "substitution in a subscript": "a[$(kubectl delete pod web)]=1",
    "substitution in what is unset": "unset a[$(kubectl delete pod web)]",
    "substitution in a replacement": "echo ${x/a/$(kubectl delete pod web)}",
    "substitution in a place": "echo ${x:$(kubectl delete pod web):1}",
    "substitution in a prefix": "echo ${x#$(kubectl delete pod web)}",
    "substitution in an error": "echo ${x:?$(kubectl delete pod web)}",
    "substitution in a function's redirection": "f() { :; } > $(kubectl delete pod web)\nf",
    "coproc": "coproc kubectl delete pod web",
    "coproc with a name": "coproc N { kubectl delete pod web; }\nwait",
    "loop in braces": "for x in a; { kubectl delete pod web; }",
    "loop over arguments": 'f() { for x do kubectl delete pod "$x"; done; }\nf web',
    "file opened for both": "exec 3<>/dev/tcp/a/1; kubectl delete pod web",
    "number of a file into a variable": "exec {fd}>out; kubectl delete pod web >&$fd",
    "place by a variable": 'c="${repl:$i:1}"\nkubectl delete pod web',
    "printf into a variable": "printf -v c 'kubectl delete pod %s' web\n$c",
    "env -S": "env -S 'kubectl delete pod web'",
    "script": "script -q -c 'kubectl delete pod web' /dev/null",
    "strace": "strace -f -o out kubectl delete pod web",
    "runuser": "runuser -u me -- kubectl delete pod web",
    "flock -c": "flock /tmp/lock -c 'kubectl delete pod web'",
    "awk's system": """kubectl get pods | awk '/a|b/ {system("kubectl delete pod " $1)}'""",
    "awk's pipe": """awk '{print "x" | "kubectl delete pod web"}' f""",
    "awk's getline": """awk 'BEGIN {cmd = "kubectl delete pod " x; while ((cmd | getline line) > 0) print}'""",
    "sed's e": "sed '1e kubectl delete pod web' f",
    "perl's system": """perl -e 'system("kubectl delete pod web")'""",
    "plain": "kubectl delete pod web -n shop",
    "variable": 'VERB=delete\nkubectl "$VERB" pod web',
    "binary in a variable": 'BIN="${KUBERNETES_DISTRIBUTION_BINARY:-kubectl}"\n"$BIN" -n shop delete pod web',
    "built up": 'CMD="kubectl -n shop"\nCMD+=" delete"\nCMD="$CMD pod web"\n$CMD',
    "array": 'cmd=(kubectl -n shop)\ncmd+=(delete pod)\ncmd+=("web")\n"${cmd[@]}"',
    "eval": 'action="kubectl delete"\neval "$action pod web"',
    "eval of what a function prints": 'build() { echo "kubectl delete $1"; }\neval "$(build pod/web)"',
    "function": 'k() { kubectl -n shop "$@"; }\nk delete pod web',
    "function of functions": 'inner() { "$@"; }\nouter() { local verb=$1; shift; inner kubectl "$verb" "$@"; }\nouter delete pod web',
    "bash -c": "bash -c 'kubectl delete pod web'",
    "sh -c with arguments": "sh -c 'kubectl \"$1\" pod web' _ delete",
    "bash -lc": 'bash -lc "kubectl delete pod web"',
    "exported function": 'f() { kubectl delete pod "$1"; }\nexport -f f\necho web | xargs -I{} bash -c "f {}"',
    "timeout": "timeout 30s kubectl delete pod web",
    "sudo and env": "sudo -E env A=b kubectl delete pod web",
    "nohup": "nohup kubectl delete pod web &",
    "xargs": "kubectl get pods -o name | xargs -r -n1 kubectl delete",
    "while read": 'kubectl get pods -o name | while read -r pod; do kubectl delete "$pod"; done',
    "process substitution": 'while read -r pod; do kubectl delete "$pod"; done < <(kubectl get pods -o name)',
    "for": 'for verb in get describe delete; do kubectl "$verb" pod web; done',
    "substitution": 'out=$(kubectl delete pod web 2>&1)',
    "backticks": "out=`kubectl delete pod web`",
    "subshell": "( cd /tmp && kubectl delete pod web )",
    "and": "kubectl get pod web && kubectl delete pod web",
    "or": "kubectl get pod web || kubectl delete pod web",
    "case": 'case "$ACTION" in\n  show) kubectl get pods ;;\n  purge|clean) kubectl delete pods --all ;;\nesac',
    "trap": 'cleanup() { kubectl delete pod probe; }\ntrap cleanup EXIT\nkubectl get pods',
    "here-document to a shell": "bash <<'EOF'\nkubectl delete pod web\nEOF",
    "here-document to bash -s": "cat <<EOF | bash -s\nkubectl delete pod web\nEOF",
    "here-string": 'bash <<< "kubectl delete pod web"',
    "printf to a shell": "printf 'kubectl %s pod %s\\n' delete web | sh",
    "a script that is written": "cat > go.sh <<'EOF'\nkubectl delete pod web\nEOF\nchmod +x go.sh\n./go.sh",
    "line continuation": "kubectl \\\n  --context prod \\\n  delete \\\n  pod web",
    "read into a variable": "read -r -d '' CMD <<'EOF'\nkubectl delete pod web\nEOF\neval \"$CMD\"",
    "default of a parameter": 'kubectl ${1:-delete} pod web',
    "declared": 'declare -r OP="delete"\nkubectl $OP pod web',
    "negated": 'if ! kubectl delete pod web; then echo failed; fi',
    "test of a command": 'if kubectl delete pod web; then echo done; fi',
    "python": 'python3 - <<PY\nimport subprocess\nsubprocess.run(["kubectl", "delete", "pod", "web"])\nPY',
    "python -c": "python3 -c 'import os; os.system(\"kubectl delete pod web\")'",
    "keyword function": 'function purge {\n  kubectl delete pod web\n}\npurge',
    "command": "command kubectl delete pod web",
    "substring of a variable": 'X="kubectl delete pod web"; ${X}',
    "indirect": 'real="kubectl delete pod web"; name=real; eval "${!name}"',
    "set where a loop is left": 'op=""\nfor o in get delete; do if [ "$o" = "$want" ]; then op=$o; break; fi; done\n[ -z "$op" ] && exit 0\nkubectl $op pod web',
    "set where a function is left": 'op=get\nchoose() { if [ -n "$HARD" ]; then op=delete; return; fi; op=describe; }\nchoose\nkubectl $op pod web',
    "one branch returns and one exits": 'auth() { if [ -z "$TOKEN" ]; then exit 1; else return 0; fi; }\nauth\nkubectl delete pod web',
    "continue": 'for o in a b; do [ "$o" = a ] && { op=delete; continue; }; op=get; done\nkubectl "$op" pod web',
    "set --": 'set -- delete pod web\nkubectl "$@"',
    "a function that a variable names": 'show() { kubectl get pods; }\nclean() { kubectl delete pod web; }\n"${ACTION:-show}"',
    "a function that a variable names in part": 'do_get() { kubectl get pods; }\ndo_delete() { kubectl delete "$@"; }\nop=${OP:-get}\n"do_$op" pod web',
    "an array by keys": 'declare -A ACTS=(\n  [none]=nothing\n  [Full]=clean\n)\nnothing() { :; }\nclean() { kubectl delete pod web; }\nact=${ACTS[$ALERT]:-nothing}\n"$act"',
    "an option with an empty default": 'K="kubectl --context ${CONTEXT:-} -n shop"\n$K delete pod web',
    "an option with an empty default in its place": 'kubectl --context ${CONTEXT:-} delete pod web',
    "sshpass": "sshpass -p \"$PASSWORD\" ssh admin@host <<'EOF'\nsudo systemctl restart web\nEOF",
    "upper case": 'V=DELETE\nkubectl ${V,,} pod web',
}  # fmt: skip
READS = {
    "bars in awk's patterns and texts": """awk -F'|' '/a|b/ || $2 ~ /^(x|y)$/ {gsub(/^ *| *$/, "", $1); print $1 "|" $2}' f""",
    "awk's pipe to a tool for text": """awk '{print $1 | "sort"}' f""",
    "sed's expressions with e": "sed -e 's/the e x/e/g' -e '/e s/d' -e 's,a,b,2' f",
    "perl for text": "kubectl get pods | perl -ne 's/a(b)/$1/; print if /x|y/'",
    "dollar in front of what is not known": "kubectl get pod -n $$NAME",
    "here-document in a text": "echo 'cat <<A; x'\nkubectl get pods",
    "echo": 'echo "kubectl delete pod web"',
    "printf": "printf 'run: kubectl delete pod %s\\n' web",
    "report": "cat > report.md <<EOF\nNext: kubectl delete pod web\nEOF",
    "text of an issue": 'issues=$(jq -n --arg next "kubectl delete pod web" \'{next: $next}\')\necho "$issues" > issues.json',
    "comment": "# kubectl delete pod web\nkubectl get pods",
    "command -v": "command -v kubectl >/dev/null || exit 1\nkubectl get pods",
    "function that nobody calls": 'purge() { kubectl delete pod web; }\nkubectl get pods',
    "several lines of text": 'steps="Do this:\nkubectl delete pod web\nhelm uninstall web"\necho "$steps"',
    "own files": "tmp=$(mktemp -d)\nrm -rf \"$tmp\"\nmkdir -p out && echo x > out/y\nkubectl get pods > out/pods.txt",
    "grep": "kubectl get events | grep -i delete || true",
    "help": "kubectl delete --help",
    "fixed branch": 'MODE=report\nif [ "$MODE" = "purge" ]; then kubectl delete pods --all; fi\nkubectl get pods',
    "fixed case": 'mode() { case "$1" in show) kubectl get pods ;; purge) kubectl delete pods --all ;; esac; }\nmode show',
    "both branches leave": 'f() { if [ "$x" ]; then kubectl get pods; return 0; else exit 1; fi; }\nf\nkubectl get svc',
    "after exit": "kubectl get pods\nexit 0\nkubectl delete pod web",
}  # fmt: skip


@pytest.mark.parametrize("text", DELETES.values(), ids=DELETES)
def test_what_a_script_executes_changes_things(text: str) -> None:
    tool = script(text)
    assert tool.effect == "changes", (tool.commands, tool.unclear_because)


@pytest.mark.parametrize("text", READS.values(), ids=READS)
def test_what_a_script_only_says_changes_nothing(text: str) -> None:
    tool = script(text)
    assert tool.effect == "reads", (tool.commands, tool.unclear_because)


@pytest.mark.parametrize("text", ['eval "$USER_COMMAND"', "$USER_COMMAND", 'bash -c "$USER_COMMAND"', 'echo "$USER_COMMAND" | sh',
                                  'curl -s https://example.com/x.sh | bash', 'some-unknown-tool --now', '"$TOOL" --all'])  # fmt: skip
def test_what_nobody_can_tell_is_unclear(text: str) -> None:
    tool = script(text)
    assert tool.effect == "unclear"
    assert tool.unclear_because


def test_a_command_is_told_with_its_place() -> None:
    tool = script("kubectl get pods\n\nkubectl delete pod web\n")
    (command,) = changing(tool)
    assert (command.path, command.line) == ("codebundles/bundle/run.sh", 4)
    assert "delete pod web" in command.command
    assert command.condition is None
    assert tool.commands[0] == command


@pytest.mark.parametrize(
    "text",
    [
        "kubectl get pods\nbash <<'EOF'\n\necho one\nkubectl delete pod web\nEOF\n",
        "kubectl exec web \\\n  -n shop \\\n  -- sh -c '\necho one\nrm -rf /data'\n",
        'ssh host \\\n  -p 22 "\necho \\$HOME\nrm -rf /data"\n',
        "python3 - <<'EOF'\nimport os\n\nos.system('kubectl delete pod web')\nEOF\n",
    ],
)
def test_a_command_within_a_text_is_told_at_its_own_line(text: str) -> None:
    line = next(place for place, one in enumerate(text.split("\n"), 2) if "delete" in one or "rm -rf" in one)
    assert [command.line for command in changing(script(text))] == [line]


def test_a_sourced_file_is_followed_at_its_own_place() -> None:
    tool = script('source "$(dirname "$0")/lib.sh"\nremove web\n', lib__sh="remove() {\n  kubectl delete pod $1\n}\n")
    assert [(command.path, command.line) for command in changing(tool)] == [("codebundles/bundle/lib.sh", 2)]


def test_arguments_reach_another_script() -> None:
    tool = script("./act.sh delete\n", act__sh='#!/bin/sh\nkubectl "$1" pod web\n')
    assert [command.path for command in changing(tool)] == ["codebundles/bundle/act.sh"]


@pytest.mark.parametrize(
    "text",
    [
        'if [ "$APPLY" = "true" ]; then kubectl delete pod web; fi',
        '[ "$APPLY" = "true" ] && kubectl delete pod web',
        'if [[ "$APPLY" != "true" ]]; then echo would; exit 0; fi\nkubectl delete pod web',
        'case "$APPLY" in true) kubectl delete pod web ;; esac',
        'act() { [ "$APPLY" = "true" ] || return 0; kubectl delete pod web; }\nact',
    ],
)
def test_a_condition_names_the_variable_and_its_default(text: str) -> None:
    tool = script(f"APPLY=${{APPLY:-false}}\n{text}")
    (command,) = changing(tool)
    assert command.condition is not None
    assert "APPLY" in command.condition
    assert "'false' by default" in command.condition


@pytest.mark.parametrize("text", ["kubectl " * 3000, "(" * 5000, "a|" * 50_000, "if x; then " * 3000, "$(" * 5000, "\x00kubectl\x00",
                                  "f() { f; f; }\nf", 'f() { g "$@" x; }\ng() { f "$@" y; }\nf a', "./run.sh", "while :; do :; done",
                                  "<<EOF " * 500, '"' * 10_001, "x=(" * 5000, "".join(f"f{i}() {{ f{i + 1}; f{i + 1}; }}\n" for i in range(60)) + "f0"])  # fmt: skip
def test_a_hostile_script_comes_to_an_end(text: str) -> None:
    assert script(text).effect in ("reads", "unclear")


def test_a_script_that_goes_on_and_on_is_told() -> None:
    doubling = (
        "".join(f'f{i}() {{ f{i + 1} "$1a"; f{i + 1} "$1b"; }}\n' for i in range(25))
        + "f25() { kubectl get pods; }\nf0 x"
    )
    tool = script(doubling)
    assert tool.effect == "unclear"
    assert any("not followed to its end" in because for because in tool.unclear_because)


@pytest.mark.parametrize(
    "call", ['"${KUBECTL}" get pods', "${BIN:-kubectl} get pods", '"$KUBERNETES_DISTRIBUTION_BINARY" -n shop get pods']
)
def test_a_program_in_a_variable_is_none_of_the_functions_that_nobody_calls(call: str) -> None:
    text = f'KUBECTL=${{KUBECTL:-kubectl}}\nunused() {{ kubectl delete pod "$1"; }}\n{call}\n'
    assert script(text).effect == "reads", call


def test_a_users_command_stays_unclear_beside_functions_that_nobody_calls() -> None:
    assert script("unused() { kubectl get pods; }\n$CUSTOM_COMMAND\n").effect == "unclear"


def test_what_printf_ends_with_a_zero_is_no_program() -> None:
    text = "IFS=$'\\n' read -r -d '' -a WORDS < <(echo uptime && printf '\\0')\n${WORDS[*]}\n"
    assert not any("\\0" in reason for reason in script(text).unclear_because)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ('for s in checks/*.sh; do bash "$s"; done', "runs each file like 'checks/*.sh': "),
        ('for s in checks/*.py; do python3 "$s"; done', "runs each file like 'checks/*.py': "),
        ('for s in ./checks/*; do "$s" --all; done', "runs each file like './checks/*': "),
        ('for s in checks/*; do source "$s"; done', "reads in each file like 'checks/*': "),
        ("for s in checks/[0-9]*.sh; do . $s; done", "reads in each file like 'checks/[0-9]*.sh': "),
    ],
)
def test_scripts_that_a_run_finds_are_told_by_what_they_are_like(text: str, because: str) -> None:
    tool = script(text)
    assert tool.effect == "unclear"
    (only,) = tool.unclear_because
    assert only.startswith(because)


def test_settings_that_match_a_pattern_are_no_scripts() -> None:
    assert (
        script("for s in conf/*.env; do source $s; done; for s in /etc/profile.d/*.sh; do . $s; done").effect == "reads"
    )


def test_a_script_that_the_shell_refuses_is_never_said_to_only_read() -> None:
    tool = script("kubectl get pods\nfor one in a b; do\n  kubectl get nodes\n")
    assert tool.effect == "unclear"
    assert any("cannot be parsed as a shell script near line" in one for one in tool.unclear_because)


def test_what_sed_makes_is_unclear_where_it_is_run() -> None:
    assert script("sed 's/x/y/e' f").effect == "unclear"
    assert script("perl x.pl").effect == "unclear"
    assert script("perl -e 'unlink $x'").effect == "unclear"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ('kubectl rollout restart "$(kubectl get deploy -o name | head -1)"', "kubectl rollout restart changes a resource"),
        ("kubectl delete $kind/$name", "kubectl delete changes a resource"),
        ("kubectl apply -f $file", "kubectl apply changes what its files describe"),
    ],
)  # fmt: skip
def test_a_change_of_what_only_a_run_knows_stays_a_change_and_says_what_is_not_known(text: str, because: str) -> None:
    tool = script(text)
    assert tool.effect == "changes"
    assert any(one.startswith(because) for one in tool.unclear_because), tool.unclear_because


def test_a_change_whose_resource_is_known_leaves_nothing_open() -> None:
    assert script("kubectl rollout restart deployment/web").unclear_because == ()
