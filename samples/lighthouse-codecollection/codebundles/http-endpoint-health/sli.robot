*** Settings ***
Documentation       Requests one web address a few times and scores availability and latency.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    HTTP Endpoint Availability
Metadata            Supports    HTTP    REST API

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Probe `${ENDPOINT_URL}`
    [Documentation]    Pushes the share of samples with the expected status, whether their median is fast enough, and the worse of both.
    [Tags]    access:read-only    http    availability    latency    data:metrics
    ${good}=    Set Variable    ${0}
    ${errors_5xx}=    Set Variable    ${0}
    ${times}=    Evaluate    []
    FOR    ${sample}    IN RANGE    ${SAMPLES}
        ${result}=    RW.CLI.Run Bash File
        ...    bash_file=probe.sh
        ...    env=${env}
        ...    timeout_seconds=60
        Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
        ${answer}=    Evaluate    json.loads($result.stdout)    json
        ${good}=    Evaluate    ${good} + int(str($answer["status"]) == "${EXPECTED_STATUS}")
        ${errors_5xx}=    Evaluate    ${errors_5xx} + int($answer["status"] >= 500)
        ${times}=    Evaluate    $times + [$answer["total_ms"]]
    END
    ${availability}=    Evaluate    ${good} / int("${SAMPLES}") if ${errors_5xx} <= int("${HTTP5XX_ALLOWED}") else 0
    ${latency}=    Evaluate    int(statistics.median($times) <= int("${MAX_LATENCY_MS}"))    statistics
    RW.Core.Push Metric    ${availability}    sub_name=availability
    RW.Core.Push Metric    ${latency}    sub_name=latency
    ${score}=    Evaluate    min(${availability}, ${latency})
    RW.Core.Push Metric    ${score}


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
    ${MAX_LATENCY_MS}=    RW.Core.Import User Variable    MAX_LATENCY_MS
    ...    type=integer
    ...    description=Milliseconds that the median of the samples may take.
    ...    pattern=^[0-9]+$
    ...    example=300
    ...    default=500
    ${HTTP5XX_ALLOWED}=    RW.Core.Import User Variable    HTTP5XX_ALLOWED
    ...    type=integer
    ...    description=Answers with a status of 500 or more that do not make the address unavailable.
    ...    pattern=^[0-9]+$
    ...    example=1
    ...    default=0
    ${SAMPLES}=    RW.Core.Import User Variable    SAMPLES
    ...    type=integer
    ...    description=Requests a measurement.
    ...    pattern=^[1-9][0-9]?$
    ...    example=5
    ...    default=3
    ${API_TOKEN}=    RW.Core.Import User Variable    API_TOKEN
    ...    type=string
    ...    description=A bearer token to send along. Empty sends none.
    ...    pattern=.*
    ...    example=example-token-not-a-real-one
    ...    default=${EMPTY}
    ${env}=    Create Dictionary    ENDPOINT_URL=${ENDPOINT_URL}    API_TOKEN=${API_TOKEN}
    Set Suite Variable    ${env}
