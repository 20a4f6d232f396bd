*** Settings ***
Documentation       Finds out why DNS lookups fail inside a Kubernetes cluster: servers that are down, names that do not resolve,
...                 errors in the servers' logs.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Cluster DNS Lookup Health
Metadata            Supports    Kubernetes OpenShift AKS EKS GKE

Library             String
Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Check DNS Server Pods in Namespace `${DNS_NAMESPACE}`
    [Documentation]    Lists the cluster's DNS servers and raises an issue for each that is not ready.
    [Tags]    access:read-only    dns    coredns    pods    data:state
    ${result}=    RW.CLI.Run Cli
    ...    cmd=kubectl --context ${KUBE_CONTEXT} --namespace ${DNS_NAMESPACE} get pods --selector ${DNS_SELECTOR} --output json
    ...    env=${env}
    ...    target_service=${kubectl}
    ...    secret_file__kubeconfig=${kubeconfig}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${pods}=    Evaluate    json.loads($result.stdout)["items"]    json
    FOR    ${pod}    IN    @{pods}
        ${ready}=    Evaluate    all(status["ready"] for status in $pod["status"].get("containerStatuses", [{"ready": False}]))
        RW.Core.Add Pre To Report    ${pod["metadata"]["name"]}: ready ${ready}
        IF    not ${ready}
            RW.Core.Add Issue
            ...    severity=2
            ...    expected=Every DNS server in namespace `${DNS_NAMESPACE}` is ready
            ...    actual=Pod `${pod["metadata"]["name"]}` is not
            ...    title=DNS server `${pod["metadata"]["name"]}` is not ready
            ...    reproduce_hint=${result.cmd}
            ...    details=${pod["status"]}
            ...    next_steps=Scan the DNS servers' logs in namespace `${DNS_NAMESPACE}`
        END
    END

Resolve `${PROBE_NAMES}` From Inside the Cluster
    [Documentation]    Looks each name up from a pod that is already there, so with the resolver settings that applications get.
    ...                A name inside the cluster that fails points to the DNS servers, one outside to their upstream or to a network policy.
    [Tags]    access:read-only    dns    lookup    nslookup    data:runtime
    ${names}=    Split String    ${PROBE_NAMES}    ,
    FOR    ${name}    IN    @{names}
        ${lookup}=    Look Up    ${name.strip()}
        RW.Core.Add Pre To Report    ${name}:\n${lookup.stdout}${lookup.stderr}
        IF    ${lookup.returncode} != 0
            RW.Core.Add Issue
            ...    severity=2
            ...    expected=`${name}` resolves inside the cluster
            ...    actual=The lookup failed
            ...    title=DNS lookup of `${name}` fails inside cluster `${KUBE_CONTEXT}`
            ...    reproduce_hint=${lookup.cmd}
            ...    details=${lookup.stdout}${lookup.stderr}
            ...    next_steps=Check the DNS server pods in namespace `${DNS_NAMESPACE}`\nCheck network policies for UDP and TCP port 53
        END
    END

Scan DNS Server Logs for Errors in Namespace `${DNS_NAMESPACE}`
    [Documentation]    Keeps lines with SERVFAIL, timeouts and forwarding loops from the last 500 lines of each server.
    [Tags]    access:read-only    dns    coredns    logs    servfail    data:logs-regexp
    ${result}=    RW.CLI.Run Cli
    ...    cmd=kubectl --context ${KUBE_CONTEXT} --namespace ${DNS_NAMESPACE} logs --selector ${DNS_SELECTOR} --tail 500 --prefix
    ...    env=${env}
    ...    target_service=${kubectl}
    ...    secret_file__kubeconfig=${kubeconfig}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${errors}=    Get Lines Matching Regexp    ${result.stdout}    SERVFAIL|i/o timeout|Loop .* detected    partial_match=True
    RW.Core.Add Pre To Report    Errors in the logs of the DNS servers:\n${errors}
    IF    $errors != ""
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=The DNS servers' logs have no errors
        ...    actual=Servers in namespace `${DNS_NAMESPACE}` log errors
        ...    title=DNS servers in namespace `${DNS_NAMESPACE}` log errors
        ...    reproduce_hint=${result.cmd}
        ...    details=${errors}
        ...    next_steps=Check the upstream servers in the DNS configuration of namespace `${DNS_NAMESPACE}`
    END


*** Keywords ***
Suite Initialization
    ${kubeconfig}=    RW.Core.Import Secret    kubeconfig
    ...    type=string
    ...    description=A kubeconfig that may read pods and logs of the DNS servers and run a command in the probing pod.
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
    ...    description=Names to look up, separated by commas; one inside and one outside the cluster tell the most.
    ...    pattern=.+
    ...    example=payments.shop.svc.cluster.local,example.com
    ...    default=kubernetes.default.svc.cluster.local,example.com
    RW.Core.Import User Variable    PROBE_WORKLOAD
    ...    type=string
    ...    description=A running workload whose image has nslookup; lookups are made from there. Written namespace:kind/name.
    ...    pattern=^[a-z0-9-]+:[a-z]+/[a-z0-9.-]+$
    ...    example=tools:deployment/toolbox
    ${env}=    Create Dictionary    KUBECONFIG=./${kubeconfig.key}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${kubectl}
    Set Suite Variable    ${env}

Look Up
    [Documentation]    Looks one name up from the probing workload and returns the command's result, whatever it is.
    [Arguments]    ${name}
    ${namespace}    ${workload}=    Split String    ${PROBE_WORKLOAD}    :    1
    ${result}=    RW.CLI.Run Cli
    ...    cmd=kubectl --context ${KUBE_CONTEXT} --namespace ${namespace} exec ${workload} -- nslookup ${name}
    ...    env=${env}
    ...    target_service=${kubectl}
    ...    secret_file__kubeconfig=${kubeconfig}
    RETURN    ${result}
