import shlex

import pytest

from build.effects.programs.judge import UNKNOWN, judge
from build.effects.programs.kubernetes import judge_method, manifest, resource_of

MANIFEST = """
apiVersion: batch/v1
kind: Job
metadata:
  name: canary
spec:
  template:
    spec:
      containers: []
---
kind: PersistentVolumeClaim
apiVersion: v1
"""


def needs(line: str, stdin: str | None = None) -> list[str]:
    """The permissions of a command line, in order, those of the cluster with a star."""
    verdict = judge([word.replace("§", UNKNOWN) for word in shlex.split(line)], stdin)
    return [f"{need.permission}{'*' if need.scope == 'cluster' else ''}" for need in verdict.needs]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("kubectl get pods", ["list pods"]),
        ("kubectl --context § -n § get po web", ["get pods"]),
        ("kubectl get pods -n § -l app=§", ["list pods"]),
        ("kubectl get pods § -n § --field-selector=status.phase=Running", ["list pods"]),
        ("kubectl get pod § -n §", ["get pods"]),
        ("kubectl get pod/§ -n §", ["get pods"]),
        ("kubectl get pods -A", ["list pods*"]),
        ("kubectl get deploy,sts -n x", ["list deployments.apps", "list statefulsets.apps"]),
        ("kubectl get deploy/a svc/b", ["get deployments.apps", "get services"]),
        ("kubectl get nodes", ["list nodes*"]),
        ("kubectl get Deployment --selector=a=b", ["list deployments.apps"]),
        ("kubectl get deployments.v1.apps", ["list deployments.apps"]),
        ("kubectl get daemonset.apps/x", ["get daemonsets.apps"]),
        (
            "kubectl get kustomizations.kustomize.toolkit.fluxcd.io -A",
            ["list kustomizations.kustomize.toolkit.fluxcd.io*"],
        ),
        ("kubectl get unheards.example.com § -n §", ["get unheards.example.com"]),
        ("kubectl get unheard.example.com", ["list unheards.example.com"]),
        ("kubectl get policy.example.com", ["list policies.example.com"]),
        ("kubectl get cert -n cert-manager", ["list certificates.cert-manager.io"]),
        ("kubectl get hpa", ["list horizontalpodautoscalers.autoscaling"]),
        ("kubectl get vpa § -n §", ["get verticalpodautoscalers.autoscaling.k8s.io"]),
        ("kubectl get crd machines.karpenter.sh", ["get customresourcedefinitions.apiextensions.k8s.io*"]),
        ("kubectl get § -n §", []),
        ("kubectl get §/§", []),
        ("kubectl get pods -w", ["list pods", "watch pods"]),
        ("kubectl get --raw /apis/metrics.k8s.io/v1beta1/namespaces/x/pods", ["list pods.metrics.k8s.io"]),
        ("kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes", ["list nodes.metrics.k8s.io*"]),
        ("kubectl get --raw /api/v1/nodes/a/proxy/stats/summary", ["get nodes/proxy*"]),
        ("kubectl get --raw /healthz?verbose", ["get /healthz*"]),
        ("kubectl describe pod § -n §", ["get pods"]),
        ("kubectl describe applications.argoproj.io § -n §", ["get applications.argoproj.io"]),
        ("kubectl logs § -n §", ["get pods", "get pods/log"]),
        ("kubectl logs -f § -c app", ["get pods", "get pods/log"]),
        ("kubectl logs deploy/§ --tail 50", ["get deployments.apps", "list pods", "get pods/log"]),
        ("kubectl logs --tail=100 statefulset.apps/vault", ["get statefulsets.apps", "list pods", "get pods/log"]),
        ("kubectl logs -l app=x", ["list pods", "get pods/log"]),
        ("kubectl exec § -n § -- ls", ["get pods", "create pods/exec"]),
        (
            "kubectl exec deployment/§ -- redis-cli PING",
            ["get deployments.apps", "list pods", "get pods", "create pods/exec"],
        ),
        ("kubectl cp §:/x ./x", ["get pods", "create pods/exec"]),
        ("kubectl port-forward svc/x 80", ["get services", "list pods", "get pods", "create pods/portforward"]),
        ("kubectl top pods -n §", ["list pods.metrics.k8s.io"]),
        ("kubectl top pod § -n § --containers", ["get pods.metrics.k8s.io"]),
        ("kubectl top nodes", ["list nodes.metrics.k8s.io*", "list nodes*"]),
        ("kubectl rollout restart deployment/§ -n §", ["get deployments.apps", "patch deployments.apps"]),
        ("kubectl rollout restart § -n §", []),
        ("kubectl delete §/§", []),
        (
            "kubectl rollout undo sts/§",
            ["get statefulsets.apps", "patch statefulsets.apps", "list controllerrevisions.apps"],
        ),
        ("kubectl rollout undo deploy/§", ["get deployments.apps", "patch deployments.apps", "list replicasets.apps"]),
        ("kubectl rollout status ds/§", ["get daemonsets.apps"]),
        ("kubectl scale statefulset/§ --replicas=3", ["get statefulsets.apps", "patch statefulsets.apps/scale"]),
        (
            "kubectl scale --replicas=0 rs -l a=b",
            ["list replicasets.apps", "get replicasets.apps", "patch replicasets.apps/scale"],
        ),
        ("kubectl set resources sts/§ --limits=cpu=1", ["get statefulsets.apps", "patch statefulsets.apps"]),
        ("kubectl set image deployment/§ a=b", ["get deployments.apps", "patch deployments.apps"]),
        (
            "kubectl patch hpa § -p '{\"spec\":{}}'",
            ["get horizontalpodautoscalers.autoscaling", "patch horizontalpodautoscalers.autoscaling"],
        ),
        ("kubectl patch -p '{}' deploy x", ["get deployments.apps", "patch deployments.apps"]),
        (
            "kubectl patch nodeclaim x --subresource=status -p {}",
            ["get nodeclaims.karpenter.sh*", "patch nodeclaims.karpenter.sh/status*"],
        ),
        ("kubectl annotate pod § a=b", ["get pods", "patch pods"]),
        ("kubectl label node § a-", ["get nodes*", "patch nodes*"]),
        ("kubectl delete pod § -n §", ["delete pods"]),
        ("kubectl delete pods -l app=x", ["list pods", "delete pods"]),
        ("kubectl delete job/canary pvc/canary", ["delete jobs.batch", "delete persistentvolumeclaims"]),
        ("kubectl delete events --all", ["list events", "delete events"]),
        ("kubectl wait --for=condition=Ready pod/§", ["get pods", "list pods", "watch pods"]),
        ("kubectl run x --image=y --restart=Never --command -- sleep 1", ["create pods"]),
        ("kubectl create job x --from=cronjob/y", ["create jobs.batch", "get cronjobs.batch"]),
        ("kubectl create secret generic x", ["create secrets"]),
        ("kubectl create token x", ["create serviceaccounts/token"]),
        ("kubectl create namespace x", ["create namespaces*"]),
        ("kubectl cordon §", ["get nodes*", "patch nodes*"]),
        (
            "kubectl drain §",
            ["get nodes*", "patch nodes*", "list pods*", "create pods/eviction*", "get daemonsets.apps*"],
        ),
        ("kubectl expose deploy x --port=80", ["get deployments.apps", "create services"]),
        ("kubectl autoscale deploy x --max=3", ["get deployments.apps", "create horizontalpodautoscalers.autoscaling"]),
        (
            "kubectl certificate approve x",
            [
                "get certificatesigningrequests.certificates.k8s.io*",
                "update certificatesigningrequests.certificates.k8s.io/approval*",
            ],
        ),
        ("kubectl auth can-i create pods", []),
        ("kubectl api-resources", []),
        ("kubectl config view", []),
        ("kubectl version", []),
        ("oc get routes", ["list routes.route.openshift.io"]),
        ("oc rsh § ls", ["get pods", "create pods/exec"]),
        ("§ --context § -n § get svc", ["list services"]),
        ("/usr/local/bin/kubectl get ns", ["list namespaces*"]),
    ],
)
def test_permissions(line: str, expected: list[str]) -> None:
    assert needs(line) == expected


