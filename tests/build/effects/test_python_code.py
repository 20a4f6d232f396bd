"""What Python code is found to do: keywords of libraries, and scripts."""

# ruff: noqa: E501 - a row of a table is a whole script

from textwrap import dedent

import pytest

from tests.support.following import bundle_of, changing, script, task

CHANGES = {
    "partial": 'from functools import partial\nimport subprocess\nrun = partial(subprocess.run, check=True)\nrun(["kubectl", "delete", "pod", name])',
    "the package sh": 'import sh\nsh.kubectl("delete", "pod", name)',
    "exec": """exec('import os; os.system("kubectl delete pod x")')""",
    "a module by its name": 'import importlib\nimportlib.import_module("subprocess").run(["kubectl", "delete", "pod", name])',
    "a key of sorted": 'import os\nsorted(["a"], key=lambda one: os.system("kubectl delete pod x"))',
    "where a context is entered": 'import os\nclass Held:\n    def __enter__(self):\n        os.system("kubectl delete pod x")\n    def __exit__(self, *error):\n        pass\nwith Held():\n    pass',
    "where a context is left": 'import os\nclass Held:\n    def __enter__(self):\n        return self\n    def __exit__(self, *error):\n        os.system("kubectl delete pod x")\nwith Held() as held:\n    pass',
    "an iterator": 'import os\nclass Each:\n    def __iter__(self):\n        return self\n    def __next__(self):\n        os.system("kubectl delete pod x")\nfor one in Each():\n    pass',
    "an enumeration": 'import subprocess\nfrom enum import Enum\nclass Verb(Enum):\n    DELETE = "delete"\nsubprocess.run(["kubectl", Verb.DELETE.value, "pod", name])',
    "a folder of the system": 'import shutil\nshutil.rmtree("/var/lib/kubelet")',
    "subprocess list": 'import subprocess\nsubprocess.run(["kubectl", "delete", "pod", name], check=True)',
    "subprocess text": 'import subprocess\nsubprocess.check_output(f"kubectl delete pod {name}", shell=True)',
    "split": 'import shlex, subprocess\nsubprocess.run(shlex.split(f"kubectl delete pod {name}"))',
    "popen": 'from subprocess import Popen\nPopen(["kubectl"] + ["delete", "pod", name])',
    "joined": 'import os\nos.system(" ".join(["kubectl", "delete", "pod", name]))',
    "appended": 'import subprocess\ncmd = ["kubectl"]\ncmd.append("delete")\ncmd += ["pod", name]\nsubprocess.call(cmd)',
    "extended": 'import subprocess\ncmd = ["kubectl"]\ncmd.extend(["delete", "pod"])\nsubprocess.call([*cmd, name])',
    "helper": 'import subprocess\ndef kubectl(*args):\n    return subprocess.run(["kubectl", *args])\nkubectl("delete", "pod", name)',
    "format": 'import os\nos.popen("kubectl {} pod {}".format("delete", name))',
    "percent": 'import os\nos.system("kubectl %s pod %s" % ("delete", name))',
    "requests": 'import requests\nrequests.delete(f"https://api.example.com/items/{name}")',
    "session": 'import requests\ns = requests.Session()\ns.headers["x"] = "y"\ns.put("https://api.example.com/items", json={"name": name})',
    "method": 'import requests\nrequests.request("PATCH", "https://api.example.com/items", json={"a": 1})',
    "httpx client": 'import httpx\nwith httpx.Client() as client:\n    client.delete("https://api.example.com/items/1")',
    "urllib": 'from urllib.request import Request, urlopen\nurlopen(Request("https://api.example.com/items", method="DELETE"))',
    "boto3": 'import boto3\nec2 = boto3.client("ec2", region_name="eu-west-1")\nec2.terminate_instances(InstanceIds=[name])',
    "boto3 session": 'import boto3\nboto3.Session(profile_name="x").client("s3").delete_object(Bucket="b", Key=name)',
    "boto3 resource": 'import boto3\nboto3.resource("ec2").Instance(name).terminate()',
    "kubernetes": 'from kubernetes import client, config\nconfig.load_kube_config()\nclient.CoreV1Api().delete_namespaced_pod(name, "shop")',
    "kubernetes alias": 'import kubernetes.client as k\napi = k.AppsV1Api()\napi.patch_namespaced_deployment(name, "shop", {"a": 1})',
    "kubernetes exec": 'from kubernetes import client\nfrom kubernetes.stream import stream\napi = client.CoreV1Api()\nstream(api.connect_get_namespaced_pod_exec, name, "shop", command=["sh", "-c", "rm -rf /data"])',
    "azure": 'from azure.mgmt.compute import ComputeManagementClient\nComputeManagementClient(1, 2).virtual_machines.begin_deallocate("g", name)',
    "google": 'from google.cloud import storage\nstorage.Client().bucket("b").blob(name).delete()',
    "discovery": 'from googleapiclient import discovery\ndiscovery.build("compute", "v1").instances().stop(project="p", instance=name).execute()',
    "sql": 'import psycopg2\nconn = psycopg2.connect("x")\nwith conn.cursor() as cur:\n    cur.execute("DELETE FROM jobs WHERE id = %s", (name,))',
    "slack": 'from slack_sdk import WebClient\nWebClient(token="t").chat_postMessage(channel="c", text=name)',
    "mail": 'import smtplib\nwith smtplib.SMTP("h") as s:\n    s.sendmail("a", "b", "c")',
    "github": 'from github import Github\nGithub("t").get_repo("a/b").create_issue(title=name)',
    "dispatch": 'import requests\n{"read": requests.get, "write": requests.post}["write"]("https://api.example.com/items", json={"n": name})',
    "getattr": 'import requests\ngetattr(requests, "post")("https://api.example.com/items", json={"n": name})',
    "dispatch by the environment": 'import os, requests\ndef show():\n    return requests.get("https://api.example.com/items")\ndef clear():\n    requests.delete("https://api.example.com/items")\n{"show": show, "clear": clear}[os.environ.get("ACTION", "show")]()',
    "dispatch by get": 'import os\nacts = {"show": lambda: 1, "clear": lambda: os.system("kubectl delete pod x")}\nacts.get(os.environ.get("ACTION", "show"), lambda: 0)()',
    "a method found by its name": 'import os\nclass K:\n    def do_show(self):\n        return 1\n    def do_clear(self):\n        os.system("kubectl delete pod x")\ngetattr(K(), f"do_{os.environ[\'ACTION\']}")()',
    "called back": 'import atexit, os\ndef clean():\n    os.system("kubectl delete pod x")\natexit.register(clean)',
    "a method of the class that extends": 'import requests\nclass Check:\n    def run(self):\n        self.repair()\nclass Queue(Check):\n    def repair(self):\n        requests.delete("https://api.example.com/messages")\nQueue().run()',
    "sqlalchemy": 'from sqlalchemy import create_engine, text\nwith create_engine(name).begin() as c:\n    c.execute(text("DELETE FROM jobs"))',
    "an attribute that either branch sets": 'import os, requests\nclass A:\n    def go(self):\n        requests.delete("https://api.example.com/items")\nclass B:\n    def go(self):\n        return 1\nclass K:\n    def __init__(self):\n        if os.environ.get("ROLE"):\n            self.way = A()\n        else:\n            self.way = B()\nK().way.go()',
    "thread": 'import os\nfrom concurrent.futures import ThreadPoolExecutor\ndef act(n):\n    os.system(f"kubectl delete pod {n}")\nwith ThreadPoolExecutor() as pool:\n    pool.submit(act, name)',
    "class": 'import os\nclass K:\n    def __init__(self, verb):\n        self.verb = verb\n    def go(self, n):\n        os.system(f"kubectl {self.verb} pod {n}")\nK("delete").go(name)',
    "inherited": 'import os\nclass A:\n    verb = "get"\n    def go(self):\n        os.system("kubectl " + self.verb + " pod x")\nclass B(A):\n    verb = "delete"\nB().go()',
    "try": 'import os\ntry:\n    os.stat(name)\nexcept OSError:\n    os.system("kubectl delete pod x")',
    "set where a loop is left": 'import os\nverb = "get"\nfor one in ("a", "b"):\n    if one == name:\n        verb = "delete"\n        break\nos.system(f"kubectl {verb} pod x")',
    "asynchronous": 'import asyncio\nasync def go():\n    await asyncio.create_subprocess_exec("kubectl", "delete", "pod", name)\nasyncio.run(go())',
}  # fmt: skip
READS = {
    "printed": 'print(f"kubectl delete pod {name}")',
    "logged": 'import logging\nlogging.getLogger(__name__).info("kubectl delete pod %s", name)',
    "returned": 'next_steps = ["kubectl delete pod " + name]\nreturn_value = "\\n".join(next_steps)',
    "get": 'import requests\nrequests.get("https://api.example.com/items", params={"delete": 1})',
    "query by POST": 'import requests\nrequests.post("https://prometheus.example.com/api/v1/query", data={"query": "up"})',
    "describe": 'import boto3\nfor page in boto3.client("ec2").get_paginator("describe_instances").paginate():\n    print(page)',
    "list pods": 'from kubernetes import client\nfor pod in client.CoreV1Api().list_namespaced_pod("shop").items:\n    print(pod)',
    "an event loop": 'import asyncio, aiohttp\nasync def main():\n    async with aiohttp.ClientSession() as s:\n        return await s.get("https://api.example.com/items")\nasyncio.run(main())',
    "sqlalchemy": 'from sqlalchemy import create_engine, text\nwith create_engine(name).connect() as c:\n    c.execute(text("SELECT 1"))',
    "select": 'import psycopg2\npsycopg2.connect("x").cursor().execute("SELECT 1")',
    "dictionary": 'd = {}\nd.update({"delete": name})\nd.pop("delete", None)',
    "own file": 'import os, shutil\nopen("out.txt", "w").write(name)\nos.remove("out.txt")\nshutil.rmtree("tmp", ignore_errors=True)',
    "pandas": 'import pandas as pd\npd.DataFrame([1]).drop(columns=["a"]).update(name)',
    "not called": 'import os\ndef purge():\n    os.system("kubectl delete pod x")',
    "fixed branch": 'import os\nmode = "report"\nif mode == "purge":\n    os.system("kubectl delete pod x")',
}  # fmt: skip


