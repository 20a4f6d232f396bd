*** Settings ***
Documentation       Reports failed GitHub Actions workflows of some repositories: which, since when, and at which step; and runs that
...                 wait too long for a runner.
Metadata            Author    harbor-maintainers
Metadata            Display Name    GitHub Actions Failures
Metadata            Supports    GitHub,GitHub Actions

Library             RW.Core
Library             RW.CLI
Library             Harbor.durations

Suite Setup         Suite Initialization

Force Tags          access:read-only    github    ci


*** Tasks ***
Summarise Failed Workflow Runs in `${REPOSITORIES}`
    [Documentation]    Counts failed runs by workflow within the lookback window.
    [Tags]    workflows    failures    data:metrics
    ${result}=    Run Script    failed_runs.sh
    ${workflows}=    Read Findings    failed_runs.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${workflow}    IN    @{workflows}
        Report Workflow    ${workflow}    ${result.cmd}
    END

Show Failing Steps of the Latest Failed Runs in `${REPOSITORIES}`
    [Documentation]    Opens the latest failed run of each workflow and names the job and the step that failed.
    [Tags]    workflows    steps    data:logs-config
    ${result}=    Run Script    failing_steps.sh
    RW.Core.Add Pre To Report    ${result.stdout}

Find Runs That Wait for a Runner in `${REPOSITORIES}`
    [Documentation]    Lists runs that are queued for longer than allowed: no runner has the labels that they ask for, or all are busy.
    [Tags]    runners    queue    data:state
    ${result}=    Run Script    queued_runs.sh
    ${runs}=    Read Findings    queued_runs.json
    RW.Core.Add Pre To Report    ${result.stdout}
    FOR    ${run}    IN    @{runs}
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=Workflow runs start within ${MAX_QUEUE_MINUTES} minutes
        ...    actual=A run of `${run["workflow"]}` has waited ${run["minutes"]} minutes
        ...    title=Workflow `${run["workflow"]}` of `${run["repository"]}` waits for a runner
        ...    reproduce_hint=${result.cmd}
        ...    details=${run["url"]}
        ...    next_steps=Check that a runner with the labels of the job is online
    END


*** Keywords ***
Suite Initialization
    ${github_token}=    Import Secret    github_token
    ...    type=string
    ...    description=A fine-grained token with read access to Actions of the repositories.
    ...    pattern=.*
    Import User Variable    REPOSITORIES
    ...    type=string
    ...    description=Repositories, separated by commas, each as owner/name.
    ...    pattern=^[^/]+/[^,]+(,[^/]+/[^,]+)*$
    ...    example=example-org/shop,example-org/shop-infra
    ${BRANCH}=    Import User Variable    BRANCH
    ...    type=string
    ...    description=Only runs of this branch. Empty looks at all of them.
    ...    pattern=.*
    ...    example=main
    ...    default=""
    ${LOOKBACK}=    RW.Core.Import User Variable    RW_LOOKBACK_WINDOW
    ...    type=string
    ...    description=How far back failed runs are counted.
    ...    pattern=^([0-9]+[smhd])+$
    ...    example=7d
    ...    default=24h
    ${MAX_QUEUE_MINUTES}=    RW.Core.Import User Variable    MAX_QUEUE_MINUTES
    ...    type=integer
    ...    description=Minutes that a run may wait for a runner.
    ...    pattern=^[0-9]+$
    ...    example=30
    ...    default=15
    ${GITHUB_API_URL}=    rw.core.import_user_variable    GITHUB_API_URL
    ...    type=string
    ...    description=The address of the API; of GitHub Enterprise Server https://<host>/api/v3.
    ...    pattern=^https://.+
    ...    example=https://github.example.org/api/v3
    ...    default=https://api.github.com
    ${lookback_seconds}=    Duration To Seconds    ${LOOKBACK}
    ${env}=    Create Dictionary
    ...    REPOSITORIES=${REPOSITORIES}
    ...    BRANCH=${BRANCH}
    ...    LOOKBACK_SECONDS=${lookback_seconds}
    ...    MAX_QUEUE_MINUTES=${MAX_QUEUE_MINUTES}
    ...    GITHUB_API_URL=${GITHUB_API_URL}
    Set Suite Variable    ${github_token}
    Set Suite Variable    ${env}

Run Script
    [Documentation]    Runs one of the scripts beside this file; fails the task when it fails.
    [Arguments]    ${script}
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=${script}
    ...    env=${env}
    ...    secret__github_token=${github_token}
    ...    timeout_seconds=180
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    RETURN    ${result}

Read Findings
    [Arguments]    ${file}
    ${content}=    RW.CLI.Run Cli    cmd=cat ${file}    include_in_history=False
    ${findings}=    Evaluate    json.loads($content.stdout)    json
    RETURN    ${findings}

Report Workflow
    [Documentation]    Raises one issue for a workflow, however often it failed.
    [Arguments]    ${workflow}    ${command}
    RW.Core.Add Issue
    ...    severity=3
    ...    expected=Workflows of `${workflow["repository"]}` succeed
    ...    actual=`${workflow["workflow"]}` failed ${workflow["failures"]} times
    ...    title=Workflow `${workflow["workflow"]}` of `${workflow["repository"]}` fails
    ...    reproduce_hint=${command}
    ...    details=Latest: ${workflow["url"]}
    ...    next_steps=Show the failing steps of the latest failed runs
