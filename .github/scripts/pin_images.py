"""Pin the base images of a Dockerfile to what their tags name today: python pin_images.py DOCKERFILE.

Asks the registries by `docker buildx imagetools inspect`. What has a digest already is left alone, since whoever
reviewed it chose it; `--renew` asks for that too. Exit status 1, and no change, where a registry gives no digest.
"""

import re
import subprocess
import sys
from pathlib import Path

# An image, not a stage before it: `FROM [--platform=…] NAME[:TAG][@DIGEST] [AS STAGE]`.
_FROM = re.compile(r"^(FROM (?:--\S+ )*)([^\s@]+)(@sha256:[0-9a-f]{64})?((?: AS \S+)?)$", re.MULTILINE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest(image: str) -> str:
    """Return the digest that the image's tag names; raise ValueError where the registry gives none."""
    command = ["docker", "buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"]
    asked = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if asked.returncode or not _DIGEST.fullmatch(asked.stdout.strip()):
        raise ValueError(f"{image}: the registry gives no digest: {(asked.stderr or asked.stdout).strip()[-300:]}")
    return asked.stdout.strip()


def pinned(text: str, renew: bool = False) -> str:
    """Return the Dockerfile's text with a digest behind each base image, the same one for the same tag."""
    stages = set(re.findall(r"^FROM .* AS (\S+)$", text, re.MULTILINE))
    digests: dict[str, str] = {}

    def pin(line: re.Match[str]) -> str:
        start, image, known, stage = line.groups()
        if image in stages or (known and not renew):
            return line.group()
        if image not in digests:
            digests[image] = digest(image)
        return f"{start}{image}@{digests[image]}{stage}"

    return _FROM.sub(pin, text)


def main(path: Path, renew: bool) -> str | None:
    """Pin the file; return what is wrong, if anything is."""
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(pinned(text, renew), encoding="utf-8")
    except (OSError, ValueError) as error:
        return f"{path}: {error}"
    sys.stdout.writelines(f"{line}\n" for line in path.read_text(encoding="utf-8").splitlines() if "@sha256:" in line)
    return None


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "--renew" in sys.argv[2:]))
