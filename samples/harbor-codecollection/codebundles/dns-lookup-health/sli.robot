*** Settings ***
Documentation       Scores DNS inside a Kubernetes cluster by the share of lookups that succeed and of DNS servers that are ready.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Cluster DNS Lookup Health
Metadata            Supports    Kubernetes OpenShift AKS EKS GKE

Library             String
Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Measure Lookups of `${PROBE_NAMES}`
    [Documentation]    Pushes the share of names that resolve from inside the cluster within the time limit.
    [Tags]    access:read-only    dns    lookup    data:metrics
    ${names}=    Split String    ${PROBE_NAMES}    ,
    ${namespace}    ${workload}=    Split String    ${PROBE_WORKLOAD}    :    1
    ${resolved}=    Set Variable    ${0}
    FOR    ${name}    IN    @{names}
        ${lookup}=    RW.CLI.Run Cli
        ...    cmd=timeout ${LOOKUP_TIMEOUT_SECONDS} kubectl --context ${KUBE_CONTEXT} --namespace ${namespace} exec ${workload} -- nslookup ${name.strip()}
        ...    env=${env}
        ...    target_service=${kubectl}
        ...    secret_file__kubeconfig=${kubeconfig}
        IF    ${lookup.returncode} == 0
            ${resolved}=    Evaluate    ${resolved} + 1
        END
    END
    ${lookup_score}=    Evaluate    ${resolved} / len($names)
    Set Suite Variable    ${lookup_score}
    RW.Core.Push Metric    ${lookup_score}    sub_name=lookup_success

Measure Ready DNS Servers in Namespace `${DNS_NAMESPACE}`
    [Documentation]    Pushes the share of DNS server pods that are ready.
    [Tags]    access:read-only    dns    coredns    data:metrics
    ${result}=    RW.CLI.Run Cli
    ...    cmd=kubectl --context ${KUBE_CONTEXT} --namespace ${DNS_NAMESPACE} get pods --selector ${DNS_SELECTOR} --output json
    ...    env=${env}
    ...    target_service=${kubectl}
    ...    secret_file__kubeconfig=${kubeconfig}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${pods}=    Evaluate    json.loads($result.stdout)["items"]    json
    ${ready}=    Evaluate    [status["ready"] for pod in $pods for status in pod["status"].get("containerStatuses", [{"ready": False}])]
    ${server_score}=    Evaluate    sum($ready) / len($ready) if $ready else 0
    Set Suite Variable    ${server_score}
    RW.Core.Push Metric    ${server_score}    sub_name=ready_servers

Score Cluster DNS
    [Documentation]    Pushes the worse of both shares: lookups may succeed while servers are lost, and fail while all are ready.
    [Tags]    access:read-only    dns    score    data:metrics
    ${score}=    Evaluate    min(${lookup_score}, ${server_score})
    RW.Core.Push Metric    ${score}


*** Keywords ***
Suite Initialization
    ${kubeconfig}=    RW.Core.Import Secret    kubeconfig
    ...    type=string
    ...    description=A kubeconfig that may read the DNS servers' pods and run a command in the probing pod.
    ...    pattern=.*
    ${kubectl}=    RW.Core.Import Service    kubectl
    ...    description=The service that runs kubectl commands.
    ...    example=kubectl-service.shared
    ...    default=kubectl-service.shared
    RW.Core.Import User Variable    KUBE_CONTEXT
    ...    type=string
    ...    description=The context of the kubeconfig to use.
    ...    pattern=.+
    ...    example=harbor-prod
    RW.Core.Import User Variable    DNS_NAMESPACE
    ...    type=string
    ...    description=The namespace of the cluster's DNS servers; openshift-dns on OpenShift.
    ...    pattern=[a-z0-9-]+
    ...    example=openshift-dns
    ...    default=kube-system
    RW.Core.Import User Variable    DNS_SELECTOR
    ...    type=string
    ...    description=The label that selects the DNS servers.
    ...    pattern=.+=.+
    ...    example=dns.operator.openshift.io/daemonset-dns=default
    ...    default=k8s-app=kube-dns
    RW.Core.Import User Variable    PROBE_NAMES
    ...    type=string
    ...    description=Names to look up, separated by commas.
    ...    pattern=.+
    ...    example=payments.shop.svc.cluster.local,example.com
    ...    default=kubernetes.default.svc.cluster.local,example.com
    RW.Core.Import User Variable    PROBE_WORKLOAD
    ...    type=string
    ...    description=A running workload whose image has nslookup. Written namespace:kind/name.
    ...    pattern=^[a-z0-9-]+:[a-z]+/[a-z0-9.-]+$
    ...    example=tools:deployment/toolbox
    RW.Core.Import User Variable    LOOKUP_TIMEOUT_SECONDS
    ...    type=integer
    ...    description=Seconds after which a lookup counts as failed.
    ...    pattern=^[0-9]+$
    ...    example=2
    ...    default=5
    ${env}=    Create Dictionary    KUBECONFIG=./${kubeconfig.key}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${kubectl}
    Set Suite Variable    ${env}
