"""Start a test company that answers as QuickBooks Online does, from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..common.command import run
from .options import Options
from .seeds import SEEDS
from .server import start


def arguments(argv: list[str] | None) -> argparse.Namespace:
    """The command line, read."""
    parser = argparse.ArgumentParser(prog="python -m simulators.quickbooks", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8765, help="port to listen on (8765); 0 takes a free one")
    parser.add_argument("--data", type=Path, help="a file that keeps the books; without it they are in memory only")
    parser.add_argument("--company-id", help="the company id (realm id): digits")
    parser.add_argument("--latency-ms", type=int, default=0, help="milliseconds that every answer waits")
    parser.add_argument("--batch-item-ms", type=int, default=0, help="milliseconds more for each item of a batch")
    parser.add_argument("--limits", choices=("on", "off"), default="off", help="Intuit's request limits (off)")
    parser.add_argument("--seed-books", choices=tuple(SEEDS), default="sample", help="the books to begin with (sample)")
    parser.add_argument("--access-token-seconds", type=int, default=3600, help="life of an access token (3600)")
    parser.add_argument("--webhook-url", default="", help="an address that is told of every change")
    parser.add_argument(
        "--webhook-form", choices=("legacy", "cloudevents"), default="legacy", help="the form of webhooks (legacy)"
    )
    parser.add_argument(
        "--until-input-ends",
        action="store_true",
        help="stop when the standard input ends, as it does when the program that started this one has gone",
    )
    found = parser.parse_args(argv)
    if found.company_id is not None and not found.company_id.isdecimal():
        parser.error("--company-id must be digits")
    if min(found.latency_ms, found.batch_item_ms) < 0 or found.access_token_seconds < 1:
        parser.error("milliseconds cannot be negative, and --access-token-seconds is at least 1")
    return found


def main(argv: list[str] | None = None) -> int:
    """Run until a signal comes, or the input ends."""
    asked = arguments(argv)
    options = Options(
        limits=asked.limits == "on",
        latency_ms=asked.latency_ms,
        batch_item_ms=asked.batch_item_ms,
        access_token_seconds=asked.access_token_seconds,
    )
    return run(
        lambda: start(
            host=asked.host,
            port=asked.port,
            data=asked.data,
            company_id=asked.company_id,
            seed=asked.seed_books,
            options=options,
            webhook_url=asked.webhook_url,
            webhook_form=asked.webhook_form,
        ),
        until_input_ends=asked.until_input_ends,
        called="The test company",
    )


if __name__ == "__main__":
    sys.exit(main())
