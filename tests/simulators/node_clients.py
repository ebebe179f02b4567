"""Clients in JavaScript, which tests drive against a simulator.

It needs node and npm, which `.ci/run` installs where they are missing; the libraries themselves come from the lock file
beside the drivers, once for each environment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import simplejson

DRIVERS = Path(__file__).parent / "drivers"


def installed() -> Path:
    """The folder with the library; made on first use, under the lock file's own hash."""
    npm = shutil.which("npm")
    assert npm, "node and npm are needed to drive node-quickbooks: install them (Debian: apt-get install nodejs npm)"
    lock = (DRIVERS / "package-lock.json").read_bytes()
    folder = Path(sys.prefix) / "node-clients" / hashlib.sha256(lock).hexdigest()[:12]
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(DRIVERS / name, folder)
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
        assert done.returncode == 0, done.stderr
        (folder / "done").touch()
    return folder


def driven(ready: Mapping[str, Any], driver: str) -> Any:
    """What a driver saw of the simulator that said how to reach it."""
    folder = installed()
    node = shutil.which("node")
    assert node, "node is needed to drive the clients in JavaScript"
    environment = {**os.environ, "NODE_PATH": str(folder / "node_modules")}
    command = [node, str(DRIVERS / driver), simplejson.dumps(ready)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return simplejson.loads(done.stdout.splitlines()[-1])