def keyword(body: str) -> str:
    return "def act(name):\n" + "\n".join(f"    {line}" for line in dedent(body).split("\n"))


@pytest.mark.parametrize("body", CHANGES.values(), ids=CHANGES)
def test_a_keyword_that_changes_things_is_found(body: str) -> None:
    tool = task("Act    web", settings="Library    Acting", Acting=keyword(body))
    assert tool.effect == "changes", (tool.commands, tool.unclear_because)
    assert {command.path for command in changing(tool)} == {"libraries/Acting.py"}


@pytest.mark.parametrize("body", CHANGES.values(), ids=CHANGES)
def test_a_script_that_changes_things_is_found(body: str) -> None:
    tool = script("python3 ./act.py web", act__py=f"import sys\nname = sys.argv[1]\n{body}\n")
    assert tool.effect == "changes", (tool.commands, tool.unclear_because)


@pytest.mark.parametrize("body", READS.values(), ids=READS)
def test_a_keyword_that_only_reads_is_no_change(body: str) -> None:
    tool = task("Act    web", settings="Library    Acting", Acting=keyword(body))
    assert tool.effect == "reads", (tool.commands, tool.unclear_because)


def test_code_that_is_made_as_it_runs_is_unclear() -> None:
    tool = task("Act    web", settings="Library    Acting", Acting=keyword("import os\nexec(os.environ[name])"))
    assert tool.effect == "unclear"
    assert tool.unclear_because == ("runs Python code that is made as it runs",)


