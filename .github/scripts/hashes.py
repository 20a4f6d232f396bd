"""The SHA-256 of every file below some folders, by path, as JSON: python hashes.py FOLDER…."""

import hashlib
import json
import sys
from pathlib import Path

files = (path for folder in sys.argv[1:] for path in sorted(Path(folder).rglob("*")) if path.is_file())
json.dump({path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}, sys.stdout, indent=1)
