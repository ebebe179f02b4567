"""What does QuickBooks demand of a purchase: an expense, a check, or a charge to a credit card?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import (
    Amount,
    Choice,
    Currency,
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
    shape,
)
from ..ledger import NOTHING, Posting
from .base import column, key_of
from .dimensions import CLASS_OF_LINE, LOCATION, drop_untracked
from .exchange import check_account_currency, in_home, is_foreign, settle_currency
from .inventory import check_started, keep_stock, stock_keys
from .transaction import (
    NUMBERED_COLUMNS,
    NUMBERED_INDEXES,
    TRANSACTION,
    Transaction,
    refuse_owed,
    wrong_account,
)

if TYPE_CHECKING:
    from ..books import Books

PAID_FROM = {"Cash": ("Bank", "Credit Card", "Other Current Asset"), "Check": ("Bank",), "CreditCard": ("Credit Card",)}
NAMES = ("Vendor", "Customer", "Employee")
ACCOUNT = Field(kind=Ref(to="Account", listed_as="Accounts"))
SHARED = {
    "CustomerRef": Field(kind=Ref(to="Customer", listed_as="Names")),
    "ClassRef": CLASS_OF_LINE,
    "TaxCodeRef": Field(kind=Word()),
    "BillableStatus": Field(kind=Choice(of=("Billable", "NotBillable", "HasBeenBilled"))),
    **ignored("TaxAmount", "TaxInclusiveAmt", "MarkupInfo", "ProjectRef"),
}
BY_ACCOUNT = Shape(type_name="AccountBasedExpenseLineDetail", fields={**SHARED, "AccountRef": ACCOUNT})
BY_ITEM = Shape(
    type_name="ItemBasedExpenseLineDetail",
    fields={
        **SHARED,
        "ItemRef": Field(kind=Ref(to="Item", listed_as="Items")),
        "Qty": Field(kind=Number(least=Decimal(0))),
        "UnitPrice": Field(kind=Number()),
        **ignored("PriceLevelRef", "ItemAccountRef"),
    },
)
DETAILS = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
LINE = Shape(
    type_name="Line",
    fields={
        "Id": Field(kind=Text(most=40)),
        "LineNum": Field(kind=Whole(most=99999)),
        "Description": Field(kind=Text(most=4000)),
        "Amount": Field(kind=Amount()),
        "DetailType": Field(kind=Choice(of=DETAILS, enumeration="LineDetailTypeEnum")),
        "AccountBasedExpenseLineDetail": Field(kind=Group(shape=BY_ACCOUNT)),
        "ItemBasedExpenseLineDetail": Field(kind=Group(shape=BY_ITEM)),
        **ignored("LinkedTxn", "CustomField", "LineEx", "Received", "ProjectRef"),
    },
)
PAYEE = Group(
    shape=shape("ReferenceType", value=Text(most=40), name=Text(), type=Choice(of=NAMES, enumeration="EntityTypeEnum"))
)


class Purchase(Transaction):
    """Money spent, or with `Credit` given back."""

    name = "Purchase"
    label = "Expense"
    operations = frozenset({"create", "update", "delete"})
    shape = Shape(
        type_name="Purchase",
        fields={
            **TRANSACTION,
            "PaymentType": Field(kind=Choice(of=tuple(PAID_FROM)), sticky=True),
            "AccountRef": ACCOUNT,
            "EntityRef": Field(kind=PAYEE),
            "Credit": Field(kind=Flag(), default=False),
            "Line": Field(kind=Many(shape=LINE)),
            "PaymentMethodRef": Field(kind=Ref(to="PaymentMethod", listed_as="PaymentMethods")),
            "DepartmentRef": LOCATION,
            "CurrencyRef": Field(kind=Currency(), fixed=True),
            "PrintStatus": Field(kind=Choice(of=("NotSet", "NeedToPrint", "PrintComplete")), default="NotSet"),
            **ignored("LinkedTxn", "RemitToAddr", "Memo", "PurchaseEx", "CheckPayment", "CreditCardPayment"),
        },
    )
    columns = {**NUMBERED_COLUMNS, "PaymentType": column("text", "PaymentType")}
    indexes = {**NUMBERED_INDEXES, "_stock": stock_keys, "AccountRef": key_of("AccountRef")}

    def first_required(self) -> str:
        return "AccountRef"

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        for name in ("PaymentType", "AccountRef"):
            if name not in draft:
                raise refusals.missing(name)
        account = books.named("Account", draft["AccountRef"])
        if account["AccountType"] not in PAID_FROM[draft["PaymentType"]]:
            raise wrong_account("AccountRef", account)
        settle_currency(books, draft, account if is_foreign(books, account) else None)
        drop_untracked(books, draft, per_line=False)
        self._check_payee(books, draft)
        lines = [dict(line) for line in draft.get("Line", [])]
        if not lines:
            raise refusals.missing("Line")
        moved: dict[str, None] = {}
        for number, line in enumerate(lines, start=1):
            line["Id"], line["LineNum"] = str(number), number
            self._settle_line(books, draft, line, moved)
        draft["Line"] = lines
        draft["TotalAmt"] = sum((line["Amount"] for line in lines), NOTHING)
        if draft["TotalAmt"] < 0:
            raise refusals.business("Transaction amount must be 0 or greater.")
        keep_stock(draft, list(moved))

    def _check_payee(self, books: Books, draft: Record) -> None:
        payee = draft.get("EntityRef")
        if not payee or "value" not in payee:
            draft.pop("EntityRef", None)
            return
        kinds = [payee["type"]] if "type" in payee else NAMES
        found = next((kind for kind in kinds if books.get(kind, payee["value"]) is not None), None)
        if found is None:
            raise refusals.bad_reference("Names", payee["value"])
        draft["EntityRef"] = {"value": payee["value"], "type": found}

    def _settle_line(self, books: Books, draft: Record, line: Record, moved: dict[str, None]) -> None:
        kind = line.get("DetailType")
        if kind is None:
            raise refusals.missing("Line.DetailType")
        if "Amount" not in line:
            raise refusals.missing("Line.Amount")
        detail = line[kind] = dict(line.get(kind, {}))
        drop_untracked(books, detail, per_line=True)
        if kind == "AccountBasedExpenseLineDetail":
            if "AccountRef" not in detail:
                raise refusals.coded(6440, "Line needs an item or an account", "The line has no AccountRef.", "Line")
            bought = books.named("Account", detail["AccountRef"])
            check_account_currency(books, draft, bought)
            refuse_owed(bought)
            return
        item = books.get("Item", detail.get("ItemRef"))
        if item is None:
            raise refusals.coded(6440, "Line needs an item or an account", "The line has no ItemRef.", "Line")
        if (
            detail.get("Qty")
            and detail.get("UnitPrice")
            and cents(detail["Qty"] * detail["UnitPrice"]) != line["Amount"]
        ):
            raise refusals.wrong_product(line["Amount"])
        bought_to_account(item)
        if item["Type"] == "Inventory":
            check_started(item, draft["TxnDate"])
            detail.setdefault("Qty", 1)
            if line["Amount"] < 0 or not detail["Qty"]:
                raise refusals.business("A line with an inventory item needs a quantity and an amount above 0.")
            moved[item["Id"]] = None

    def postings(self, books: Books, record: Record) -> list[Posting]:
        sign = -1 if record["Credit"] else 1
        name = record.get("EntityRef", {}).get("value")
        found = [Posting(record["AccountRef"], -sign * record["TotalAmt"], name, "Expense")]
        for line in record["Line"]:
            detail = line[line["DetailType"]]
            account = detail.get("AccountRef") or bought_to_account(books.named("Item", detail["ItemRef"]))
            found.append(Posting(account, sign * line["Amount"], name, line.get("Description", "")))
        return in_home(books, record, found)

    def add_computed(self, shown: Record, record: Record, books: Books) -> None:
        payee = shown.get("EntityRef")
        if payee:
            shown["EntityRef"] = {**books.show_ref(payee["type"], payee["value"]), "type": payee["type"]}


def bought_to_account(item: Record) -> str:
    """The account that buying an item debits: its asset when it is kept in stock, else its expense account."""
    account = item.get("AssetAccountRef") if item["Type"] == "Inventory" else item.get("ExpenseAccountRef")
    if account is None:
        raise refusals.business(f"The item {item['Name']} has no expense account, so it cannot be bought.")
    return str(account)
