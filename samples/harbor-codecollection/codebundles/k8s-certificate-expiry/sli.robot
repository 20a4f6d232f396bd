*** Settings ***
Documentation       Scores the TLS certificates of a namespace: none about to expire, no renewal stuck.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Kubernetes Certificate Expiry
Metadata            Supports    Kubernetes    cert-manager    GKE    EKS    AKS    OpenShift
Suite Setup         Suite Initialization
Library             RW.Core
Library             RW.CLI


*** Keywords ***
Suite Initialization
    ${kubeconfig}=    RW.Core.Import Secret
    ...    kubeconfig
    ...    type=string
    ...    description=A kubeconfig that may read certificates and certificate requests of the namespace.
    ...    pattern=.*
    ${KUBE_CONTEXT}=    RW.Core.Import User Variable
    ...    KUBE_CONTEXT
    ...    type=string
    ...    description=The context of the kubeconfig to use.
    ...    pattern=.+
    ...    example=harbor-prod
    ${NAMESPACE}=    RW.Core.Import User Variable
    ...    NAMESPACE
    ...    type=string
    ...    description=The namespace that holds the certificates.
    ...    pattern=[a-z0-9-]+
    ...    example=ingress
    ${EXPIRY_WARNING_DAYS}=    RW.Core.Import User Variable
    ...    EXPIRY_WARNING_DAYS
    ...    type=integer
    ...    description=Days before the end of a certificate from which it counts as expiring.
    ...    pattern=^[0-9]+$
    ...    example=14
    ...    default=30
    ${KUBE_CLI}=    RW.Core.Import User Variable
    ...    KUBE_CLI
    ...    type=string
    ...    description=The command line client of the cluster.
    ...    enum=kubectl,oc
    ...    example=kubectl
    ...    default=kubectl
    ${env}=    Create Dictionary
    ...    KUBECONFIG=./${kubeconfig.key}
    ...    KUBE_CLI=${KUBE_CLI}
    ...    KUBE_CONTEXT=${KUBE_CONTEXT}
    ...    NAMESPACE=${NAMESPACE}
    ...    EXPIRY_WARNING_DAYS=${EXPIRY_WARNING_DAYS}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${env}
    Set Suite Variable    @{scores}    @{EMPTY}

Score Of
    [Documentation]    Returns 1 when the script found nothing, else 0, and keeps the value for the final score.
    [Arguments]    ${result}    ${file}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${content}=    RW.CLI.Run Cli    cmd=jq length ${file}    include_in_history=False
    ${value}=    Evaluate    1 if int($content.stdout) == 0 else 0
    Set Suite Variable    @{scores}    @{scores}    ${value}
    RETURN    ${value}


*** Tasks ***
Count Certificates About to Expire in Namespace `${NAMESPACE}`
    [Documentation]    Pushes 0 as soon as one certificate is within its warning time.
    [Tags]    access:read-only    certificates    tls    expiry    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=expiring_certificates.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ${value}=    Score Of    ${result}    expiring_certificates.json
    RW.Core.Push Metric    ${value}    sub_name=expiring_certificates

Count Failed Certificate Requests in Namespace `${NAMESPACE}`
    [Documentation]    Pushes 0 as soon as one renewal is stuck.
    [Tags]    access:read-only    certificates    renewal    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=failed_requests.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ${value}=    Score Of    ${result}    failed_requests.json
    RW.Core.Push Metric    ${value}    sub_name=failed_requests

Score Certificates in Namespace `${NAMESPACE}`
    [Documentation]    Pushes the mean of both checks.
    [Tags]    access:read-only    certificates    score    data:metrics
    ${score}=    Evaluate    sum($scores) / len($scores)
    RW.Core.Push Metric    ${score}
