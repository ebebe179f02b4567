"""Commands as a person types them, each in a process of its own, forked from one that has imported everything.

A Python that imports Tieout works for more than a second before it does anything; here it does so once for all the
commands that a test asks of one environment.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FORK = """
import json, os, runpy, sys, tempfile, traceback
import django; django.setup()
commands = json.load(sys.stdin)
if len(commands) > 1:  # each would import the pages, for the system checks
    from django.urls import get_resolver; get_resolver().url_patterns
for words in commands:
    out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    child = os.fork()
    if not child:
        os.dup2(out.fileno(), 1); os.dup2(err.fileno(), 2)
        code = 0
        try:
            if words[0] == "-c":
                sys.argv = ["-c", *words[2:]]
                exec(compile(words[1], "<text>", "exec"), {"__name__": "__main__"})
            else:
                sys.argv = words
                runpy.run_path(words[0], run_name="__main__")
        except SystemExit as end:
            code = end.code or 0
            if not isinstance(code, int):
                print(code, file=sys.stderr)
                code = 1
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush(); sys.stderr.flush()
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = []
    for file in (out, err):
        file.seek(0)
        said.append(file.read().decode())
    print(json.dumps([code, *said]), flush=True)
"""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def in_turn(environment: Mapping[str, str], *commands: Sequence[str], seconds: float = 300) -> list[Ended]:
    """Run commands one after the other; each is `manage.py` or `-c` with a text, and its words.

    Args:
        environment: In which Django is set up.
        *commands: What follows `python`.
        seconds: How long they may take together.
    """
    words = json.dumps(list(map(list, commands)))
    told = subprocess.run(
        [sys.executable, "-c", _FORK],
        env=environment,
        cwd=ROOT,
        input=words,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert told.returncode == 0, told.stderr
    rows = [json.loads(line) for line in told.stdout.splitlines()]
    return [Ended(returncode=code, stdout=out, stderr=err) for code, out, err in rows]
