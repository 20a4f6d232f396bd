*** Settings ***
Documentation       Scores how steadily the pods of a namespace run: 1 when no container restarted or waits, 0 when both checks fail.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Kubernetes Pod Restart Triage
Metadata            Supports    Kubernetes,AKS,EKS,GKE,OpenShift

Library             RW.Core
Library             RW.CLI
Library             Harbor.durations

Suite Setup         Suite Initialization


*** Tasks ***
Measure Container Restarts in Namespace `${NAMESPACE}`
    [Documentation]    Counts containers that restarted since the last measurement.
    [Tags]    access:read-only    pods    restarts    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=restarting_containers.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ${count}=    Count Findings    ${result}    restarting_containers.json
    ${restart_score}=    Evaluate    1 if ${count} == 0 else 0
    Set Suite Variable    ${restart_score}
    RW.Core.Push Metric    ${restart_score}    sub_name=container_restarts

Measure Waiting Containers in Namespace `${NAMESPACE}`
    [Documentation]    Counts containers that cannot start: crash loops, images that cannot be pulled, missing configuration.
    [Tags]    access:read-only    pods    imagepullbackoff    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=waiting_containers.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ${count}=    Count Findings    ${result}    waiting_containers.json
    ${waiting_score}=    Evaluate    1 if ${count} <= int("${MAX_WAITING_CONTAINERS}") else 0
    Set Suite Variable    ${waiting_score}
    RW.Core.Push Metric    ${waiting_score}    sub_name=waiting_containers

Score Pod Stability in Namespace `${NAMESPACE}`
    [Documentation]    Pushes the mean of both checks.
    [Tags]    access:read-only    pods    score    data:metrics
    ${score}=    Evaluate    (${restart_score} + ${waiting_score}) / 2
    RW.Core.Push Metric    ${score}


*** Keywords ***
Suite Initialization
    ${kubeconfig}=    RW.Core.Import Secret    kubeconfig
    ...    type=string
    ...    description=A kubeconfig that may read pods of the namespace.
    ...    pattern=.*
    ...    example=apiVersion: v1 ...
    ${KUBE_CONTEXT}=    RW.Core.Import User Variable    KUBE_CONTEXT
    ...    type=string
    ...    description=The context of the kubeconfig to use.
    ...    pattern=.+
    ...    example=harbor-prod
    ${NAMESPACE}=    RW.Core.Import User Variable    NAMESPACE
    ...    type=string
    ...    description=The namespace to measure.
    ...    pattern=[a-z0-9-]+
    ...    example=checkout
    ${WORKLOAD_FILTER}=    RW.Core.Import User Variable    WORKLOAD_FILTER
    ...    type=string
    ...    description=Only pods whose name starts with this. Empty measures all of them.
    ...    pattern=[a-z0-9-]*
    ...    example=checkout-api
    ...    default=
    ${RESTART_THRESHOLD}=    RW.Core.Import User Variable    RESTART_THRESHOLD
    ...    type=integer
    ...    description=Restarts of one container from which it counts as restarting.
    ...    pattern=^\\d+$
    ...    example=5
    ...    default=1
    ${MAX_WAITING_CONTAINERS}=    RW.Core.Import User Variable    MAX_WAITING_CONTAINERS
    ...    type=integer
    ...    description=Waiting containers that are still healthy.
    ...    pattern=^\\d+$
    ...    example=1
    ...    default=0
    ${KUBE_CLI}=    RW.Core.Import User Variable    KUBE_CLI
    ...    type=string
    ...    description=The command line client of the cluster.
    ...    enum=[kubectl,oc]
    ...    example=kubectl
    ...    default=kubectl
    ${RW_LOOKBACK_WINDOW}=    RW.Core.Import Platform Variable    RW_LOOKBACK_WINDOW
    ${lookback_seconds}=    Duration To Seconds    ${RW_LOOKBACK_WINDOW}
    ${env}=    Create Dictionary
    ...    KUBECONFIG=./${kubeconfig.key}
    ...    KUBE_CLI=${KUBE_CLI}
    ...    KUBE_CONTEXT=${KUBE_CONTEXT}
    ...    NAMESPACE=${NAMESPACE}
    ...    WORKLOAD_FILTER=${WORKLOAD_FILTER}
    ...    RESTART_THRESHOLD=${RESTART_THRESHOLD}
    ...    LOOKBACK_SECONDS=${lookback_seconds}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${env}

Count Findings
    [Documentation]    Fails the task when the script failed: no measurement is better than a wrong one.
    [Arguments]    ${result}    ${file}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${content}=    RW.CLI.Run Cli    cmd=jq length ${file}    include_in_history=False
    ${count}=    Convert To Integer    ${content.stdout.strip()}
    RETURN    ${count}
