"""Start a HighLevel agency from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..common.command import run
from .options import HighLevelOptions
from .seeds import SEEDS
from .server import start


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(prog="python -m simulators.highlevel", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8767, help="port to listen on (8767); 0 takes a free one")
    parser.add_argument("--data", type=Path, help="a file that keeps everything; without it it is in memory only")
    parser.add_argument("--seed", choices=tuple(SEEDS), default="sample", help="what is there to begin with (sample)")
    parser.add_argument("--limits", choices=("on", "off"), default="off", help="HighLevel's request limits (off)")
    parser.add_argument("--latency-ms", type=int, default=0, help="milliseconds that every answer waits")
    parser.add_argument("--access-token-seconds", type=int, default=86_399, help="life of an access token (86399)")
    parser.add_argument("--webhook-url", default="", help="an address that is told of everything that happens")
    parser.add_argument(
        "--until-input-ends",
        action="store_true",
        help="stop when the standard input ends, as it does when the program that started this one has gone",
    )
    asked = parser.parse_args(argv)
    if asked.latency_ms < 0 or asked.access_token_seconds < 1:
        parser.error("milliseconds cannot be negative, and --access-token-seconds is at least 1")
    return asked


def main(argv: list[str] | None = None) -> int:
    """Run until a signal comes, or the input ends."""
    asked = arguments(argv)
    options = HighLevelOptions(
        limits=asked.limits == "on", latency_ms=asked.latency_ms, access_token_seconds=asked.access_token_seconds
    )
    return run(
        lambda: start(
            host=asked.host,
            port=asked.port,
            data=asked.data,
            seed=asked.seed,
            options=options,
            webhook_url=asked.webhook_url,
        ),
        until_input_ends=asked.until_input_ends,
        called="The HighLevel agency",
    )


if __name__ == "__main__":
    sys.exit(main())