def test_a_keyword_that_its_library_does_not_have_is_unclear() -> None:
    tool = task("Acting.Vanish    web", settings="Library    Acting", Acting=keyword("pass"))
    assert tool.effect == "unclear"
    assert any("Vanish" in because and "Acting" in because for because in tool.unclear_because)


def test_what_a_keyword_is_given_decides() -> None:
    library = (
        "import requests\ndef call(url, method='GET'):\n    requests.request(method=method, url=url, json={'a': 1})\n"
    )
    settings = "Library    Calling"
    assert task("Call    https://api.example.com/items", settings=settings, Calling=library).effect == "reads"
    posting = "Calling.Call    url=https://api.example.com/items    method=POST"
    assert task(posting, settings=settings, Calling=library).effect == "changes"


def test_a_flag_of_the_environment_is_told() -> None:
    body = 'import os\nif os.environ.get("APPLY", "no") == "yes":\n    os.system("kubectl delete pod x")'
    (command,) = changing(script("python3 act.py", act__py=body))
    assert command.condition is not None
    assert "APPLY is 'no' by default" in command.condition


@pytest.mark.parametrize(
    "body", ["x = " + "(" * 500 + ")" * 500, "def f(:\n", "\x00", "f = lambda: f()\nf()", "def f(n):\n    return f(n + 'a')\nf('b')",
             "x = " + "+".join(["'a'"] * 5000), "class A(A):\n    pass\nA()", "while True:\n    x = [1] * 10"]
)  # fmt: skip
def test_hostile_code_comes_to_an_end(body: str) -> None:
    assert script("python3 act.py", act__py=body).effect in ("reads", "unclear")


@pytest.mark.parametrize(
    ("service", "call", "permission"),
    [
        ("ec2", "instances.filter(Filters=[])", "ec2:DescribeInstances"),
        ("ec2", "Instance(name).stop()", "ec2:StopInstances"),
        ("ec2", "Volume(name).delete()", "ec2:DeleteVolume"),
        ("s3", "buckets.all()", "s3:ListAllMyBuckets"),
        ("s3", "Bucket(name).objects.all()", "s3:ListBucket"),
        ("s3", "Object(name, name).delete()", "s3:DeleteObject"),
        ("dynamodb", "Table(name).put_item(Item={})", "dynamodb:PutItem"),
        ("iam", "roles.all()", "iam:ListRoles"),
    ],
)
def test_objects_of_boto3_need_the_actions_of_their_operations(service: str, call: str, permission: str) -> None:
    text = f'import boto3, sys\nname = sys.argv[1]\nboto3.resource("{service}").{call}\n'
    robot = "*** Settings ***\nLibrary    RW.CLI\n\n*** Tasks ***\nTask\n    RW.CLI.Run Cli    cmd=python3 act.py x\n"
    bundle = bundle_of({"runbook.robot": robot, "act.py": text})
    assert [one.permission for one in bundle.permissions] == [permission]


def test_a_waiter_of_boto3_needs_the_operation_that_it_asks_with() -> None:
    text = 'import boto3\nboto3.client("rds").get_waiter("db_instance_available").wait(DBInstanceIdentifier="x")\n'
    robot = "*** Settings ***\nLibrary    RW.CLI\n\n*** Tasks ***\nTask\n    RW.CLI.Run Cli    cmd=python3 act.py\n"
    bundle = bundle_of({"runbook.robot": robot, "act.py": text})
    assert [one.permission for one in bundle.permissions] == ["rds:DescribeDBInstances"]
