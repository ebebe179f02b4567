"""QuickBooks companies side by side, until its input ends: `python -m bench.many_companies COUNT LATENCY_MS`.

Prints one line of JSON: how to log in to each.
"""

from __future__ import annotations

import json
import sys

from simulators.quickbooks import companies
from simulators.quickbooks.options import Options
from simulators.quickbooks.server import start


def main(count: int, latency: int) -> None:
    """Open them, say so, and answer."""
    companies.MOST = count  # a bench is no practice installation
    with start(options=Options(latency_ms=latency, limits=True)) as running:
        opened = [running.companies.first]
        opened += [running.companies.open(name=f"Firm {number}", seed="sample") for number in range(1, count)]
        print(json.dumps([running.companies.login(app) for app in opened]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
