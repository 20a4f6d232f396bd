"""The SHA-256 of every file below some folders, by path, as JSON: python hashes.py FOLDER…. When a build last looked is
no part of a publication: checked.json is left out.
"""

import hashlib
import json
import sys
from pathlib import Path

found = (path for folder in sys.argv[1:] for path in sorted(Path(folder).rglob("*")) if path.is_file())
files = (path for path in found if path.name != "checked.json")
json.dump({path.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}, sys.stdout, indent=1)
