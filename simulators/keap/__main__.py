"""Start a Keap account to test with, from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..common.command import run
from .options import DAY_SECONDS, KeapOptions
from .seeds import KEAP_SEEDS
from .server import start


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(prog="python -m simulators.keap", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8766, help="port to listen on (8766); 0 takes a free one")
    parser.add_argument("--data", type=Path, help="a file that keeps the account; without it it is in memory only")
    parser.add_argument("--seed", choices=tuple(KEAP_SEEDS), default="sample", help="what to begin with (sample)")
    parser.add_argument("--limits", choices=("on", "off"), default="off", help="Keap's request limits (off)")
    parser.add_argument("--latency-ms", type=int, default=0, help="milliseconds that every answer waits")
    parser.add_argument(
        "--access-token-seconds", type=int, default=DAY_SECONDS, help=f"life of an access token ({DAY_SECONDS})"
    )
    parser.add_argument("--hook-delay-seconds", type=int, default=30, help="seconds until hooks are sent (30)")
    parser.add_argument(
        "--until-input-ends",
        action="store_true",
        help="stop when the standard input ends, as it does when the program that started this one has gone",
    )
    found = parser.parse_args(argv)
    if min(found.latency_ms, found.hook_delay_seconds) < 0 or found.access_token_seconds < 1:
        parser.error("milliseconds and the delay cannot be negative, and --access-token-seconds is at least 1")
    return found


def main(argv: list[str] | None = None) -> int:
    """Run until a signal comes, or the input ends."""
    asked = arguments(argv)
    options = KeapOptions(
        limits=asked.limits == "on",
        latency_ms=asked.latency_ms,
        access_token_seconds=asked.access_token_seconds,
        hook_delay_seconds=asked.hook_delay_seconds,
    )
    return run(
        lambda: start(host=asked.host, port=asked.port, data=asked.data, seed=asked.seed, options=options),
        until_input_ends=asked.until_input_ends,
        called="The Keap account",
    )


if __name__ == "__main__":
    sys.exit(main())
