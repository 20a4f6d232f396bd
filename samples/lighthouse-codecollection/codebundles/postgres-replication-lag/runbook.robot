*** Settings ***
Documentation       Shows how far PostgreSQL replicas lag behind their primary and what holds them back: slots that nobody reads,
...                 transactions that never end.
Metadata            Author    lighthouse-maintainers
Metadata            Display Name    PostgreSQL Replication Lag
Metadata            Supports    Database,PostgreSQL,Kubernetes

Library             RW.Core
Library             RW.CLI

Suite Setup         Suite Initialization

Force Tags          postgresql    database    replication


*** Tasks ***
Show Replication Lag of Primary `${DB_HOST}`
    [Documentation]    Lists every connected replica with its lag in seconds and bytes; raises an issue for each that lags too far behind.
    [Tags]    access:read-only    lag    replicas    data:sql-query
    ${replicas}=    Query    replication_lag.sql
    FOR    ${replica}    IN    @{replicas}
        IF    ${replica["lag_seconds"]} > ${MAX_LAG_SECONDS}
            RW.Core.Add Issue
            ...    severity=2
            ...    expected=Replicas of `${DB_HOST}` lag less than ${MAX_LAG_SECONDS} seconds behind
            ...    actual=Replica `${replica["replica"]}` lags ${replica["lag_seconds"]} seconds behind
            ...    title=Replica `${replica["replica"]}` of `${DB_HOST}` lags behind
            ...    reproduce_hint=SELECT * FROM pg_stat_replication;
            ...    details=State: ${replica["state"]}, ${replica["lag_bytes"]} bytes not replayed
            ...    next_steps=Find long transactions on `${DB_HOST}`\nCheck disk and network of replica `${replica["replica"]}`
        END
    END

Find Inactive Replication Slots on `${DB_HOST}`
    [Documentation]    A slot that nobody reads keeps write-ahead log until the primary's disk is full.
    [Tags]    access:read-only    slots    wal    disk    data:sql-query
    ${slots}=    Query    inactive_slots.sql
    FOR    ${slot}    IN    @{slots}
        RW.Core.Add Issue
        ...    severity=2
        ...    expected=Every replication slot of `${DB_HOST}` is read
        ...    actual=Slot `${slot["slot_name"]}` is inactive and keeps ${slot["retained_bytes"]} bytes
        ...    title=Replication slot `${slot["slot_name"]}` of `${DB_HOST}` is inactive
        ...    reproduce_hint=SELECT * FROM pg_replication_slots WHERE NOT active;
        ...    details=Type: ${slot["slot_type"]}
        ...    next_steps=Bring its reader back, or drop the slot when the reader is gone for good
    END

Find Transactions Longer Than `${MAX_TRANSACTION_MINUTES}` Minutes on `${DB_HOST}`
    [Documentation]    Long transactions hold back cleanup on the primary and replay on replicas with hot standby feedback.
    [Tags]    access:read-only    transactions    locks    data:sql-query
    ${transactions}=    Query    long_transactions.sql
    FOR    ${transaction}    IN    @{transactions}
        RW.Core.Add Issue
        ...    severity=3
        ...    expected=Transactions on `${DB_HOST}` end within ${MAX_TRANSACTION_MINUTES} minutes
        ...    actual=Process ${transaction["pid"]} is in a transaction for ${transaction["minutes"]} minutes
        ...    title=Long transaction of `${transaction["usename"]}` on `${DB_HOST}`
        ...    reproduce_hint=SELECT * FROM pg_stat_activity WHERE xact_start IS NOT NULL;
        ...    details=State: ${transaction["state"]}, application: ${transaction["application_name"]}
        ...    next_steps=Ask the owner of `${transaction["application_name"]}`\nEnd idle transactions on `${DB_HOST}`
    END

End Idle Transactions Longer Than `${MAX_TRANSACTION_MINUTES}` Minutes on `${DB_HOST}`
    [Documentation]    Ends sessions that opened a transaction and then did nothing. What they had not committed is rolled back.
    [Tags]    access:read-write    transactions    terminate
    Query    end_idle_transactions.sql


*** Keywords ***
Suite Initialization
    ${postgres_password}=    RW.Core.Import Secret    postgres_password
    ...    type=string
    ...    description=The password of DB_USER.
    ...    pattern=.*
    ${postgres_ca_certificate}=    RW.Core.Import Secret    postgres_ca_certificate
    ...    type=string
    ...    description=The certificate of the authority that signed the server's; needed for verify-full.
    ...    pattern=.*
    ...    optional=True
    ${DB_HOST}=    RW.Core.Import User Variable    DB_HOST
    ...    type=string
    ...    description=The name or address of the primary.
    ...    pattern=[A-Za-z0-9.:-]+
    ...    example=orders-db-rw.shop.svc
    ${DB_PORT}=    RW.Core.Import User Variable    DB_PORT
    ...    type=integer
    ...    description=The port of the primary.
    ...    pattern=^[0-9]+$
    ...    example=6432
    ...    default=5432
    ${DB_NAME}=    RW.Core.Import User Variable    DB_NAME
    ...    type=string
    ...    description=The database to connect to; replication is the same seen from any.
    ...    pattern=.+
    ...    example=orders
    ...    default="postgres"
    ${DB_USER}=    RW.Core.Import User Variable    DB_USER
    ...    type=string
    ...    description=A user with the role pg_monitor; ending sessions needs pg_signal_backend as well.
    ...    pattern=.+
    ...    example=lighthouse
    ${SSL_MODE}=    RW.Core.Import User Variable    SSL_MODE
    ...    type=string
    ...    description=How the connection is encrypted and the server checked.
    ...    enum=[disable,require,verify-full]
    ...    example=verify-full
    ...    default=require
    ${MAX_LAG_SECONDS}=    RW.Core.Import User Variable    MAX_LAG_SECONDS
    ...    type=integer
    ...    description=Seconds of lag from which an issue is raised.
    ...    pattern=^[0-9]+$
    ...    example=10
    ...    default=30
    ${MAX_TRANSACTION_MINUTES}=    RW.Core.Import User Variable    MAX_TRANSACTION_MINUTES
    ...    type=integer
    ...    description=Minutes from which a transaction counts as long.
    ...    pattern=^[0-9]+$
    ...    example=60
    ...    default=10
    ${env}=    Create Dictionary
    ...    DB_HOST=${DB_HOST}
    ...    DB_PORT=${DB_PORT}
    ...    DB_NAME=${DB_NAME}
    ...    DB_USER=${DB_USER}
    ...    SSL_MODE=${SSL_MODE}
    ...    MAX_TRANSACTION_MINUTES=${MAX_TRANSACTION_MINUTES}
    Set Suite Variable    ${postgres_password}
    Set Suite Variable    ${postgres_ca_certificate}
    Set Suite Variable    ${env}

Query
    [Documentation]    Runs one of the queries beside this file, adds its rows to the report and returns them.
    [Arguments]    ${file}
    ${query_env}=    Create Dictionary    &{env}    SQL_FILE=${file}
    ${result}=    RW.CLI.Run Bash File
    ...    bash_file=query.sh
    ...    env=${query_env}
    ...    secret__postgres_password=${postgres_password}
    ...    secret_file__postgres_ca_certificate=${postgres_ca_certificate}
    ...    timeout_seconds=120
    Should Be Equal As Integers    ${result.returncode}    0    msg=${result.stderr}    values=False
    RW.Core.Add Pre To Report    ${result.stdout}
    ${rows}=    Evaluate    json.loads($result.stdout)    json
    RETURN    ${rows}