def test_all_is_what_kubectl_lists() -> None:
    listed = needs("kubectl get all -n x")
    assert {"list pods", "list deployments.apps", "list jobs.batch"} <= set(listed)
    assert len(listed) == 10


def test_an_applied_manifest_needs_what_its_kinds_do() -> None:
    assert needs("kubectl apply -f -", MANIFEST) == [
        f"{verb} {kind}" for kind in ("jobs.batch", "persistentvolumeclaims") for verb in ("get", "create")
    ]
    assert needs("kubectl delete -f -", MANIFEST) == ["delete jobs.batch", "delete persistentvolumeclaims"]
    assert needs("kubectl create -f -", '{"kind": "Pod", "apiVersion": "v1"}') == ["create pods"]
    assert needs("kubectl apply -f x.yaml") == []


@pytest.mark.parametrize(
    "text", ["", "---\n" * 5000, "kind:\n" * 5000, "kind: " + "x" * 100_000, " " * 100_000, "{" * 100_000]
)
def test_a_hostile_manifest_is_read_as_far_as_it_goes(text: str) -> None:
    assert manifest(text) == []


@pytest.mark.parametrize(
    ("method", "effect", "permission", "scope"),
    [
        ("list_namespaced_pod", "reads", "list pods", "namespaced"),
        ("list_pod_for_all_namespaces", "reads", "list pods", "cluster"),
        ("read_namespaced_pod_log", "reads", "get pods/log", "namespaced"),
        ("list_node", "reads", "list nodes", "cluster"),
        ("patch_namespaced_deployment_scale", "changes", "patch deployments.apps/scale", "namespaced"),
        ("replace_namespaced_config_map", "changes", "update configmaps", "namespaced"),
        ("delete_namespaced_job", "changes", "delete jobs.batch", "namespaced"),
        ("delete_collection_namespaced_pod", "changes", "deletecollection pods", "namespaced"),
        ("create_namespaced_pod_eviction", "changes", "create pods/eviction", "namespaced"),
        ("connect_get_namespaced_pod_exec", "reads", "create pods/exec", "namespaced"),
        ("read_cluster_role", "reads", "get clusterroles.rbac.authorization.k8s.io", "cluster"),
        ("read_node_status_with_http_info", "reads", "get nodes/status", "cluster"),
    ],
)
def test_methods_of_the_python_client(method: str, effect: str, permission: str, scope: str) -> None:
    verdict = judge_method(method)
    assert (verdict.effect, verdict.needs[0].permission, verdict.needs[0].scope) == (effect, permission, scope)


def test_methods_of_custom_objects_have_no_resource() -> None:
    assert judge_method("list_namespaced_custom_object") == ("reads", None, None, (), (), True)
    assert judge_method("patch_namespaced_custom_object").effect == "changes"
    assert judge_method("frobnicate").effect == "unclear"
    assert judge_method(UNKNOWN).effect == "unclear"


@pytest.mark.parametrize("word", ["", "§", UNKNOWN, "a b", "../x", "x/y", "9", "é", "x" * 10_000 + "\n"])
def test_what_is_no_resource(word: str) -> None:
    assert resource_of(word) is None
