"""Makes enhancements of recorded answers, with the real step and a provider on loopback that gives them.

`python tests/bench/replay.py COLLECTIONS RECORDED ENHANCEMENTS [OPTIONS OF enhance]`: RECORDED has a JSON object a
line, `{"id", "description", "symptoms", …}`, or is a folder of enhancements, whose answers are given and checked anew.
Only these bundles are asked about.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.support.replaying import model_server, recorded  # noqa: E402 - after the path to it


def main(collections: str, source: str, enhancements: str, *options: str) -> int:
    """The status of `python -m build enhance`."""
    command = [sys.executable, "-m", "build", "enhance", "--collections", str(Path(collections).resolve())]
    answers = recorded(Path(source))
    command += [part for name in sorted(answers) for part in ("--only", name)]
    with model_server(answers) as model:
        # No model reads or writes any.
        model.counted = False
        return subprocess.run(
            [*command, "--enhancements", str(Path(enhancements).resolve()), *options],
            cwd=ROOT,
            env={**os.environ, **model.environment, "AI_ENHANCEMENT_ENABLED": "true"},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
