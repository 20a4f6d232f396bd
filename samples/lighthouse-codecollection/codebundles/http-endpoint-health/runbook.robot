*** Settings ***
Documentation       Checks one web address: whether it answers as it should, where the time goes, which certificate it shows and where
...                 it redirects to.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    HTTP Endpoint Troubleshooting
Metadata            Supports    HTTP    REST API

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Request `${ENDPOINT_URL}` and Check the Answer
    [Documentation]    Requests the address once and compares status and text of the answer with what is expected.
    [Tags]    access:read-only    http    status    data:runtime
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=probe.sh
    ...    env=${env}
    ...    timeout_seconds=60
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    RW.Core.Add Pre To Report    ${result.stdout}
    ${answer}=    Evaluate    json.loads($result.stdout)    json
    IF    "${answer["status"]}" != "${EXPECTED_STATUS}"
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=`${ENDPOINT_URL}` answers with status ${EXPECTED_STATUS}
        ...    actual=It answers with status ${answer["status"]}
        ...    title=`${ENDPOINT_URL}` answers with status ${answer["status"]}
        ...    reproduce_hint=curl --include ${ENDPOINT_URL}
        ...    details=${answer["error"]}
        ...    next_steps=Check the service behind `${ENDPOINT_URL}` and its load balancer
    ELSE IF    not ${answer["text_found"]}
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=The answer of `${ENDPOINT_URL}` contains the expected text
        ...    actual=It does not
        ...    title=`${ENDPOINT_URL}` answers with an unexpected page
        ...    reproduce_hint=curl ${ENDPOINT_URL}
        ...    details=Expected text: ${EXPECTED_TEXT}
        ...    next_steps=Look at the page: an error page may come with a status of success
    END

Break Down the Latency of `${ENDPOINT_URL}`
    [Documentation]    Splits the time of a request into name lookup, connection, TLS handshake, waiting and transfer.
    [Tags]    access:read-only    http    latency    slow    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=probe.sh
    ...    env=${env}
    ...    timeout_seconds=60
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${answer}=    Evaluate    json.loads($result.stdout)    json
    ${phases}=    Evaluate    "\\n".join(f"{name}: {value} ms" for name, value in $answer["phases_ms"].items())
    RW.Core.Add Pre To Report    Where the time of a request to ${ENDPOINT_URL} goes:\n${phases}
    IF    ${answer["total_ms"]} > ${MAX_LATENCY_MS}
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=`${ENDPOINT_URL}` answers within ${MAX_LATENCY_MS} ms
        ...    actual=It takes ${answer["total_ms"]} ms
        ...    title=`${ENDPOINT_URL}` is slow
        ...    reproduce_hint=curl --verbose --output /dev/null ${ENDPOINT_URL}
        ...    details=${phases}
        ...    next_steps=Begin with the longest phase: lookup is DNS, connect is the network, wait is the application
    END

Check the Certificate That `${ENDPOINT_URL}` Shows
    [Documentation]    Shows subject, issuer and end of the certificate as a browser gets it, and raises an issue when it expires soon.
    [Tags]    access:read-only    tls    certificate    expiry    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=certificate.sh
    ...    env=${env}
    ...    timeout_seconds=60
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    RW.Core.Add Pre To Report    ${result.stdout}
    ${certificate}=    Evaluate    json.loads($result.stdout)    json
    IF    ${certificate["days_left"]} < 21
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=The certificate of `${ENDPOINT_URL}` is valid for three weeks or more
        ...    actual=It has ${certificate["days_left"]} days left
        ...    title=Certificate of `${ENDPOINT_URL}` expires soon
        ...    reproduce_hint=${result.cmd}
        ...    details=Subject: ${certificate["subject"]}, issuer: ${certificate["issuer"]}
        ...    next_steps=Renew the certificate where TLS ends: load balancer, ingress or web server
    END

Follow Redirects of `${ENDPOINT_URL}`
    [Documentation]    Lists every hop from the address to the page that is shown in the end, at most ten.
    [Tags]    access:read-only    http    redirects    data:runtime
    ${result}=    RW.CLI.Run Cli
    ...    cmd=curl --silent --show-error --location --max-redirs 10 --head ${ENDPOINT_URL} | grep -i -E '^(HTTP/|location:)'
    ...    env=${env}
    RW.Core.Add Pre To Report    ${result.stdout}${result.stderr}


*** Keywords ***
Suite Initialization
    ${ENDPOINT_URL}=    RW.Core.Import User Variable    ENDPOINT_URL
    ...    type=string
    ...    description=The address to request.
    ...    pattern=^https?://.+
    ...    example=https://shop.example.org/health?probe=lighthouse&full=1
    ${EXPECTED_STATUS}=    RW.Core.Import User Variable    EXPECTED_STATUS
    ...    type=integer
    ...    description=The status that the answer should have.
    ...    pattern=^[1-5][0-9][0-9]$
    ...    example=204
    ...    default=200
    ${EXPECTED_TEXT}=    RW.Core.Import User Variable    EXPECTED_TEXT
    ...    type=string
    ...    description=Text that the answer should contain. Empty accepts any.
    ...    pattern=.*
    ...    example="status": "ok"
    ...    default=
    ${MAX_LATENCY_MS}=    RW.Core.Import User Variable    MAX_LATENCY_MS
    ...    type=integer
    ...    description=Milliseconds within which the whole answer should be there.
    ...    pattern=^[0-9]+$
    ...    example=300
    ...    default=800
    ${VERIFY_TLS}=    RW.Core.Import User Variable    VERIFY_TLS
    ...    type=boolean
    ...    description=Whether a certificate that is not trusted is an error.
    ...    enum=true,false
    ...    example=false
    ...    default=true
    # An older bundle might import a credential like this; a new one imports it as a secret, see run-command.
    ${API_TOKEN}=    RW.Core.Import User Variable    API_TOKEN
    ...    type=string
    ...    description=A bearer token to send along. Empty sends none.
    ...    pattern=.*
    ...    example=example-token-not-a-real-one
    ...    default=${EMPTY}
    ${env}=    Create Dictionary
    ...    ENDPOINT_URL=${ENDPOINT_URL}
    ...    EXPECTED_TEXT=${EXPECTED_TEXT}
    ...    VERIFY_TLS=${VERIFY_TLS}
    ...    API_TOKEN=${API_TOKEN}
    Set Suite Variable    ${env}
