*** Settings ***
Metadata            Author    harbor-maintainers
Metadata            Display Name    Kubernetes Certificate Expiry
Metadata            Supports    Kubernetes    cert-manager    GKE    EKS    AKS    OpenShift
Suite Setup         Suite Initialization
Library             RW.Core
Library             RW.CLI
Library             Harbor.durations
Documentation       Warns before TLS certificates in a namespace expire and says why their renewal is stuck.
...                 Covers certificates that cert-manager renews and TLS secrets that nobody renews.


*** Keywords ***
Suite Initialization
    ${kubeconfig}=    RW.Core.Import Secret
    ...    kubeconfig
    ...    type=string
    ...    description=A kubeconfig that may read certificates, certificate requests and secrets of the namespace.
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
    ...    description=Days before the end of a certificate from which an issue is raised.
    ...    pattern=^[0-9]+$
    ...    example=14
    ...    default=30
    ${IGNORED_ISSUERS}=    RW.Core.Import User Variable
    ...    IGNORED_ISSUERS
    ...    type=string
    ...    description=Names of issuers, separated by commas, whose certificates are left out.
    ...    pattern=.*
    ...    example=selfsigned,test-ca
    ...    default=""
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
    ...    IGNORED_ISSUERS=${IGNORED_ISSUERS}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${env}

Read Findings
    [Documentation]    Fails the task when the script failed, so that a check that could not run does not look healthy.
    [Arguments]    ${result}    ${file}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${content}=    RW.CLI.Run Cli    cmd=cat ${file}    include_in_history=False
    ${findings}=    Evaluate    json.loads($content.stdout)    json
    RETURN    ${findings}


*** Tasks ***
List Certificates About to Expire in Namespace `${NAMESPACE}`
    [Documentation]    Lists cert-manager certificates that end within the warning time or have ended, with their DNS names and issuer.
    [Tags]
    ...    access:read-only
    ...    certificates
    ...    tls
    ...    cert-manager
    ...    expiry
    ...    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=expiring_certificates.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=120
    ${certificates}=    Read Findings    ${result}    expiring_certificates.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${certificate}    IN    @{certificates}
        ${severity}=    Evaluate    1 if ${certificate["days_left"]} < 0 else 2 if ${certificate["days_left"]} < 7 else 3
        RW.Core.Add Issue
        ...    severity=${severity}
        ...    expected=Certificates in namespace `${NAMESPACE}` are renewed ${EXPIRY_WARNING_DAYS} days before they end
        ...    actual=Certificate `${certificate["name"]}` has ${certificate["days_left"]} days left
        ...    title=Certificate `${certificate["name"]}` in namespace `${NAMESPACE}` is about to expire
        ...    reproduce_hint=${result.cmd}
        ...    details=Names: ${certificate["dns_names"]}\nIssuer: ${certificate["issuer"]}\nEnds: ${certificate["not_after"]}
        ...    next_steps=Inspect failed certificate requests in namespace `${NAMESPACE}`\nCheck that the issuer `${certificate["issuer"]}` is ready
    END

Inspect Failed Certificate Requests in Namespace `${NAMESPACE}`
    [Documentation]    Shows certificate requests that were denied or failed, and the issuer's message.
    [Tags]
    ...    access:read-only
    ...    certificates
    ...    cert-manager
    ...    renewal
    ...    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=failed_requests.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=120
    ${requests}=    Read Findings    ${result}    failed_requests.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${request}    IN    @{requests}
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=Certificate requests in namespace `${NAMESPACE}` are granted
        ...    actual=Request `${request["name"]}` is ${request["reason"]}
        ...    title=Renewal of certificate `${request["certificate"]}` in namespace `${NAMESPACE}` is stuck
        ...    reproduce_hint=${result.cmd}
        ...    details=${request["message"]}
        ...    next_steps=Check the DNS or HTTP challenge of the order\nCheck the rate limits of the certificate authority
    END

Find TLS Secrets That Nobody Renews in Namespace `${NAMESPACE}`
    [Documentation]    Lists TLS secrets without a certificate resource and the days until they end. Private keys are never read.
    [Tags]
    ...    access:read-only
    ...    tls
    ...    secrets
    ...    expiry
    ...    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=unmanaged_tls_secrets.sh
    ...    env=${env}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=120
    ${secrets}=    Read Findings    ${result}    unmanaged_tls_secrets.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${secret}    IN    @{secrets}
        ${days}=    Days Until    ${secret["not_after"]}
        IF    ${days} <= ${EXPIRY_WARNING_DAYS}
            RW.Core.Add Issue
            ...    severity=3
            ...    expected=TLS secrets in namespace `${NAMESPACE}` are renewed before they end
            ...    actual=Secret `${secret["name"]}` has ${days} days left and no certificate resource
            ...    title=TLS secret `${secret["name"]}` in namespace `${NAMESPACE}` expires and nobody renews it
            ...    reproduce_hint=${result.cmd}
            ...    details=Subject: ${secret["subject"]}\nEnds: ${secret["not_after"]}
            ...    next_steps=Create a certificate resource for `${secret["name"]}` or replace the secret by hand
        END
    END
