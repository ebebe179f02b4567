"""What does QuickBooks demand of a bank deposit?"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .. import refusals
from ..fields import Amount, Choice, Currency, Field, Group, Many, Record, Ref, Shape, Text, Whole, ignored, shape
from ..ledger import NOTHING, Posting
from .base import key_of
from .dimensions import CLASS_OF_LINE, drop_untracked
from .exchange import at_home, balanced, check_account_currency, converted, is_foreign, settle_currency
from .payment import LINKED, linked_keys
from .transaction import (
    TRANSACTION,
    TRANSACTION_COLUMNS,
    TRANSACTION_INDEXES,
    Transaction,
    check_money_account,
    deposits_of,
    refuse_owed,
)

if TYPE_CHECKING:
    from ..books import Books

DEPOSITED = {"Payment": 1, "SalesReceipt": 1, "RefundReceipt": -1, "JournalEntry": 1}
DETAIL = Shape(
    type_name="DepositLineDetail",
    fields={
        "AccountRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
        "PaymentMethodRef": Field(kind=Ref(to="PaymentMethod", listed_as="PaymentMethods")),
        "CheckNum": Field(kind=Text(most=21)),
        "ClassRef": CLASS_OF_LINE,
        **ignored("Entity", "TxnType", "TaxCodeRef", "TaxApplicableOn"),
    },
)
LINE = Shape(
    type_name="Line",
    fields={
        "Id": Field(kind=Text(most=40)),
        "LineNum": Field(kind=Whole(most=99999)),
        "Description": Field(kind=Text(most=4000)),
        "Amount": Field(kind=Amount()),
        "DetailType": Field(kind=Choice(of=("DepositLineDetail",), enumeration="LineDetailTypeEnum")),
        "DepositLineDetail": Field(kind=Group(shape=DETAIL)),
        "LinkedTxn": Field(kind=Many(shape=LINKED)),
        **ignored("CustomField", "LineEx", "Received", "ProjectRef"),
    },
)


CASH_BACK = shape(
    "CashBackInfo", AccountRef=Ref(to="Account", listed_as="Accounts"), Amount=Amount(), Memo=Text(most=4000)
)


class Deposit(Transaction):
    """Money brought to the bank: from undeposited funds, or straight from other accounts."""

    name = "Deposit"
    label = "Deposit"
    operations = frozenset({"create", "update", "delete"})
    shape = Shape(
        type_name="Deposit",
        fields={
            **TRANSACTION,
            "DepositToAccountRef": Field(kind=Ref(to="Account", listed_as="Accounts")),
            "Line": Field(kind=Many(shape=LINE)),
            "CurrencyRef": Field(kind=Currency(), fixed=True),
            "CashBack": Field(kind=Group(shape=CASH_BACK)),
            **ignored("LinkedTxn", "CustomField", "ClassRef"),
        },
    )
    columns = TRANSACTION_COLUMNS
    indexes = {
        **TRANSACTION_INDEXES,
        "LinkedTxn": linked_keys,
        "DepositToAccountRef": key_of("DepositToAccountRef"),
    }

    def first_required(self) -> str:
        return "DepositToAccountRef"

    def settle(self, books: Books, draft: Record, old: Record | None) -> None:
        if "DepositToAccountRef" not in draft:
            raise refusals.missing("DepositToAccountRef")
        account = books.named("Account", draft["DepositToAccountRef"])
        settle_currency(books, draft, account if is_foreign(books, account) else None)
        check_money_account(books, draft, "DepositToAccountRef")
        lines = [dict(line) for line in draft.get("Line", [])]
        if not lines:
            raise refusals.missing("Line")
        for number, line in enumerate(lines, start=1):
            line["Id"], line["LineNum"] = str(number), number
            self._settle_line(books, draft, line, old)
        keys = list(linked_keys({"Line": lines}))
        if len(keys) != len(set(keys)):
            raise refusals.business("A transaction can be in a deposit only once.")
        draft["Line"] = lines
        draft["TotalAmt"] = sum((line["Amount"] for line in lines), NOTHING) - self._cash_back(books, draft)
        if draft["TotalAmt"] < 0:
            raise refusals.business("Transaction amount must be 0 or greater.")

    def _cash_back(self, books: Books, draft: Record) -> Decimal:
        """What was taken out in cash before the rest went to the bank."""
        taken = draft.get("CashBack", {})
        amount = Decimal(taken.get("Amount", NOTHING))
        if not amount:
            draft.pop("CashBack", None)
            return NOTHING
        if amount < 0 or "AccountRef" not in taken:
            raise refusals.business("Cash back needs an account and an amount above 0.")
        check_account_currency(books, draft, books.named("Account", taken["AccountRef"]))
        return amount

    def _settle_line(self, books: Books, draft: Record, line: Record, old: Record | None) -> None:
        links = line.get("LinkedTxn", [])
        if not links:
            if line.get("DepositLineDetail", {}).get("AccountRef") is None or "Amount" not in line:
                raise refusals.coded(
                    6440, "Line needs an item or an account", "A deposit line needs an account.", "Line"
                )
            line.setdefault("DetailType", "DepositLineDetail")
            line["DepositLineDetail"] = dict(line["DepositLineDetail"])
            drop_untracked(books, line["DepositLineDetail"], per_line=True)
            account = books.named("Account", line["DepositLineDetail"]["AccountRef"])
            check_account_currency(books, draft, account)
            refuse_owed(account)
            return
        kind, identifier = links[0].get("TxnType"), links[0].get("TxnId")
        source = books.get(kind, identifier) if kind in DEPOSITED else None
        waiting = books.account_of_sub_type("UndepositedFunds")["Id"]
        received = None if source is None else received_by(kind, source, waiting)
        if len(links) != 1 or source is None:
            raise refusals.business(f"The entity {kind} {identifier} that you are trying to link does not exist.")
        if source["CurrencyRef"] != draft["CurrencyRef"]:
            raise refusals.business(f"The {kind} {identifier} is in another currency than the deposit.")
        holders = [deposit for deposit in deposits_of(books, kind, identifier) if old is None or deposit != old["Id"]]
        if holders or received is None:
            raise refusals.coded(
                620, "Transaction Id cannot be linked", f"The {kind} {identifier} is not in undeposited funds.", "Line"
            )
        line["Amount"] = received
        line["LinkedTxn"] = [{"TxnId": identifier, "TxnType": kind, "TxnLineId": "0"}]

    def postings(self, books: Books, record: Record) -> list[Posting]:
        into = Posting(record["DepositToAccountRef"], record["TotalAmt"], None, "Deposit")
        found = [converted(books, record, into, at_home(record, into.amount))]
        if "CashBack" in record:
            taken = record["CashBack"]
            cash = Posting(taken["AccountRef"], taken["Amount"], None, taken.get("Memo", "Cash back"))
            found.append(converted(books, record, cash, at_home(record, cash.amount)))
        for line in record["Line"]:
            posting, worth = self._taken(books, record, line)
            found.append(converted(books, record, posting, worth))
        return balanced(books, found) if is_foreign(books, record) else found

    def _taken(self, books: Books, record: Record, line: Record) -> tuple[Posting, Decimal]:
        """What a line credits, and its worth at home: what was received leaves as it came in."""
        note = line.get("Description", "")
        if not line.get("LinkedTxn"):
            posting = Posting(line["DepositLineDetail"]["AccountRef"], -line["Amount"], None, note)
            return posting, at_home(record, posting.amount)
        link = line["LinkedTxn"][0]
        waiting = books.account_of_sub_type("UndepositedFunds")["Id"]
        source = books.named(link["TxnType"], link["TxnId"])
        return Posting(waiting, -line["Amount"], None, note), at_home(source, -line["Amount"])


def received_by(kind: str, source: Record, waiting: str) -> Decimal | None:
    """What a transaction put into undeposited funds; None when it put nothing there."""
    if kind != "JournalEntry":
        return Decimal(DEPOSITED[kind] * source["TotalAmt"]) if source["DepositToAccountRef"] == waiting else None
    details = [(line["Amount"], line.get("JournalEntryLineDetail", {})) for line in source["Line"] if "Amount" in line]
    sides = [(amount, detail["PostingType"]) for amount, detail in details if detail.get("AccountRef") == waiting]
    return sum((amount if side == "Debit" else -amount for amount, side in sides), NOTHING) if sides else None
