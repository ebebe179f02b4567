"""What does the page beside the samples say?"""

from __future__ import annotations

from books.json_types import Json

_WHY = {
    "product-without-mapping": (
        "sells “Porcelain Throwing Set”, which has no SKU, no QuickBooks Product Name and no namesake in QuickBooks"
    ),
    "account-not-in-quickbooks": (
        "sells “Wheel Throwing 201”, whose QuickBooks Account Name is misspelt: Services:Training:Clases"
    ),
    "name-breaks-rule": (
        "sells “Kids' Clay Camp”, whose QuickBooks Product Name is longer than the rule: "
        "“Kids' Clay Camp, Ages 7 to 12, Summer”"
    ),
    "customer-without-email": "was placed by Gus Pemberton, who left no email",
    "customers-share-email": "was placed by one of two Okafors, who are two customers in QuickBooks with one email",
    "refused-by-quickbooks": "was placed by Harbor Print Co, a name that a vendor in QuickBooks already has",
}


def readme(figures: Json) -> str:
    """The page, from the figures."""
    orders, posted = figures["orders"], figures["posted"]
    blocked = "\n".join(_blocked(figure) for figure in figures["blocked"])
    nothing = "\n".join(f"| {order['order']} | {order['why']} |" for order in figures["posts_nothing"])
    failed = "\n".join(_failed(payment) for payment in figures["payments_that_are_no_money"])
    return f"""# Sample orders

Bramble & Birch Studio, an invented ceramics studio in Colorado, from 1 August to 31 October 2026. Everybody in these
files is invented; every email is at a domain that is kept for examples.

| file | orders | layout |
| --- | --- | --- |
| `keap-orders.json` | {orders["keap-orders.json"]} | `keap-orders-json`, as Keap's REST version 1 returns them |
| `keap-orders-v2.json` | {orders["keap-orders-v2.json"]} | `keap-orders-json`, as its version 2 returns them |
| `orders.csv` | {orders["orders.csv"]} | `orders-csv`: the market stall and the wholesale list |
{_wholesale(figures["wholesale"])}

`products.json` and `line-types.json` are what the studio's accountant entered: for each product of the CRM its
QuickBooks Product Name (a name, an item number, or nothing where SKU or name match) and its QuickBooks Account Name,
and for each line type its item and account. `expected.json` holds every figure that the first sync must give.

`desktop-lists.iif` holds the same chart, items, terms and customers as QuickBooks Desktop exports its lists, in
Windows-1252, with the columns and the empty fields that it writes. Nothing makes it; it is kept as it is.

{_WHOLESALE_ITEMS}
`python demo/make_samples.py` makes these files, the same on every machine; a test compares them.

## What posts

| documents | count | total in USD |
| --- | --- | --- |
| customers that QuickBooks did not have | {posted["customers"]} | |
| invoices | {posted["invoices"]["count"]} | {posted["invoices"]["total"]} |
| payments | {posted["payments"]["count"]} | {posted["payments"]["total"]} |
| of the payments, more than was owed | | {posted["unapplied"]} |
| of the payments, by gift card | {posted["gift_cards"]["count"]} | {posted["gift_cards"]["total"]} |
| credits: comps, adjustments, write-offs | {posted["credits"]["count"]} | {posted["credits"]["total"]} |
| credits and gift cards, used up on their invoices | {posted["applied_credits"]} | |
| refunds, whole and in part | {posted["refunds"]["count"]} | {posted["refunds"]["total"]} |
| returns | {posted["returns"]["count"]} | {posted["returns"]["total"]} |

## What is blocked, and why

Each of these orders is blocked for one reason, and posts as soon as it is cured.

| cause | orders | the order … |
| --- | --- | --- |
{blocked}

## What rightly posts nothing

| order | why |
| --- | --- |
{nothing}

| payment of order | why |
| --- | --- |
{failed}
"""


_WHOLESALE_ITEMS = """
`wholesale-items.csv` is the file of items of Bramble & Birch Wholesale, in which each kind of doubt about an item is
once; in `wholesale-items-corrected.csv` the rows that were rejected are put right.
""".lstrip()


def _wholesale(figures: Json) -> str:
    orders = figures["orders"]
    return f"""\
| `wholesale-orders.csv` | {orders["wholesale-orders.csv"]} | `orders-csv`, of Bramble & Birch Wholesale |
| `fair-orders.csv` | {orders["fair-orders.csv"]} | `orders-csv`, of the same company: a source of its own |"""


def _failed(payment: Json) -> str:
    return f"| {payment['order']} | {payment['why']}, {payment['amount']} |"


def _blocked(one: Json) -> str:
    return f"| `{one['cause']}` | {', '.join(one['orders'])} | {_WHY[one['cause']]} |"
