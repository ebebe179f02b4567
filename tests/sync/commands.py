"""The commands that an administrator runs, and files for them."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.management import call_command

HEADER = "Order Number,Order Date,First Name,Last Name,Email,SKU,Line Item Name,Quantity,Price"
GOOD = "M-1,2026-08-14,Priya,Natarajan,priya.natarajan@example.com,WT-101,Wheel Throwing 101,1,199.00"
BAD = "M-2,2026-08-14,Priya,Natarajan,priya.natarajan@example.com,WT-101,Wheel Throwing 101,one,199.00"


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and everything that the command printed."""
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=out)
    except SystemExit as left:
        return int(left.code or 0), out.getvalue()
    return 0, out.getvalue()


def run_json(*arguments: str) -> tuple[int, Any]:
    """Exit code and the JSON object that the command printed."""
    code, text = run(*arguments, "--json")
    return code, json.loads(text)
