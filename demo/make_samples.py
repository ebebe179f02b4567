"""Make the sample orders: `python demo/make_samples.py` writes `demo/samples/`, with `--check` it only compares.

The story is told in `demo/sample_orders/`, the same on every machine. The figures in `expected.json` are sums of that
story in whole cents and know nothing of the application.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "demo" / "samples"
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from books.json_types import Json  # noqa: E402 - found from wherever the tool is called
from demo.sample_orders import keap_story, month_end_story, stall_story, wholesale_story  # noqa: E402
from demo.sample_orders.catalogue import LINE_TYPES, SampleProduct, products  # noqa: E402
from demo.sample_orders.figures import check, expected  # noqa: E402
from demo.sample_orders.keap_writing import version_1, version_2  # noqa: E402
from demo.sample_orders.readme import readme  # noqa: E402
from demo.sample_orders.spreadsheet_writing import spreadsheet, table  # noqa: E402

#: So many orders are told as version 1 of Keap's API returns them, the later ones as version 2.
VERSION_1_ORDERS = 210


def samples() -> dict[str, bytes]:
    """Every file of the samples, by its name."""
    keap, stall = keap_story.story(), stall_story.story()
    check([*keap, *stall])
    early, late = keap[:VERSION_1_ORDERS], keap[VERSION_1_ORDERS:]
    figures = expected({"keap-orders.json": early, "keap-orders-v2.json": late, "orders.csv": stall})
    figures["month_end"] = month_end_story.figures([*keap, *stall])
    figures["wholesale"] = wholesale_story.figures()
    return {
        "keap-orders.json": _json({"orders": version_1(early), "count": len(early), "next": None, "previous": None}),
        "keap-orders-v2.json": _json({"orders": version_2(late), "next_page_token": ""}),
        "orders.csv": spreadsheet(stall),
        wholesale_story.ITEMS_FILE: table(wholesale_story.catalogue()),
        wholesale_story.CORRECTED_FILE: table(wholesale_story.catalogue(corrected=True)),
        wholesale_story.ORDERS_FILE: spreadsheet(wholesale_story.wholesale()),
        wholesale_story.FAIR_FILE: spreadsheet(wholesale_story.fair()),
        "products.json": _json([_product(product) for product in products()]),
        "line-types.json": _json([asdict(line_type) for line_type in LINE_TYPES]),
        "expected.json": _json(figures),
        "README.md": readme(figures).encode(),
    }


def _product(product: SampleProduct) -> Json:
    return {
        "id": str(product.id),
        "name": product.name,
        "sku": product.sku,
        "kind": product.kind,
        "price": f"{product.cents // 100}.{product.cents % 100:02}",
        "quickbooks_product_name": product.quickbooks_product_name,
        "quickbooks_account_name": product.quickbooks_account_name,
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def main(arguments: list[str]) -> int:
    """Write the samples, or say which differ."""
    made = samples()
    if "--check" in arguments:
        stale = [name for name, content in made.items() if _held(name) != content]
        sys.stdout.write("".join(f"demo/samples/{name} is not what the tool makes\n" for name in stale))
        return 1 if stale else 0
    SAMPLES.mkdir(exist_ok=True)
    for name, content in made.items():
        (SAMPLES / name).write_bytes(content)
    return 0


def _held(name: str) -> bytes:
    path = SAMPLES / name
    return path.read_bytes() if path.exists() else b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
