*** Settings ***
Documentation       Finds out why pods of a namespace keep restarting.
...
...                 Looks at the four usual causes in turn:
...
...                 - a crash loop: the process ends by itself
...                 - the kernel: the container was killed for using more memory than its limit
...                 - the kubelet: a liveness or startup probe failed
...                 - a waiting container: the image or its configuration is missing
Metadata            Author    harbor-maintainers
Metadata            Display Name    Kubernetes Pod Restart Triage
Metadata            Supports    Kubernetes,AKS,EKS,GKE,OpenShift

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
List Restarting Containers in Namespace `${NAMESPACE}`
    [Documentation]    Lists containers that restarted at least as often as the threshold, with the reason and exit code of the last end.
    [Tags]    access:read-only    pods    restarts    crashloopbackoff    data:state
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=restarting_containers.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=120
    ${containers}=    Read Findings    ${result}    restarting_containers.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${container}    IN    @{containers}
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=Containers in namespace `${NAMESPACE}` restart fewer than ${RESTART_THRESHOLD} times
        ...    actual=Container `${container["container"]}` restarted ${container["restarts"]} times
        ...    title=Pod `${container["pod"]}` in namespace `${NAMESPACE}` keeps restarting (${container["reason"]})
        ...    reproduce_hint=${result.cmd}
        ...    details=Last exit code: ${container["exit_code"]}, at ${container["finished_at"]}
        ...    next_steps=Scan the last logs of crashing containers in namespace `${NAMESPACE}`\nRoll back the workload if the restarts began with a release
    END

Find Out Of Memory Kills in Namespace `${NAMESPACE}`
    [Documentation]    Lists containers whose last end was an OOM kill, beside the memory limit that they reached.
    [Tags]    access:read-only    pods    memory    oomkilled    data:state
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=oom_kills.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=120
    ${kills}=    Read Findings    ${result}    oom_kills.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${kill}    IN    @{kills}
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=Containers in namespace `${NAMESPACE}` stay below their memory limit
        ...    actual=Container `${kill["container"]}` was killed at its limit of ${kill["memory_limit"]}
        ...    title=Container `${kill["container"]}` of pod `${kill["pod"]}` ran out of memory
        ...    reproduce_hint=${result.cmd}
        ...    details=Killed at ${kill["finished_at"]}, ${kill["restarts"]} restarts so far
        ...    next_steps=Raise the memory limit of the workload or look for a leak
    END

Scan Last Logs of Crashing Containers in Namespace `${NAMESPACE}`
    [Documentation]    Reads what each restarting container logged before it ended and keeps the lines that match `LOG_ERROR_PATTERN`.
    ...                At most 200 lines a container are read.
    [Tags]    access:read-only    pods    logs    crashloopbackoff    data:logs-regexp
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=crash_logs.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=300
    ${logs}=    Read Findings    ${result}    crash_logs.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${log}    IN    @{logs}
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=Containers in namespace `${NAMESPACE}` end without an error
        ...    actual=Container `${log["container"]}` logged ${log["matches"]} matching lines before it ended
        ...    title=Errors in the last log of pod `${log["pod"]}` in namespace `${NAMESPACE}`
        ...    reproduce_hint=${result.cmd}
        ...    details=${log["lines"]}
        ...    next_steps=Compare the time of the first matching line with the last release and with changes of configuration
    END

Check Failing Probes in Namespace `${NAMESPACE}`
    [Documentation]    Counts failed liveness, readiness and startup probes by pod from the namespace's events.
    [Tags]    access:read-only    pods    probes    liveness    events    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=failing_probes.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=120
    ${probes}=    Read Findings    ${result}    failing_probes.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${probe}    IN    @{probes}
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=Probes of pods in namespace `${NAMESPACE}` succeed
        ...    actual=The ${probe["probe"]} probe of pod `${probe["pod"]}` failed ${probe["count"]} times
        ...    title=${probe["probe"]} probe of pod `${probe["pod"]}` fails
        ...    reproduce_hint=${result.cmd}
        ...    details=${probe["message"]}
        ...    next_steps=Check that the probe's path and port exist and that its timeout fits the slowest start
    END


*** Keywords ***
Suite Initialization
    ${kubeconfig}=    RW.Core.Import Secret    kubeconfig
    ...    type=string
    ...    description=A kubeconfig that may read pods, logs and events of the namespace.
    ...    pattern=.*
    ...    example=apiVersion: v1 ...
    ${KUBE_CONTEXT}=    RW.Core.Import User Variable    KUBE_CONTEXT
    ...    type=string
    ...    description=The context of the kubeconfig to use.
    ...    pattern=.+
    ...    example=harbor-prod
    ${NAMESPACE}=    RW.Core.Import User Variable    NAMESPACE
    ...    type=string
    ...    description=The namespace whose pods restart.
    ...    pattern=[a-z0-9-]+
    ...    example=checkout
    ${WORKLOAD_FILTER}=    RW.Core.Import User Variable    WORKLOAD_FILTER
    ...    type=string
    ...    description=Only pods whose name starts with this. Empty looks at all of them.
    ...    pattern=[a-z0-9-]*
    ...    example=checkout-api
    ...    default=
    ${RESTART_THRESHOLD}=    RW.Core.Import User Variable    RESTART_THRESHOLD
    ...    type=integer
    ...    description=Restarts of one container from which an issue is raised.
    ...    pattern=^\\d+$
    ...    example=5
    ...    default=3
    ${LOG_ERROR_PATTERN}=    RW.Core.Import User Variable    LOG_ERROR_PATTERN
    ...    type=string
    ...    description=An extended regular expression; matching log lines are reported.
    ...    pattern=.*
    ...    example=panic|fatal
    ...    default=panic|fatal|out of memory|exit code=[1-9]
    ${KUBE_CLI}=    RW.Core.Import User Variable    KUBE_CLI
    ...    type=string
    ...    description=The command line client of the cluster.
    ...    enum=[kubectl,oc]
    ...    example=kubectl
    ...    default=kubectl
    ${env}=    Create Dictionary
    ...    KUBECONFIG=./${kubeconfig.key}
    ...    KUBE_CLI=${KUBE_CLI}
    ...    KUBE_CONTEXT=${KUBE_CONTEXT}
    ...    NAMESPACE=${NAMESPACE}
    ...    WORKLOAD_FILTER=${WORKLOAD_FILTER}
    ...    RESTART_THRESHOLD=${RESTART_THRESHOLD}
    ...    LOG_ERROR_PATTERN=${LOG_ERROR_PATTERN}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${env}

Read Findings
    [Documentation]    Fails the task when the script failed, so that a check that could not run does not look healthy.
    [Arguments]    ${result}    ${file}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${content}=    RW.CLI.Run Cli    cmd=cat ${file}    include_in_history=False
    ${findings}=    Evaluate    json.loads($content.stdout)    json
    RETURN    ${findings}
