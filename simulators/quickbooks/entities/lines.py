"""What are the lines of a sales form, and what do they add up to?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..books import SHIPPING
from ..fields import (
    Amount,
    Choice,
    Day,
    Field,
    Flag,
    Group,
    Many,
    Number,
    Record,
    Ref,
    Shape,
    Text,
    Whole,
    Word,
    cents,
    ignored,
    trimmed,
)
from ..ledger import NOTHING, Posting
from .dimensions import CLASS_OF_LINE, drop_untracked
from .exchange import in_home
from .inventory import check_started, cost_postings, keep_stock
from .item import components, sold_to_account
from .tax import code_of_line, includes_tax, settle_tax, take_out_tax
from .tax_lists import payable_account

if TYPE_CHECKING:
    from ..books import Books

DETAIL_TYPES = (
    "SalesItemLineDetail",
    "DiscountLineDetail",
    "SubTotalLineDetail",
    "DescriptionOnly",
    "GroupLineDetail",
    "PaymentLineDetail",
    "TaxLineDetail",
    "JournalEntryLineDetail",
    "DepositLineDetail",
    "AccountBasedExpenseLineDetail",
    "ItemBasedExpenseLineDetail",
    "ItemReceiptLineDetail",
    "TDSLineDetail",
    "PurchaseOrderItemLineDetail",
    "ReimburseLineDetail",
    "SalesOrderItemLineDetail",
)
MOST_LINES = 10_000

SALES_ITEM = Shape(
    type_name="SalesItemLineDetail",
    fields={
        "ItemRef": Field(kind=Ref(to="Item", listed_as="Items")),
        "Qty": Field(kind=Number()),
        "UnitPrice": Field(kind=Number()),
        "TaxCodeRef": Field(kind=Word()),
        "ServiceDate": Field(kind=Day()),
        "ClassRef": CLASS_OF_LINE,
        "TaxInclusiveAmt": Field(kind=Amount()),
        **ignored(
            *("DiscountRate", "DiscountAmt", "ItemAccountRef", "MarkupInfo"),
            *("PriceLevelRef", "RatePercent", "UOMRef", "InventorySiteRef", "TaxClassificationRef", "DeferredRevenue"),
            *("SalesItemLineDetailEx", "MovedFromLine"),
        ),
    },
)
DISCOUNT = Shape(
    type_name="DiscountLineDetail",
    fields={
        "PercentBased": Field(kind=Flag()),
        "DiscountPercent": Field(kind=Number(least=Decimal(0), most=Decimal(100))),
        "DiscountAccountRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
        "ClassRef": CLASS_OF_LINE,
        **ignored("Discount", "DiscountRef", "ServiceDate", "TaxCodeRef", "DiscountLineDetailEx"),
    },
)
IN_A_BUNDLE = Shape(
    type_name="Line",
    fields={
        "Description": Field(kind=Text(most=4000)),
        "Amount": Field(kind=Amount()),
        "DetailType": Field(kind=Choice(of=("SalesItemLineDetail",), enumeration="LineDetailTypeEnum")),
        "SalesItemLineDetail": Field(kind=Group(shape=SALES_ITEM)),
        **ignored("Id", "LineNum", "LinkedTxn", "CustomField", "LineEx"),
    },
)
BUNDLE = Shape(
    type_name="GroupLineDetail",
    fields={
        "GroupItemRef": Field(kind=Ref(to="Item", listed_as="Items")),
        "Quantity": Field(kind=Number()),
        "Line": Field(kind=Many(shape=IN_A_BUNDLE)),
        **ignored("ServiceDate", "ClassRef", "GroupLineDetailEx", "UOMRef"),
    },
)
LINE = Shape(
    type_name="Line",
    fields={
        "Id": Field(kind=Text(most=40)),
        "LineNum": Field(kind=Whole(most=99999)),
        "Description": Field(kind=Text(most=4000)),
        "Amount": Field(kind=Amount()),
        "DetailType": Field(kind=Choice(of=DETAIL_TYPES, enumeration="LineDetailTypeEnum")),
        "SalesItemLineDetail": Field(kind=Group(shape=SALES_ITEM)),
        "DiscountLineDetail": Field(kind=Group(shape=DISCOUNT)),
        "SubTotalLineDetail": Field(
            kind=Group(shape=Shape(type_name="SubTotalLineDetail", fields=ignored("ItemRef", "ServiceDate")))
        ),
        "DescriptionLineDetail": Field(
            kind=Group(
                shape=Shape(
                    type_name="DescriptionLineDetail",
                    fields={"ServiceDate": Field(kind=Day()), **ignored("TaxCodeRef", "DescriptionLineDetailEx")},
                )
            )
        ),
        "GroupLineDetail": Field(kind=Group(shape=BUNDLE)),
        **ignored("LinkedTxn", "CustomField", "LineEx", "Received", "CustomExtensions", "ProjectRef"),
    },
)
LINES = Many(shape=LINE)


@dataclass(frozen=True, kw_only=True)
class Sums:
    """What the lines of a sales form add up to, in home currency."""

    subtotal: Decimal
    discount: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """What the customer owes or paid."""
        return self.subtotal - self.discount + self.tax


def settle_lines(books: Books, draft: Record, old: Record | None) -> Sums:
    """Check a form's lines, number them, and add QuickBooks' own sub-total line.

    Raises:
        Refused: A line breaks a rule, or there is none.
    """
    given = [line for line in draft.get("Line", []) if line.get("DetailType") != "SubTotalLineDetail"]
    if not given:
        raise refusals.missing("Line")
    if len(given) > MOST_LINES:
        raise refusals.business(f"A transaction can have at most {MOST_LINES:,} lines.")
    lines = [_taxed(books, draft, _settled(books, dict(line))) for line in given]
    sales = [line for line in lines if line["DetailType"] != "DiscountLineDetail"]
    subtotal = sum((line.get("Amount", NOTHING) for line in sales), NOTHING)
    discounts = [line for line in lines if line["DetailType"] == "DiscountLineDetail"]
    if len(discounts) > 1:
        raise refusals.business("A transaction can have only one discount line.")
    for line in discounts:
        _settle_discount(books, line, subtotal)
    _give_ids(sales + discounts, old)
    subtotal_line: Record = {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    draft["Line"] = [*sales, subtotal_line, *discounts]
    discount = sum((line["Amount"] for line in discounts), NOTHING)
    tax = settle_tax(books, draft, old, list(sold_lines(draft["Line"])), discount)
    note_stock(books, draft)
    return Sums(subtotal=subtotal, discount=discount, tax=tax)


def _taxed(books: Books, draft: Record, line: Record) -> Record:
    """A line with its net amount, where the form tells amounts that include the tax."""
    if line["DetailType"] == "GroupLineDetail" and includes_tax(books, draft):
        inside = [take_out_tax(books, component) for component in line["GroupLineDetail"]["Line"]]
        amount = sum((component["Amount"] for component in inside), NOTHING)
        return {**line, "Amount": amount, "GroupLineDetail": {**line["GroupLineDetail"], "Line": inside}}
    if line["DetailType"] != "SalesItemLineDetail":
        return line
    if includes_tax(books, draft):
        return take_out_tax(books, line)
    detail = {name: value for name, value in line["SalesItemLineDetail"].items() if name != "TaxInclusiveAmt"}
    return {**line, "SalesItemLineDetail": detail}


def sold_lines(lines: list[Record]) -> Iterator[Record]:
    """The lines that sell an item, those inside bundles too."""
    for line in lines:
        if line["DetailType"] == "SalesItemLineDetail":
            yield line
        elif line["DetailType"] == "GroupLineDetail":
            yield from line["GroupLineDetail"]["Line"]


def note_stock(books: Books, draft: Record) -> None:
    """Note which inventory items a form moves; refuse a day before their start."""
    moved: dict[str, None] = {}
    for line in sold_lines(draft["Line"]):
        item = books.get("Item", line["SalesItemLineDetail"].get("ItemRef"))
        if item is not None and item["Type"] == "Inventory":
            check_started(item, draft["TxnDate"])
            moved[item["Id"]] = None
    keep_stock(draft, list(moved))


def _settled(books: Books, line: Record) -> Record:
    kind = line.get("DetailType")
    if kind is None:
        raise refusals.missing("Line.DetailType")
    if kind == "DescriptionOnly":
        return {name: value for name, value in line.items() if name not in ("Amount", "SalesItemLineDetail")}
    if kind == "SalesItemLineDetail":
        return _settled_sale(books, line)
    if kind == "DiscountLineDetail":
        return line
    if kind == "GroupLineDetail":
        return _settled_bundle(books, line)
    raise refusals.coded(
        5030, "Feature Not Supported Error", f"Lines of the type {kind} are not kept on this form.", "Line.DetailType"
    )


def _settled_bundle(books: Books, line: Record) -> Record:
    """A bundle with its components: those the request names, or those of the bundle itself."""
    detail = dict(line.get("GroupLineDetail", {}))
    bundle = books.get("Item", detail.get("GroupItemRef"))
    if bundle is None or bundle["Type"] != "Group":
        raise refusals.coded(
            6440, "Line needs an item or an account", "The line has no bundle as its GroupItemRef.", "Line.GroupItemRef"
        )
    times = detail.setdefault("Quantity", Decimal(1))
    inside = detail.get("Line") or [_component(books, component, times) for component in components(bundle)]
    detail["Line"] = [_settled_sale(books, {**component, "DetailType": "SalesItemLineDetail"}) for component in inside]
    amount = sum((component["Amount"] for component in detail["Line"]), NOTHING)
    return {**line, "Amount": amount, "GroupLineDetail": detail}


def _component(books: Books, part: Record, times: Decimal) -> Record:
    item = books.named("Item", part["ItemRef"])
    quantity = trimmed(times * part.get("Qty", Decimal(1)))
    price = Decimal(item.get("UnitPrice", 0))
    told = {"ItemRef": item["Id"], "Qty": quantity, "UnitPrice": price}
    return {"Amount": cents(quantity * price), "Description": item["Name"], "SalesItemLineDetail": told}


def _settled_sale(books: Books, line: Record) -> Record:
    detail = dict(line.get("SalesItemLineDetail", {}))
    drop_untracked(books, detail, per_line=True)
    if "_account" in detail:
        return line  # QuickBooks' own line, such as an opening balance
    if "Amount" not in line:
        raise refusals.missing("Line.Amount")
    if detail.get("ItemRef") == SHIPPING:
        told = {"ItemRef": SHIPPING, "TaxCodeRef": code_of_line(books, detail.get("TaxCodeRef"), {})}
        return {**line, "SalesItemLineDetail": told}
    item = books.get("Item", detail.setdefault("ItemRef", books.store.settings.get("default_item")))
    if item is None:
        raise refusals.coded(6440, "Line needs an item or an account", "The line has no ItemRef.", "Line.ItemRef")
    if item["Type"] == "Category":
        raise refusals.category_on_a_line()
    sold_to_account(books, item)
    if item["Type"] == "Inventory" and detail.get("Qty") is None:
        raise refusals.coded(
            6520, "Inventory item needs a quantity", f"Qty must be given for {item['Name']}.", "Line.Qty"
        )
    if not detail.get("Qty") and not detail.get("UnitPrice"):
        detail = {name: value for name, value in detail.items() if name not in ("Qty", "UnitPrice")}
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if quantity and price and cents(quantity * price) != line["Amount"]:
        raise refusals.wrong_product(line["Amount"])
    detail["TaxCodeRef"] = code_of_line(books, detail.get("TaxCodeRef"), item)
    return {**line, "SalesItemLineDetail": detail}


def _settle_discount(books: Books, line: Record, subtotal: Decimal) -> None:
    detail = dict(line.get("DiscountLineDetail", {}))
    drop_untracked(books, detail, per_line=True)
    if not books.preferences["SalesFormsPrefs"].get("AllowDiscount", True):
        raise refusals.business("Discounts are turned off in this company.")
    if detail.get("PercentBased") and detail.get("DiscountPercent") is not None:
        line["Amount"] = cents(subtotal * detail["DiscountPercent"] / 100)
    elif "Amount" not in line:
        raise refusals.coded(6090, "Discount line needs an amount or a percent", "Neither was given.", "Line.Amount")
    elif line["Amount"] < 0:
        raise refusals.coded(2290, "Negative amount", "A discount is a positive amount.", "Line.Amount")
    default = books.store.settings.get("discount_account")
    account = detail.setdefault(
        "DiscountAccountRef", default or books.account_of_sub_type("DiscountsRefundsGiven")["Id"]
    )
    kind = books.named("Account", account)["AccountType"]
    if kind not in ("Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold"):
        raise refusals.coded(
            6430,
            "Invalid account type",
            f"Invalid account type used : DiscountAccountRef cannot be an account of the type {kind}.",
            "DiscountAccountRef",
        )
    line["DiscountLineDetail"] = detail


def _give_ids(lines: list[Record], old: Record | None) -> None:
    """Number the lines; those that name an id of the former version keep it, the others get a new one."""
    before = {line["Id"] for line in old["Line"] if "Id" in line} if old else set()
    highest = max((int(identifier) for identifier in before), default=0)
    used: set[str] = set()
    for position, line in enumerate(lines, start=1):
        if line.get("Id") not in before - used:
            highest += 1
            line["Id"] = str(highest)
        used.add(line["Id"])
        line["LineNum"] = position


def sale_postings(books: Books, record: Record, *, sign: int) -> list[Posting]:
    """The income side of a sales form, in its own currency.

    `sign` is -1 where the form credits income, 1 where it takes it back.
    """
    name = record.get("CustomerRef")
    found = [_sold(books, line, sign, name) for line in sold_lines(record["Line"])]
    for line in record["Line"]:
        if line["DetailType"] == "DiscountLineDetail":
            account = line["DiscountLineDetail"]["DiscountAccountRef"]
            found.append(Posting(account, -sign * line["Amount"], name, "Discount"))
    tax = record["TxnTaxDetail"]["TotalTax"]
    if tax:
        found.append(Posting(payable_account(books), sign * tax, name, "Sales tax"))
    return found


def form_postings(books: Books, record: Record, other: Posting, *, sign: int) -> list[Posting]:
    """All that a sales form posts: `other`, what is owed or was paid; then what was sold, and its cost."""
    whole = in_home(books, record, [other, *sale_postings(books, record, sign=sign)])
    return [*whole, *cost_postings(books, record, sign)]


def _sold(books: Books, line: Record, sign: int, name: str | None) -> Posting:
    detail = line["SalesItemLineDetail"]
    if "_account" in detail:
        return Posting(str(detail["_account"]), sign * line["Amount"], name, str(line.get("Description", "")))
    if detail["ItemRef"] == SHIPPING:
        return Posting(shipping_account(books), sign * line["Amount"], name, "Shipping")
    item = books.named("Item", str(detail["ItemRef"]))
    return Posting(
        sold_to_account(books, item), sign * line["Amount"], name, str(line.get("Description", item["Name"]))
    )


def shipping_account(books: Books) -> str:
    """The account that shipping is earned on; QuickBooks makes it when it is first charged."""
    found = [account["Id"] for account in books.under("Account", "Name", "shipping income") if account["Active"]]
    body = {"Name": "Shipping Income", "AccountType": "Income"}
    return str(found[0] if found else books.entities["Account"].write(books, body)["Id"])


def emptied_lines(lines: list[Record]) -> list[Record]:
    """The lines with every amount, quantity and rate at zero."""
    return [_emptied_line(line) for line in lines]


def _emptied_line(line: Record) -> Record:
    emptied = {**line, **({"Amount": NOTHING} if "Amount" in line else {})}
    if "SalesItemLineDetail" in line:
        emptied["SalesItemLineDetail"] = _zeroed(line["SalesItemLineDetail"])
    if "GroupLineDetail" in line:
        inside = [_emptied_line(component) for component in line["GroupLineDetail"]["Line"]]
        emptied["GroupLineDetail"] = {**line["GroupLineDetail"], "Quantity": 0, "Line": inside}
    return emptied


def _zeroed(detail: Record) -> Record:
    return {**detail, **{name: 0 for name in ("Qty", "UnitPrice") if name in detail}}
