*** Settings ***
Documentation       Restarts, rolls back or scales one Kubernetes workload, and leaves a note of it in the change log.
...
...                 Nothing changes while `DRY_RUN` is `true`, which is the default: the report then shows the command
...                 that would have run.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Kubernetes Workload Remediation
Metadata            Supports    Kubernetes,AKS,EKS,GKE,OpenShift

Library             Collections
Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization

Force Tags          remediation    change management    ${NAMESPACE}


*** Tasks ***
Show Rollout History of `${WORKLOAD}` in Namespace `${NAMESPACE}`
    [Documentation]    Shows the revisions of the workload and whether the latest is rolled out. Run it before any of the others.
    [Tags]    access:read-only    rollout    history    data:config
    ${history}=    Run Action    history
    RW.Core.Add Pre To Report    ${history.stdout}

Restart `${WORKLOAD}` in Namespace `${NAMESPACE}`
    [Documentation]    Replaces the pods one by one, as a rollout does, and waits until the new ones are ready.
    [Tags]    access:read-write    restart    rollout
    ${restart}=    Run Action    restart
    RW.Core.Add Pre To Report    ${restart.stdout}

Roll Back `${WORKLOAD}` in Namespace `${NAMESPACE}` to the Previous Revision
    [Documentation]    Undoes the last rollout. What it changes back is shown by the history.
    [Tags]    access:read-write    rollback    rollout
    ${rollback}=    Run Action    undo
    RW.Core.Add Pre To Report    ${rollback.stdout}

Scale `${WORKLOAD}` in Namespace `${NAMESPACE}` to `${TARGET_REPLICAS}` Replicas
    [Documentation]    Sets the number of replicas. An autoscaler of the workload would set it again: then an issue is raised instead.
    [Tags]    access:read-write    scale    replicas
    ${autoscalers}=    Run Action    autoscalers
    IF    "${WORKLOAD.split('/')[-1]}" in $autoscalers.stdout.split()
        RW.Core.Add Issue
        ...    severity=4
        ...    expected=The number of replicas of `${WORKLOAD}` is set by hand
        ...    actual=An autoscaler sets it
        ...    title=`${WORKLOAD}` in namespace `${NAMESPACE}` was not scaled: it has an autoscaler
        ...    reproduce_hint=${autoscalers.cmd}
        ...    details=Targets of autoscalers: ${autoscalers.stdout}
        ...    next_steps=Change the limits of the autoscaler instead
    ELSE
        ${scale}=    Run Action    scale
        RW.Core.Add Pre To Report    ${scale.stdout}
    END

Announce the Remediation of `${WORKLOAD}` in the Change Log
    [Documentation]    Posts workload, namespace and ticket to the change log's webhook; does nothing when there is no ticket or no webhook.
    [Tags]    access:read-write    change log    webhook
    IF    "${CHANGE_TICKET}" == "" or $change_webhook_url is None
        RW.Core.Add Pre To Report    No ticket or no webhook: nothing announced.
    ELSE
        ${announcement}=    RW.CLI.Run Bash File
        ...    bash_file=announce.sh
        ...    env=${env}
        ...    secret__change_webhook_url=${change_webhook_url}
        Should Be Equal As Integers    ${announcement.returncode}    0    msg=${announcement.stderr}    values=False
        RW.Core.Add Pre To Report    ${announcement.stdout}
    END


*** Keywords ***
Suite Initialization
    ${kubeconfig}=    RW.Core.Import Secret    kubeconfig
    ...    type=string
    ...    description=A kubeconfig that may read and patch the workload.
    ...    pattern=.*
    ${KUBE_CONTEXT}=    RW.Core.Import User Variable    KUBE_CONTEXT
    ...    type=string
    ...    description=The context of the kubeconfig to use.
    ...    pattern=.+
    ...    example=harbor-prod
    ${NAMESPACE}=    RW.Core.Import User Variable    NAMESPACE
    ...    type=string
    ...    description=The namespace of the workload.
    ...    pattern=[a-z0-9-]+
    ...    example=checkout
    ${WORKLOAD}=    RW.Core.Import User Variable    WORKLOAD
    ...    type=string
    ...    description=Kind and name of the workload.
    ...    pattern=^(deployment|statefulset|daemonset)/[a-z0-9.-]+$
    ...    example=deployment/checkout-api
    ${TARGET_REPLICAS}=    RW.Core.Import User Variable    TARGET_REPLICAS
    ...    type=integer
    ...    description=The number of replicas to scale to.
    ...    pattern=^[0-9]+$
    ...    example=4
    ...    default=2
    ${ROLLOUT_TIMEOUT}=    RW.Core.Import User Variable    ROLLOUT_TIMEOUT
    ...    type=string
    ...    description=How long to wait until new pods are ready.
    ...    pattern=^[0-9]+[sm]$
    ...    example=5m
    ...    default=120s
    ${DRY_RUN}=    RW.Core.Import User Variable    DRY_RUN
    ...    type=boolean
    ...    description=Whether to show commands instead of running them.
    ...    enum=[true,false]
    ...    example=false
    ...    default=true
    ${KUBE_CLI}=    RW.Core.Import User Variable    KUBE_CLI
    ...    type=string
    ...    description=The command line client of the cluster.
    ...    enum=[kubectl, oc]
    ...    example=kubectl
    ...    default=kubectl
    Import Change Log Settings
    ${env}=    Create Dictionary
    ...    KUBECONFIG=./${kubeconfig.key}
    ...    KUBE_CLI=${KUBE_CLI}
    ...    KUBE_CONTEXT=${KUBE_CONTEXT}
    ...    NAMESPACE=${NAMESPACE}
    ...    WORKLOAD=${WORKLOAD}
    ...    TARGET_REPLICAS=${TARGET_REPLICAS}
    ...    ROLLOUT_TIMEOUT=${ROLLOUT_TIMEOUT}
    ...    DRY_RUN=${DRY_RUN}
    ...    CHANGE_TICKET=${CHANGE_TICKET}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${env}

Import Change Log Settings
    [Documentation]    The webhook is only asked for where changes are announced.
    ${CHANGE_TICKET}=    RW.Core.Import User Variable    CHANGE_TICKET
    ...    type=string
    ...    description=The ticket that allows the change. Empty announces nothing.
    ...    pattern=.*
    ...    example=CHG-1042
    ...    default=${EMPTY}
    ${webhook}=    Set Variable    ${None}
    IF    "${CHANGE_TICKET}" != ""
        TRY
            ${webhook}=    RW.Core.Import Secret    change_webhook_url
            ...    type=string
            ...    description=The address that the change log takes announcements at.
            ...    pattern=^https://.+
            ...    optional=True
        EXCEPT    AS    ${reason}
            Log    The change log's webhook cannot be read: ${reason}    level=WARN
        END
    END
    Set Suite Variable    ${CHANGE_TICKET}
    Set Suite Variable    ${change_webhook_url}    ${webhook}

Run Action
    [Documentation]    Runs one action of remediate.sh and fails the task when it fails.
    [Arguments]    ${action}
    Set To Dictionary    ${env}    ACTION=${action}
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=remediate.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=600
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    RETURN    ${result}
