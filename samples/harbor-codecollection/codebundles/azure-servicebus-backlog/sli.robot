*** Settings ***
Documentation       Scores the queue backlog of an Azure Service Bus namespace: how many messages wait, how many were given up, and
...                 whether the backlog is growing.
Metadata            Author    harbor-maintainers
Metadata            Display Name    Azure Service Bus Backlog
Metadata            Supports    Azure,Service Bus
Metadata            Type    SLI

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization


*** Tasks ***
Measure Active Messages in Namespace `${SERVICEBUS_NAMESPACE}`
    [Documentation]    Pushes 1 while no queue has more waiting messages than allowed.
    [Tags]    access:read-only    azure    queue    backlog    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=queue_counts.sh
    ...    env=${env}
    ...    secret_file__azure_credentials=${azure_credentials}
    ...    timeout_seconds=180
    ${queues}=    Read Json    ${result}
    ${active_score}=    Evaluate    int(all(queue["active"] <= int("${MAX_ACTIVE_MESSAGES}") for queue in $queues))
    Set Suite Variable    ${active_score}
    RW.Core.Push Metric    ${active_score}    sub_name=active_messages

Measure Dead Letters in Namespace `${SERVICEBUS_NAMESPACE}`
    [Documentation]    Pushes 1 while no queue has more dead letters than allowed.
    [Tags]    access:read-only    azure    queue    dead letters    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=queue_counts.sh
    ...    env=${env}
    ...    secret_file__azure_credentials=${azure_credentials}
    ...    timeout_seconds=180
    ${queues}=    Read Json    ${result}
    ${dead_letter_score}=    Evaluate    int(all(queue["dead_letters"] <= int("${MAX_DEAD_LETTERS}") for queue in $queues))
    Set Suite Variable    ${dead_letter_score}
    RW.Core.Push Metric    ${dead_letter_score}    sub_name=dead_letters

Measure Backlog Growth in Namespace `${SERVICEBUS_NAMESPACE}` over `${GROWTH_WINDOW}`
    [Documentation]    Compares the first and the last third of the window: a backlog that grows means that consumers are slower than
    ...                producers, even while every queue is still below its limit.
    [Tags]    access:read-only    azure    queue    backlog    growth    data:metrics
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=backlog_growth.sh
    ...    env=${env}
    ...    secret_file__azure_credentials=${azure_credentials}
    ...    timeout_seconds=180
    ${growth}=    Read Json    ${result}
    ${growth_score}=    Evaluate    int($growth["late"] <= $growth["early"] * 1.1 + 10)
    Set Suite Variable    ${growth_score}
    RW.Core.Push Metric    ${growth_score}    sub_name=backlog_growth

Score Backlog of Namespace `${SERVICEBUS_NAMESPACE}`
    [Documentation]    Pushes the mean of the three checks.
    [Tags]    access:read-only    azure    queue    score    data:metrics
    ${score}=    Evaluate    round((${active_score} + ${dead_letter_score} + ${growth_score}) / 3, 2)
    RW.Core.Push Metric    ${score}


*** Keywords ***
Suite Initialization
    ${azure_credentials}=    RW.Core.Import Secret    azure_credentials
    ...    type=string
    ...    description=A service principal as JSON with clientId, clientSecret and tenantId; it needs the role Monitoring Reader on the namespace.
    ...    pattern=.*
    ${SUBSCRIPTION}=    RW.Core.Import User Variable    AZURE_SUBSCRIPTION_ID
    ...    type=string
    ...    description=The id of the subscription.
    ...    pattern=^[0-9a-f-]{36}$
    ...    example=00000000-0000-0000-0000-000000000000
    ${RESOURCE_GROUP}=    RW.Core.Import User Variable    AZURE_RESOURCE_GROUP
    ...    type=string
    ...    description=The resource group of the Service Bus namespace.
    ...    pattern=.+
    ...    example=harbor-messaging
    ${SERVICEBUS_NAMESPACE}=    RW.Core.Import User Variable    SERVICEBUS_NAMESPACE
    ...    type=string
    ...    description=The name of the Service Bus namespace.
    ...    pattern=[a-zA-Z0-9-]+
    ...    example=harbor-orders
    ${QUEUE_FILTER}=    RW.Core.Import User Variable    QUEUE_FILTER
    ...    type=string
    ...    description=Only queues whose name starts with this. Empty looks at all of them.
    ...    pattern=.*
    ...    example=orders-
    ...    default=
    ${MAX_ACTIVE_MESSAGES}=    RW.Core.Import User Variable    MAX_ACTIVE_MESSAGES
    ...    type=integer
    ...    description=Waiting messages of one queue that are still healthy.
    ...    pattern=^[0-9]+$
    ...    example=5000
    ...    default=1000
    ${MAX_DEAD_LETTERS}=    RW.Core.Import User Variable    MAX_DEAD_LETTERS
    ...    type=integer
    ...    description=Dead letters of one queue that are still healthy.
    ...    pattern=^[0-9]+$
    ...    example=10
    ...    default=0
    ${GROWTH_WINDOW}=    RW.Core.Import User Variable    GROWTH_WINDOW
    ...    type=string
    ...    description=How far back growth is measured.
    ...    enum=30m,1h,6h
    ...    example=1h
    ...    default=1h
    ${env}=    Create Dictionary
    ...    AZURE_SUBSCRIPTION_ID=${SUBSCRIPTION}
    ...    AZURE_RESOURCE_GROUP=${RESOURCE_GROUP}
    ...    AZURE_KEY_FILE=./${azure_credentials.key}
    ...    SERVICEBUS_NAMESPACE=${SERVICEBUS_NAMESPACE}
    ...    QUEUE_FILTER=${QUEUE_FILTER}
    ...    GROWTH_WINDOW=${GROWTH_WINDOW}
    Set Suite Variable    ${azure_credentials}
    Set Suite Variable    ${env}

Read Json
    [Documentation]    Parses what the script printed; fails the task when the script failed.
    [Arguments]    ${result}
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    ${value}=    Evaluate    json.loads($result.stdout)    json
    RETURN    ${value}
