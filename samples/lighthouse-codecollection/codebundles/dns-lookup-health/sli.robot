*** Settings ***
Documentation    Looks one name up at several public resolvers and scores the answers. It tells a name that nobody knows any more
...              from a resolver that has trouble.
Metadata         Supports    DNS
Library          String
Library          RW.Core
Library          RW.CLI
Force Tags       dns    lookup    resolver    domain


*** Tasks ***
Look Up `${RECORD_NAME}` at Public Resolvers
    ${RECORD_NAME}=    RW.Core.Import User Variable    RECORD_NAME
    ...    description=The name to look up.
    ...    example=shop.example.org
    ${RECORD_TYPE}=    RW.Core.Import User Variable    RECORD_TYPE
    ...    type=string
    ...    description=The type of record to ask for.
    ...    enum=[A,AAAA,CNAME,MX,TXT]
    ...    example=AAAA
    ...    default=A
    ${RESOLVERS}=    RW.Core.Import User Variable    RESOLVERS
    ...    type=string
    ...    description=Addresses of the resolvers to ask, separated by commas.
    ...    pattern=^[0-9a-f.:]+(,[0-9a-f.:]+)*$
    ...    example=9.9.9.9,1.1.1.1
    ...    default=1.1.1.1,8.8.8.8,9.9.9.9
    ${EXPECTED_VALUE}=    RW.Core.Import User Variable    EXPECTED_VALUE
    ...    type=string
    ...    description=Text that the answer should contain. Empty accepts any answer.
    ...    pattern=.*
    ...    example=v=spf1
    ...    default=''
    ${expected}=    Evaluate    $EXPECTED_VALUE.strip("'")
    ${addresses}=    Split String    ${RESOLVERS}    ,
    ${good}=    Set Variable    ${0}
    FOR    ${address}    IN    @{addresses}
        ${answer}=    RW.CLI.Run Cli    cmd=dig +short +time=3 +tries=1 @${address} ${RECORD_NAME} ${RECORD_TYPE}
        ${found}=    Evaluate    int($answer.returncode == 0 and $answer.stdout.strip() != "" and $expected in $answer.stdout)
        RW.Core.Push Metric    ${found}    sub_name=resolver_${address}
        ${good}=    Evaluate    ${good} + ${found}
    END
    ${share}=    Evaluate    ${good} / len($addresses)
    RW.Core.Push Metric    ${share}
