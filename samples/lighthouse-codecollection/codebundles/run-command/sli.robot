*** Settings ***
Documentation       Runs a command of your own on a schedule and turns it into a number: its exit code as 1 or 0, the last number that it
...                 prints, or how many lines it prints.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    Run Command
Metadata            Supports    Linux    CLI    Generic

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
${TASK_TITLE}
    [Documentation]    Runs the command and pushes its number as the metric.
    [Tags]    command    shell    generic    data:metrics
    ${result}=    RW.CLI.Run Cli
    ...    cmd=${COMMAND}
    ...    env=${env}
    ...    secret__command_token=${command_token}
    ...    timeout_seconds=${STOP_AFTER_SECONDS}
    IF    "${METRIC_SOURCE}" == "exit_code"
        ${value}=    Evaluate    int(${result.returncode} == 0)
    ELSE IF    "${METRIC_SOURCE}" == "last_number"
        ${value}=    Evaluate    float(re.findall(r"-?[0-9]+(?:[.][0-9]+)?", $result.stdout)[-1])    re
    ELSE
        ${value}=    Evaluate    len($result.stdout.splitlines())
    END
    RW.Core.Push Metric    ${value}


*** Keywords ***
Suite Initialization
    ${command_token}=    RW.Core.Import Secret    command_token
    ...    type=string
    ...    description=A credential that the command finds in the environment variable command_token.
    ...    pattern=.*
    ...    optional=True
    RW.Core.Import User Variable    TASK_TITLE
    ...    type=string
    ...    description=The name of the monitor, as people will look for it.
    ...    pattern=.+
    ...    example=Count the orders that wait
    ...    default=Run a command and measure its output
    RW.Core.Import User Variable    COMMAND
    ...    type=string
    ...    description=The command. Pipes work: it is run by bash.
    ...    pattern=.+
    ...    example=df --human-readable / | tail -n 1
    RW.Core.Import User Variable    STOP_AFTER_SECONDS
    ...    type=integer
    ...    description=Seconds after which the command is stopped.
    ...    pattern=^[0-9]+$
    ...    example=300
    ...    default=60
    RW.Core.Import User Variable    METRIC_SOURCE
    ...    type=string
    ...    description=What the metric is: the exit code (1 is success), the last number printed, or the number of lines.
    ...    enum=exit_code, last_number, line_count
    ...    example=last_number
    ...    default=exit_code
    ${env}=    Create Dictionary
    Set Suite Variable    ${command_token}
    Set Suite Variable    ${env}
