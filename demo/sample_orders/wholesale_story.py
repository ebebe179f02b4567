"""What does the wholesale list of the studio sell, to whom, and what is in doubt about each item and customer?

Everything that keeps an item or a customer from being found in QuickBooks is here once: the company's books hold the
other half of each story, see `simulators.quickbooks.seeds.wholesale`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from books.json_types import Json
from demo.sample_orders.catalogue import SampleProduct
from demo.sample_orders.figures import money
from demo.sample_orders.people import KNOWN, NGOZI, STALL_KNOWN, WITHOUT_EMAIL, Buyer
from demo.sample_orders.sales import SampleSale, Sold

#: The files, by what they hold.
ITEMS_FILE, CORRECTED_FILE = "wholesale-items.csv", "wholesale-items-corrected.csv"
ORDERS_FILE, FAIR_FILE = "wholesale-orders.csv", "fair-orders.csv"
#: What is in the way of a row of the file of items; such a row is rejected.
SHORTENED, TWICE = "shortened-number", "sku-twice"
#: Of an item that QuickBooks has as it is.
FOUND = "found"

# SKU | name | kind | cents | what is in its way | SKU in the corrected file, where that differs
_ITEMS = """
KIT-CLAY | Starter Clay Kit | Product | 4800 | found |
TL-TRIM | Trimming Tools & Sponge | Product | 2275 | found |
KIT-MUG | Crème Brûlée Mug Kit | Product | 3900 | found |
 | Bisque Tile Set | Product | 5400 | no-sku |
