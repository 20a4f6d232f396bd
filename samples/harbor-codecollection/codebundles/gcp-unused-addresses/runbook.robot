*** Settings ***
Documentation       Finds reserved IP addresses in a GCP project that nothing uses, and what they cost a month.
Metadata            Author    harbor-maintainers
Metadata            Display Name    GCP Unused IP Addresses
Metadata            Supports    GCP,Compute Engine,Cost

Library             RW.Core
Library             RW.CLI
Library             Harbor.Prices
Resource            Harbor/scripts.resource

Suite Setup         Suite Initialization


*** Tasks ***
List Reserved Addresses Without a User in Project `${GCP_PROJECT}`
    [Documentation]    Lists static external addresses in status RESERVED that are older than the grace period.
    [Tags]    access:read-only    gcp    gcloud    ip addresses    cost    data:config
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=unused_addresses.sh
    ...    env=${env}
    ...    secret_file__gcp_credentials=${gcp_credentials}
    ...    timeout_seconds=180
    ${addresses}=    Read Addresses    ${result}
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${address}    IN    @{addresses}
        RW.Core.Add Issue
        ...    severity=4
        ...    expected=Reserved addresses in project `${GCP_PROJECT}` are in use
        ...    actual=`${address["name"]}` (${address["address"]}) is used by nothing
        ...    title=Unused IP address `${address["name"]}` in project `${GCP_PROJECT}`
        ...    reproduce_hint=${result.cmd}
        ...    details=Region: ${address["region"]}, reserved for ${address["age_days"]} days
        ...    next_steps=Ask the owner, then release it: gcloud compute addresses delete ${address["name"]}
    END

Estimate Monthly Cost of Unused Addresses in Project `${GCP_PROJECT}`
    [Documentation]    Multiplies the number of unused addresses with the price of an hour and the 730 hours of a month.
    [Tags]    access:read-only    gcp    cost    savings    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=unused_addresses.sh
    ...    env=${env}
    ...    secret_file__gcp_credentials=${gcp_credentials}
    ...    timeout_seconds=180
    ${addresses}=    Read Addresses    ${result}
    ${count}=    Get Length    ${addresses}
    ${cost}=    Harbor.Prices.Monthly Cost    ${count}    ${ADDRESS_PRICE_PER_HOUR}
    RW.Core.Add Pre To Report    Unused addresses in project ${GCP_PROJECT} cost about ${cost} a month.


*** Keywords ***
Suite Initialization
    ${gcp_credentials}=    Import Secret    gcp_credentials
    ...    type=string
    ...    description=The JSON key of a service account with the role Compute Viewer.
    ...    pattern=.*
    ...    example={"type": "service_account", "project_id": "harbor-demo"}
    ${GCP_PROJECT}=    RW.Core.Import User Variable    GCP_PROJECT_ID
    ...    type=string
    ...    description=The id of the project to look at.
    ...    pattern=^[a-z][a-z0-9-]{4,28}[a-z0-9]$
    ...    example=harbor-demo
    ${REGIONS}=    RW.Core.Import User Variable    REGIONS
    ...    type=string
    ...    description=Regions to look at, separated by commas. Empty looks at all, and at global addresses.
    ...    pattern=.*
    ...    example=europe-west1,us-east1
    ...    default=''
    ${MIN_IDLE_DAYS}=    RW.Core.Import User Variable    MIN_IDLE_DAYS
    ...    type=integer
    ...    description=Days after its reservation from which an unused address counts.
    ...    pattern=^[0-9]+$
    ...    example=30
    ...    default=7
    ${ADDRESS_PRICE_PER_HOUR}=    RW.Core.Import User Variable    ADDRESS_PRICE_PER_HOUR
    ...    type=number
    ...    description=What one unused address costs an hour, in the currency of the bill (list price: $0.01).
    ...    pattern=^[0-9.]+$
    ...    example=0.012
    ...    default=0.01
    ${env}=    Create Dictionary
    ...    GCP_PROJECT_ID=${GCP_PROJECT}
    ...    GCP_KEY_FILE=./${gcp_credentials.key}
    ...    REGIONS=${REGIONS}
    ...    MIN_IDLE_DAYS=${MIN_IDLE_DAYS}
    Set Suite Variable    ${gcp_credentials}
    Set Suite Variable    ${GCP_PROJECT}
    Set Suite Variable    ${env}

Read Addresses
    [Documentation]    Fails the task when the script failed, so that a check that could not run does not look healthy.
    [Arguments]    ${result}
    Script Should Have Succeeded    ${result}
    ${content}=    RW.CLI.Run Cli    cmd=cat unused_addresses.json    include_in_history=False
    ${addresses}=    Evaluate    json.loads($content.stdout)    json
    RETURN    ${addresses}
