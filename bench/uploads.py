"""Send each door of uploads the worst that it takes, and say what it cost: `python -m bench.uploads`.

With words, such as `python -m bench.uploads json`, only the cases whose names have them all. Each case runs in a
process of its own, so that memory is that case's own: its growth is what the file cost beyond what the process held
with the file in memory. Seconds are processor time: they say the same on a machine that does other things as well.
A case that needs more than 6 GB or 100 s is ended, and says so.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

_MOST_MEMORY, _MOST_SECONDS = 6 * 1024**3, 100


def main(words: list[str]) -> None:
    """Measure each case and print a line of figures for it."""
    from bench.uploaded_files import CASES, STORING

    chosen = [name for name in CASES if all(word in name for word in words)]
    print(f"{'case':<58} {'MB':>6} {'seconds':>8} {'growth MB':>10}  came of it")
    with tempfile.TemporaryDirectory() as folder:
        if any(CASES[name][0] in STORING for name in chosen):
            _run(folder, ["prepare"])
        for name in chosen:
            done = _run(folder, ["case", name])
            if done.returncode:
                last = (done.stderr.strip().splitlines() or ["ended"])[-1][:90]
                print(f"{name:<58} {'':>6} {'':>8} {'':>10}  ENDED: {last}", flush=True)
                continue
            said = json.loads(done.stdout.splitlines()[-1])
            figures = f"{said['megabytes']:>6.1f} {said['seconds']:>8.1f} {said['growth']:>10.0f}"
            print(f"{name:<58} {figures}  {said['came']}", flush=True)


def _run(folder: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TIEOUT_DATA_DIR": folder,
        "TIEOUT_ENV_FILE": os.devnull,
        "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
        "TIEOUT_DEBUG": "false",
    }
    command = [sys.executable, "-m", "bench.uploads", *arguments]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


def prepare() -> None:
    """Make the database: the studio with as many products as a sheet may have rows, and a company of Desktop."""
    django.setup()

    from django.core.management import call_command

    from bench.uploaded_files import MOST_PRODUCTS
    from mapping.models import Product
    from tests.factories import the_studio
    from tests.quickbooks_desktop.factories import a_desktop_company

    call_command("migrate", verbosity=0)
    studio = the_studio()
    a_desktop_company()
    Product.objects.bulk_create(
        (
            Product(company=studio, system="files", source_key=f"p-{number}", name=f"Product {number}")
            for number in range(MOST_PRODUCTS)
        ),
        batch_size=1000,
    )


def case(name: str) -> None:
    """Make the file, send it through its door, and print one line of JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    database = Path(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    own = database.with_name("case.sqlite3")
    if database.exists():
        shutil.copy(database, own)
    os.environ["DATABASE_URL"] = f"sqlite:///{own}"
    django.setup()
    from bench.uploaded_files import CASES, DOORS

    door, content = CASES[name]
    content_bytes = content()
    DOORS[door](b"")  # what is imported and looked up at first is not the file's
    before, begun = _held(), time.process_time()
    came = DOORS[door](content_bytes)
    seconds = time.process_time() - begun
    megabytes = len(content_bytes) / 1e6
    print(json.dumps({"megabytes": megabytes, "seconds": seconds, "growth": _peak() - before, "came": came}))


def _held() -> float:
    """What the process holds now, in MB; the most that it ever held begins again from here."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("this system does not say how much memory a process has held")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            prepare()
        case ["case", name]:
            case(name)
        case words:
            main(words)
