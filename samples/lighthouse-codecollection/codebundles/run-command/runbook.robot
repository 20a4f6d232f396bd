*** Settings ***
Documentation       Runs a command of your own and adds its output to the report. An issue is raised when the command fails or its output
...                 matches a pattern. The tool's name is the title that you give it.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    Run Command
Metadata            Supports    Linux    CLI    Generic

Library             String
Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
${TASK_TITLE}
    [Documentation]    Runs the command and reports its output.
    [Tags]    command    shell    generic
    ${result}=    RW.CLI.Run Cli
    ...    cmd=cd '${working_directory}' && ${COMMAND}
    ...    env=${env}
    ...    secret__command_token=${command_token}
    ...    secret_file__kubeconfig=${kubeconfig}
    ...    timeout_seconds=${STOP_AFTER_SECONDS}
    RW.Core.Add Pre To Report    ${result.stdout}${result.stderr}
    ${matches}=    Find Matches    ${result.stdout}
    IF    ${result.returncode} != 0 or $matches != ""
        RW.Core.Add Issue
        ...    severity=${FINDING_SEVERITY}
        ...    expected=The command succeeds and its output does not match `${FINDING_PATTERN}`
        ...    actual=Exit code ${result.returncode}, matching lines: ${matches}
        ...    title=${TASK_TITLE}: the command found a problem
        ...    reproduce_hint=${result.cmd}
        ...    details=${result.stdout}${result.stderr}
        ...    next_steps=${FINDING_NEXT_STEPS}
    END


*** Keywords ***
Suite Initialization
    ${command_token}=    RW.Core.Import Secret    command_token
    ...    type=string
    ...    description=A credential that the command finds in the environment variable command_token.
    ...    pattern=.*
    ...    optional=True
    ${kubeconfig}=    RW.Core.Import Secret    kubeconfig
    ...    type=string
    ...    description=A kubeconfig for commands that ask a cluster; KUBECONFIG points to it.
    ...    pattern=.*
    ...    optional=True
    RW.Core.Import User Variable    TASK_TITLE
    ...    type=string
    ...    description=The name of the tool, as people will look for it.
    ...    pattern=.+
    ...    example=Show the five largest tables
    ...    default=Run a command and report its output
    RW.Core.Import User Variable    COMMAND
    ...    type=string
    ...    description=The command. Pipes work: it is run by bash.
    ...    pattern=.+
    ...    example=df --human-readable / | tail -n 1
    RW.Core.Import User Variable    working_directory
    ...    type=string
    ...    description=The folder to run the command in.
    ...    pattern=.+
    ...    example=/opt/reports
    ...    default=.
    RW.Core.Import User Variable    STOP_AFTER_SECONDS
    ...    type=integer
    ...    description=Seconds after which the command is stopped.
    ...    pattern=^[0-9]+$
    ...    example=300
    ...    default=60
    RW.Core.Import User Variable    FINDING_PATTERN
    ...    type=string
    ...    description=A regular expression; a line of the output that matches raises an issue. Empty never matches.
    ...    pattern=.*
    ...    example=ERROR|WARN\\b
    ...    default=""
    RW.Core.Import User Variable    FINDING_SEVERITY
    ...    type=integer
    ...    description=The severity of an issue: 1 is critical, 4 is for information.
    ...    enum=[1,2,3,4]
    ...    example=2
    ...    default=3
    RW.Core.Import User Variable    FINDING_NEXT_STEPS
    ...    type=string
    ...    description=What somebody who gets the issue should do.
    ...    pattern=.*
    ...    example=Ask the storage team for a larger volume
    ...    default=Read the output of the command in the report
    ${env}=    Create Dictionary    KUBECONFIG=./kubeconfig
    Set Suite Variable    ${command_token}
    Set Suite Variable    ${kubeconfig}
    Set Suite Variable    ${env}

Find Matches
    [Documentation]    Returns the lines of a text that match FINDING_PATTERN; none when there is no pattern.
    [Arguments]    ${text}
    IF    $FINDING_PATTERN in ("", '""')    RETURN    ${EMPTY}
    ${lines}=    Get Lines Matching Regexp    ${text}    ${FINDING_PATTERN}    partial_match=True
    RETURN    ${lines}
