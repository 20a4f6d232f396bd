*** Settings ***
Documentation       Scores a GCP project by its unused reserved IP addresses: 1 while there are no more than allowed, else 0.
Metadata            Author    harbor-maintainers
Metadata            Display Name    GCP Unused IP Addresses
Metadata            Supports    GCP,Compute Engine,Cost

Library             RW.Core
Library             RW.CLI
Resource            Harbor/scripts.resource

Suite Setup         Suite Initialization


*** Tasks ***
Count Unused Addresses in Project `${GCP_PROJECT}`
    [Documentation]    Pushes 1 while the project has no more unused addresses than allowed, else 0.
    [Tags]    access:read-only    gcp    ip addresses    cost    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=unused_addresses.sh
    ...    env=${env}
    ...    secret_file__gcp_credentials=${gcp_credentials}
    ...    timeout_seconds=180
    scripts.Script Should Have Succeeded    ${result}
    ${count}=    RW.CLI.Run Cli    cmd=jq length unused_addresses.json    include_in_history=False
    ${score}=    Evaluate    1 if int($count.stdout) <= int("${MAX_UNUSED_ADDRESSES}") else 0
    RW.Core.Push Metric    ${score}


*** Keywords ***
Suite Initialization
    ${gcp_credentials}=    Import Secret    gcp_credentials
    ...    type=string
    ...    description=The JSON key of a service account with the role Compute Viewer.
    ...    pattern=.*
    ...    example={"type": "service_account", "project_id": "harbor-demo"}
    ${GCP_PROJECT}=    RW.Core.Import User Variable    GCP_PROJECT_ID
    ...    type=string
    ...    description=The id of the project to measure.
    ...    pattern=^[a-z][a-z0-9-]{4,28}[a-z0-9]$
    ...    example=harbor-demo
    ${REGIONS}=    RW.Core.Import User Variable    REGIONS
    ...    type=string
    ...    description=Regions to look at, separated by commas. Empty looks at all, and at global addresses.
    ...    pattern=.*
    ...    example=europe-west1,us-east1
    ...    default=''
    ${MAX_UNUSED_ADDRESSES}=    RW.Core.Import User Variable    MAX_UNUSED_ADDRESSES
    ...    type=integer
    ...    description=Unused addresses that are still fine.
    ...    pattern=^[0-9]+$
    ...    example=2
    ...    default=0
    ${env}=    Create Dictionary
    ...    GCP_PROJECT_ID=${GCP_PROJECT}
    ...    GCP_KEY_FILE=./${gcp_credentials.key}
    ...    REGIONS=${REGIONS}
    Set Suite Variable    ${gcp_credentials}
    Set Suite Variable    ${GCP_PROJECT}
    Set Suite Variable    ${env}
