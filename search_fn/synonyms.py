"""What the field says in several ways: a line is one meaning, its phrases separated by commas.

A query that has a phrase of a line is searched for the line's others too, which count less than what was written.
Number and tense do not matter: words are compared as the index holds them.
"""

from collections.abc import Iterable, Sequence

from search_fn.words import STOP_WORDS, compounds, stem

GROUPS = """
kubernetes, k8s, kube
kubectl, kubernetes cli
openshift, oc
gke, google kubernetes engine
eks, elastic kubernetes service
aks, azure kubernetes service
gcp, google cloud, gcloud
aws, amazon web services, amazon
azure, microsoft cloud
postgres, postgresql, psql
mongodb, mongo
elasticsearch, elastic search
prometheus, promql
opentelemetry, otel
github actions, gha
ci, build, pipeline, workflow
cloud custodian, c7n
key vault, keyvault, azure kv
microsoft teams, msteams
container registry, docker registry, image registry, acr, ecr, gcr, artifact registry
virtual machine, vm, instance, ec2, machine, compute engine
load balancer, loadbalancer, elb, alb, nlb
object storage, bucket, s3, blob storage
lambda, serverless, cloud function, function app
airflow, cloud composer, dag
data factory, adf, data pipeline
service bus, servicebus
api management, apim
application gateway, appgateway, app gateway
app service, webapp, web app
scale set, vmss
persistent volume, pvc, pv, volume claim, persistentvolumeclaim
stateful set, statefulset
daemon set, daemonset
cron job, cronjob, scheduled job, schedule
service account, serviceaccount
security group, firewall rule, open port
namespace, ns
node, machine, worker, instance
autoscaling, autoscaler, scale up, scaling
crashloopbackoff, crash loop, restart loop, restarting, crashing
oomkilled, out of memory, oom, memory limit, killed for memory
imagepullbackoff, errimagepull, image pull, pull image
pending, unschedulable, insufficient cpu, insufficient memory
evicted, eviction, node pressure
dead letter, dlq, deadletter
certificate, cert, tls, ssl, x509
expired, expiring, expiry, expiration
dns, name resolution, domain name, nameserver, servfail, nxdomain
latency, slow, slowly, slowness, response time
timeout, timed out, deadline exceeded
probe, readiness, liveness, healthz
unavailable, down, outage, unreachable, incident
unhealthy, degraded, notready
cost, spend, spending, bill, billing, price, expensive, spent
unused, idle, orphaned, stale, unattached, dangling, leftover, abandoned
overprovisioned, oversized, underutilized, rightsizing
overutilized, overused, overloaded, high utilization
public, exposed, open to the internet, publicly accessible
encryption, encrypted, unencrypted, encryption at rest
quota, limit exceeded, rate limit, throttled, 429
permission, iam, role, access denied, forbidden, unauthorized, rbac, 401, 403
secret, credential, password, api key
replication, replica, standby
failover, switchover, primary
backup, restore, snapshot
rollback, roll back, undo, revert
restart, reboot, bounce
redeploy, deploy, rollout, release
notify, notification, send message, post message
ticket, issue
page, alert
stacktrace, stack trace, traceback, exception
trace, tracing, span
mail, email, smtp
http status, status code, response code
502, 503, 504, 5xx, bad gateway, http error
llm, language model
disk full, no space left, enospc, disk usage, disk utilization, volume full
cpu, processor
run command, execute command, arbitrary command, ad hoc command
script, bash, python, shell
locked, lock
"""

Phrase = tuple[str, ...]


def _phrase(text: str) -> Phrase:
    parts = (part for whole, parts in compounds(text) for part in parts or (whole,))
    return tuple(stem(part) for part in parts if part not in STOP_WORDS)


def _table() -> dict[Phrase, list[str]]:
    found: dict[Phrase, list[str]] = {}
    for line in GROUPS.split("\n"):
        phrases = [phrase for phrase in map(_phrase, line.split(",")) if phrase]
        for phrase in phrases:
            found.setdefault(phrase, []).extend(word for other in phrases if other != phrase for word in other)
    return found


_OTHERS = _table()
_LONGEST = max(map(len, _OTHERS))
FIELD_WORDS = frozenset(word for phrase in _OTHERS for word in phrase)
"""Stems of all words here: right, whether or not the corpus has them."""


def synonyms(words: Sequence[str]) -> tuple[Iterable[str], set[str]]:
    """The words that the phrases among `words` (stems, in the query's order) can be said with, and the words of those
    phrases; the longer of two phrases that overlap.
    """
    others: dict[str, None] = {}
    said: set[str] = set()
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + length])
            if phrase in _OTHERS:
                others.update(dict.fromkeys(_OTHERS[phrase]))
                said.update(phrase)
                break
        else:
            length = 1
        at += length
    return others, said
