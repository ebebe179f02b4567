"""Measure what the documentation says about speed and memory: `make bench`, or `python -m bench 1000 10000` for less.

Each size runs in a process of its own on an empty database, so that memory is that size's own. Nothing here is a test:
figures are printed, and nothing fails because a machine is slow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = (10_000, 100_000)


def main(sizes: list[int]) -> None:
    """Measure each size and print figures and the ratio between the first and the last."""
    results = [_measured(size) for size in sizes]
    columns = ("orders", "import_per_second", "prepare_per_second", "prepare_cpu_ms", "queries_per_order")
    memory = ("peak_mib", "growth_mib")
    print("  ".join(f"{name:>18}" for name in (*columns, *memory)))
    for result in results:
        print("  ".join(f"{result[name]:>18}" for name in (*columns, *memory)))
    if len(results) > 1:
        first, last = results[0], results[-1]
        for name in ("import_per_second", "prepare_per_second", "peak_mib"):
            print(f"{name}: {last['orders']} orders against {first['orders']}: x {last[name] / first[name]:.2f}")


def _measured(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "TIEOUT_DATA_DIR": folder,
            "DATABASE_URL": os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}"),
            "TIEOUT_DEBUG": "false",
        }
        command = [sys.executable, "-m", "bench.orders", str(size)]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or list(SIZES))
