"""What pagers write around an alert."""

import time

import pytest

from search_fn.query.pagers import without_noise


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("[FIRING:3] TargetDown node-exporter (critical)", "TargetDown node-exporter"),
        ('ALARM: "orders-dlq" in Oregon', '"orders-dlq" in Oregon'),
        ("P1 certificate expires", "certificate expires"),
        ("[triage] FluxResourceStuck", "FluxResourceStuck"),
        ("alertname:KubeJobFailed job=kube-state severity=warning pod:x-1", "KubeJobFailed"),
        ("Azure: Activated Severity: 2 Http5xx", "Azure: Activated Http5xx"),
        ("2021/09/20 15:25:23 [error] upstream timed out", "[error] upstream timed out"),
        ("2026-01-02T03:04:05.678Z connection refused", "connection refused"),
        # What is said of them, and a text of nothing else.
        ("which job failed in a namespace", "which job failed in a namespace"),
        ("namespace: stuck in Terminating", "namespace: stuck in Terminating"),
        ("severity:warning", "severity:warning"),
        ("P1", "P1"),
    ],
)
def test_what_says_where_and_when_is_left_out(text: str, rest: str) -> None:
    assert " ".join(without_noise(text).split()) == rest


def test_the_time_grows_with_the_length_alone() -> None:
    def seconds(size: int) -> float:
        begin = time.process_time()
        for text in ("severity:" * size, "[" * size, 'pod="' * size, "1234-11-11 " * size):
            without_noise(text)
        return time.process_time() - begin

    seconds(100)
    assert seconds(8_000) < 100 * max(seconds(800), 1e-3)