SR-24 | Slab Roller, 24 inch | Product | 64000 | not-found |
BAT-PIN | Bat Pins, pair | Product | 850 | not-found |
GS-24 | Glaze sampler | Product | 7200 | name-taken |
BW-100 | Banding Wheel | Product | 9500 | two-fit |
SLIP-P | Porcelain Slip | Product | 3100 | inactive |
BND-START | Potter's Starter Bundle | Bundle | 14500 | not-sold |
RIB-1 | Kidney Rib, wood | Product | 640 | sku-twice | RIB-W
RIB-1 | Kidney Rib, steel | Product | 790 | sku-twice | RIB-S
1.23E+11 | Glaze Library, 40 jars | Product | 28800 | shortened-number | 123004005006
"""


@dataclass(frozen=True, kw_only=True)
class WholesaleItem:
    """One row of the file of items."""

    sku: str
    name: str
    kind: str
    cents: int
    #: `found`, the reason of `mapping.unmatched`, or the code of what its row is rejected for.
    doubt: str
    #: As the corrected file has it.
    sku_corrected: str

    @property
    def rejected(self) -> bool:
        """Whether the row is left out of the first import."""
        return self.doubt in (SHORTENED, TWICE)


def items() -> tuple[WholesaleItem, ...]:
    """Every row of the file, in its order."""
    rows = [[cell.strip() for cell in row.split("|")] for row in _ITEMS.strip("\n").splitlines()]
    return tuple(
        WholesaleItem(sku=sku, name=name, kind=kind, cents=int(cents), doubt=doubt, sku_corrected=corrected or sku)
        for sku, name, kind, cents, doubt, corrected in rows
    )


def catalogue(*, corrected: bool = False) -> list[list[str]]:
    """The rows of the file of items, or of the one in which what was rejected is put right."""
    header = ["SKU", "Name", "Kind", "Price", "Active"]
    return [
        header,
        *(
            [item.sku_corrected if corrected else item.sku, item.name, item.kind, money(item.cents), "yes"]
            for item in items()
        ),
    ]


def _buyer(company: str, email: str, street: str, city: str, postal_code: str) -> Buyer:
    return Buyer(
        id=0, given="", family="", company=company, email=email, street=street, city=city, postal_code=postal_code,
        known=False,
    )  # fmt: skip


NOBODY = _buyer("", "", "", "", "")
#: QuickBooks has `Umber & Ash Tableware`, at another address: a person sees that it is the same.
UMBER = _buyer("Umber and Ash Tableware", "buying@umberandash.example.com", "2525 Arapahoe Avenue", "Boulder", "80302")
SILVER = _buyer("Silver Plume Pottery", "hello@silverplume.example.net", "9 Main Street", "Silver Plume", "80476")
#: QuickBooks has him under another email, so a new customer would have a name that is taken.
GRAHAM = Buyer(
    id=0, given="Graham", family="Whitlock", company="", email="graham@whitlockfarm.example.org",
    street="66 Poudre Lane", city="Windsor", postal_code="80550", known=False,
)  # fmt: skip
_KESTREL, _LIBRARY, _BLUE_SPRUCE = (STALL_KNOWN[place] for place in (1, 4, 3))
_DESERT_WILLOW, _OMALLEY, _HANA = STALL_KNOWN[2], STALL_KNOWN[0], KNOWN[7]

#: Buyer, name and quantity of what is sold, and why it is blocked: one order for each doubt.
_WHOLESALE: tuple[tuple[Buyer, str, int, str], ...] = (
    (_KESTREL, "Crème Brûlée Mug Kit", 12, ""),
    (_LIBRARY, "Starter Clay Kit", 6, ""),
    (UMBER, "Trimming Tools & Sponge", 20, "customer-not-found"),
    (SILVER, "Starter Clay Kit", 10, "customer-not-found"),
    (NGOZI, "Crème Brûlée Mug Kit", 4, "customers-share-email"),
    (WITHOUT_EMAIL, "Starter Clay Kit", 2, "customer-without-email"),
    (NOBODY, "Trimming Tools & Sponge", 3, "standard-customer-gone"),
    (_BLUE_SPRUCE, "Bisque Tile Set", 5, "product-without-mapping"),
    (_DESERT_WILLOW, "Slab Roller, 24 inch", 1, "product-without-mapping"),
    (_DESERT_WILLOW, "Bat Pins, pair", 30, "product-without-mapping"),
    (_OMALLEY, "Glaze sampler", 2, "product-without-mapping"),
    (_KESTREL, "Banding Wheel", 3, "item-is-ambiguous"),
    (_BLUE_SPRUCE, "Porcelain Slip", 8, "product-without-mapping"),
    (_LIBRARY, "Potter's Starter Bundle", 2, "product-without-mapping"),
)
_FAIR: tuple[tuple[Buyer, str, int, str], ...] = (
    (_HANA, "Starter Clay Kit", 1, ""),
    (GRAHAM, "Crème Brûlée Mug Kit", 2, "customer-name-taken"),
    (NOBODY, "Trimming Tools & Sponge", 1, "no-customer"),
)


def wholesale() -> list[SampleSale]:
    """The orders of the wholesale list."""
    return _sales(_WHOLESALE, "W-4", date(2026, 9, 1))


def fair() -> list[SampleSale]:
    """The orders of the craft fair, which is a source of its own."""
    return _sales(_FAIR, "F-5", date(2026, 10, 10))


def _sales(rows: tuple[tuple[Buyer, str, int, str], ...], prefix: str, first: date) -> list[SampleSale]:
    sold = {item.name: item for item in items()}
    return [
        SampleSale(
            buyer=who,
            day=first + timedelta(days=place),
            lines=[_line(sold[name], quantity)],
            blocked=blocked,
            number=f"{prefix}{place:03}",
        )
        for place, (who, name, quantity, blocked) in enumerate(rows, start=1)
    ]


def _line(item: WholesaleItem, quantity: int) -> Sold:
    product = SampleProduct(
        id=0, name=item.name, sku=item.sku, kind="product", cents=item.cents,
        quickbooks_product_name="", quickbooks_account_name="", item=item.name, account="-",
    )  # fmt: skip
    return Sold(kind="product", cents=item.cents, hundredths=100 * quantity, product=product, name=item.name)


def figures() -> Json:
    """What the first import and sync of these files must come to."""
    rows, sales = items(), [*wholesale(), *fair()]
    posted = [sale for sale in sales if not sale.blocked]
    doubts = dict.fromkeys(item.doubt for item in rows if item.doubt != FOUND and not item.rejected)
    causes = dict.fromkeys(sale.blocked for sale in sales if sale.blocked)
    return {
        "items": {
            "new": sum(not item.rejected for item in rows),
            "rejected": {code: sum(item.doubt == code for item in rows) for code in (TWICE, SHORTENED)},
            "to_match": {doubt: sum(item.doubt == doubt for item in rows) for doubt in doubts},
        },
        "orders": {ORDERS_FILE: len(wholesale()), FAIR_FILE: len(fair())},
        "posted": {"count": len(posted), "total": money(sum(sale.total for sale in posted))},
        # Only the wholesale list says that addresses follow its orders
        "addresses": [sale.number for sale in wholesale() if not sale.blocked],
        "blocked": [_blocked(cause, [sale for sale in sales if sale.blocked == cause]) for cause in causes],
    }


def _blocked(cause: str, sales: list[SampleSale]) -> Json:
    return {
        "cause": cause,
        "orders": sorted(sale.number for sale in sales),
        "total": money(sum(sale.total for sale in sales)),
    }
